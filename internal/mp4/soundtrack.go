package mp4

import (
	"encoding/binary"
	"math"

	"retake/internal/container"
)

// soundTrack is an AAC track that is added.
type soundTrack struct {
	*container.Sound
	at      int // next packet to be written
	offsets []int64
	counts  []int // packets in each chunk
}

// Samples in an AAC packet, and packets in a chunk: about half a second, as common writers interleave.
const (
	aacFrame     = 1024
	packetsChunk = 24
)

// chunkTimes returns a clock that gives a chunk's decode time in seconds, for placing added tracks between.
func (p *Patcher) chunkTimes(added []*soundTrack) (func(chunk) float64, error) {
	if len(added) == 0 {
		return func(chunk) float64 { return 0 }, nil
	}
	v := container.MainVideo(p.src)
	if v == nil {
		return func(chunk) float64 { return 0 }, nil
	}
	samples, err := v.Samples()
	if err != nil {
		return nil, err
	}
	last := 0.0
	return func(k chunk) float64 {
		if k.track == v.Index {
			last = float64(samples.DTS(k.first)) / float64(v.Timescale)
		}
		return last
	}, nil
}

// writeAdded writes the added tracks' chunks that are due before the time.
func (p *Patcher) writeAdded(added []*soundTrack, before float64) error {
	for _, a := range added {
		for a.at < len(a.Packets) && float64(a.at*aacFrame)/float64(a.Rate) < before {
			n := min(packetsChunk, len(a.Packets)-a.at)
			a.offsets = append(a.offsets, p.pos)
			a.counts = append(a.counts, n)
			for _, packet := range a.Packets[a.at : a.at+n] {
				if _, err := p.dst.Write(packet); err != nil {
					return err
				}
				p.pos += int64(len(packet))
			}
			a.at += n
		}
	}
	return nil
}

// addTo adds the track to the movie header and moves the next track id on.
func (a *soundTrack) addTo(moov *box, src *File, wide bool) {
	mvhd := moov.child("mvhd")
	mvhd.body = append([]byte(nil), mvhd.body...)
	id := uint32(1)
	for _, t := range src.Tracks {
		id = max(id, uint32(t.ID)+1)
	}
	for _, trak := range moov.all("trak") {
		if tkhd := trak.child("tkhd"); len(tkhd.body) > 24 && tkhd.body[0] == 0 {
			id = max(id, binary.BigEndian.Uint32(tkhd.body[12:])+1)
		}
	}
	binary.BigEndian.PutUint32(mvhd.body[len(mvhd.body)-4:], id+1)
	trak := a.trak(id, src, wide)
	for i, k := range moov.kids { // behind the last track
		if k.kind == "trak" && (i+1 == len(moov.kids) || moov.kids[i+1].kind != "trak") {
			moov.kids = append(moov.kids[:i+1], append([]*box{trak}, moov.kids[i+1:]...)...)
			return
		}
	}
	moov.kids = append(moov.kids, trak)
}

func leaf(kind string, parts ...[]byte) *box {
	b := &box{kind: kind, leaf: true}
	for _, p := range parts {
		b.body = append(b.body, p...)
	}
	return b
}

func parent(kind string, kids ...*box) *box { return &box{kind: kind, kids: kids} }

func be32(values ...uint32) []byte {
	var out []byte
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return out
}

// matrix is the unity transformation of tkhd.
var matrix = be32(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30)

func (a *soundTrack) trak(id uint32, src *File, wide bool) *box {
	shown := uint32(math.Round(a.Duration * float64(src.Timescale)))
	media := uint32(len(a.Packets) * aacFrame)
	stbl := parent("stbl",
		leaf("stsd", be32(0, 1), a.entry(src.Brand == "qt")),
		leaf("stts", be32(0, 1, uint32(len(a.Packets)), aacFrame)),
		a.chunkMap(),
	)
	setSizes(stbl, len(a.Packets), func(i int) uint32 { return uint32(len(a.Packets[i])) })
	setChunkOffsets(stbl, len(a.offsets), func(i int) int64 { return a.offsets[i] }, wide)
	handler := "\x00\x00\x00\x00soun" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "SoundHandler\x00"
	if src.Brand == "qt" {
		handler = "mhlrsoun" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x0cSoundHandler"
	}
	return parent("trak",
		leaf("tkhd", be32(3, 0, 0, id, 0, shown, 0, 0, 1, 0x01000000), matrix, be32(0, 0)),
		parent("edts", leaf("elst", be32(0, 1, shown, uint32(a.Priming), 1<<16))),
		parent("mdia",
			leaf("mdhd", be32(0, 0, 0, uint32(a.Rate), media, 0x55c40000)), // language "und"
			leaf("hdlr", be32(0), []byte(handler)),
			parent("minf", leaf("smhd", be32(0, 0)), dataHere(), stbl),
		),
	)
}

// chunkMap builds stsc: all chunks but the last hold the same number of packets.
func (a *soundTrack) chunkMap() *box {
	var entries []byte
	n, last := uint32(0), -1
	for i, count := range a.counts {
		if count != last {
			entries = append(entries, be32(uint32(i+1), uint32(count), 1)...)
			n, last = n+1, count
		}
	}
	return leaf("stsc", be32(0, n), entries)
}

// entry builds the mp4a sample description. QuickTime wants version 1 with the configuration inside a wave box.
func (a *soundTrack) entry(quicktime bool) []byte {
	version, compression := uint32(0), uint32(0)
	var tail []byte
	esds := leaf("esds", be32(0), a.descriptor()).append(nil)
	if quicktime {
		version, compression = 1<<16, 0xfffe0000 // version 1, compression id -2: packets of varying size
		frma := leaf("frma", []byte("mp4a")).append(nil)
		inner := leaf("mp4a", be32(0)).append(nil)
		wave := leaf("wave", frma, inner, esds, be32(8, 0)).append(nil)
		tail = append(be32(aacFrame, 0, 2*uint32(a.Channels), 2), wave...)
	} else {
		tail = esds
	}
	rate := uint32(0)
	if a.Rate < 1<<16 {
		rate = uint32(a.Rate) << 16
	}
	return leaf("mp4a", be32(0, 1), be32(version, 0, uint32(a.Channels)<<16|16, compression, rate), tail).append(nil)
}

// descriptor builds the ES descriptor around the AudioSpecificConfig (ISO/IEC 14496-1, 7.2.6.5).
func (a *soundTrack) descriptor() []byte {
	tagged := func(tag byte, body ...byte) []byte { return append([]byte{tag, byte(len(body))}, body...) }
	specific := tagged(tagDecoderSpecific, a.Config...)
	var total, largest int
	for _, p := range a.Packets {
		total += len(p)
		largest = max(largest, len(p))
	}
	seconds := float64(len(a.Packets)*aacFrame) / float64(a.Rate)
	mean := uint32(float64(total*8) / math.Max(seconds, 1e-3))
	config := []byte{0x40, 0x15, byte(largest >> 16), byte(largest >> 8), byte(largest)} // MPEG-4 audio, audio stream
	config = append(config, be32(mean*2, mean)...)
	config = tagged(tagDecoderConfig, append(config, specific...)...)
	return tagged(tagES, append(append([]byte{0, 0, 0}, config...), 6, 1, 2)...)
}
