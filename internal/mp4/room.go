package mp4

import (
	"encoding/binary"

	"retake/internal/container"
)

// Bounds of what is laid out in memory of all tracks together.
const (
	maxSamples = container.MaxSamples
	maxChunks  = maxSamples // of which each has one at least
)

// Bytes that samples have in the mean at least, in a track of more than so many. A picture has the length and the head
// of a unit; a packet of silence can be as short as 4.
const (
	manySamples  = 1_000_000
	leastPicture = 8
	leastPacket  = 4
)

// checkRoom refuses files with more samples than can be laid out, or than can be in a file of its size. A track that
// Samples lays out in groups counts by these.
func (f *File) checkRoom() error {
	samples, chunks, bytes := 0, 0, int64(0)
	for _, t := range f.Tracks {
		if err := t.checkMean(); err != nil {
			return err
		}
		samples += t.laidOut()
		if offsets, _, err := t.chunkOffsets(); err == nil { // else layOut says so
			chunks += offsets.n
		}
		n, err := t.bytes()
		if err != nil {
			return err
		}
		bytes += n
	}
	if samples > maxSamples || chunks > maxChunks {
		return tooMany(false, "%d samples in %d chunks", samples, chunks)
	}
	if bytes > f.size {
		return unsupported("tracks share their samples, or claim more than the file has")
	}
	return nil
}

func (t *Track) laidOut() int {
	if t.frame != 0 {
		return (t.Count + groupSize - 1) / groupSize
	}
	return t.Count
}

// checkMean refuses a picture or AAC track whose samples are too small to be any.
func (t *Track) checkMean() error {
	least := int64(0)
	switch {
	case t.Handler == "vide":
		least = leastPicture
	case t.Entry.Format == "mp4a":
		least = leastPacket
	}
	if t.Count <= manySamples || least == 0 {
		return nil
	}
	total, err := t.bytes()
	if err != nil {
		return err
	}
	if total < least*int64(t.Count) {
		return tooMany(true, "a track claims %d samples of %d bytes together", t.Count, total)
	}
	return nil
}

// bytes returns how many bytes the samples have together.
func (t *Track) bytes() (total int64, err error) {
	if t.fixed != 0 {
		return int64(t.fixed) * int64(t.Count), nil
	}
	sizes, err := t.rowsOf("stsz", 4, 4) // each has an entry in the file, so they are no more than that has room for
	if err != nil {
		return 0, err
	}
	for e := sizes.next(); e != nil; e = sizes.next() {
		total += int64(binary.BigEndian.Uint32(e))
	}
	return total, sizes.err
}
