package mp4

import (
	"encoding/binary"

	"retake/internal/container"
)

// Bounds of what is laid out in memory of all tracks together.
const (
	maxSamples = container.MaxSamples
	maxChunks  = 2_000_000
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
		chunks += t.chunkCount()
		bytes += t.bytes()
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

// chunkCount returns how many chunks the track can have, by the table that lists them.
func (t *Track) chunkCount() int {
	for kind, width := range map[string]int{"stco": 4, "co64": 8} {
		if b := t.stbl.child(kind); b != nil && len(b.body) > 8 {
			return min(int(binary.BigEndian.Uint32(b.body[4:])), (len(b.body)-8)/width)
		}
	}
	return 0
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
	if total := t.bytes(); total < least*int64(t.Count) {
		return tooMany(true, "a track claims %d samples of %d bytes together", t.Count, total)
	}
	return nil
}

// bytes returns how many bytes the samples have together.
func (t *Track) bytes() int64 {
	if fixed := t.fixedSampleSize(); fixed != 0 {
		return int64(fixed) * int64(t.Count)
	}
	total, size := int64(0), t.sizeOf() // each has an entry in the file, so they are no more than that has room for
	for i := range t.Count {
		total += int64(size(i))
	}
	return total
}
