package splice

import (
	"encoding/binary"
	"slices"
)

// movieHead returns what a QuickTime file with the samples of one picture track begins with (ISO/IEC 14496-12, 8): the
// samples follow it, one behind the other. Its times mean nothing.
func movieHead(v *Video, sizes []uint32) []byte {
	var total uint64
	table := full(u32(0), u32(uint32(len(sizes))))
	for _, n := range sizes {
		table = binary.BigEndian.AppendUint32(table, n)
		total += uint64(n)
	}
	const scale, tick = 25, 1
	n := uint32(len(sizes))
	matrix := slices.Concat(u32(1<<16), make([]byte, 12), u32(1<<16), make([]byte, 12), u32(1<<30))
	build := func(offset uint64) []byte {
		stbl := box("stbl",
			box("stsd", full(u32(1), v.Track.Description())),
			box("stts", full(u32(1), u32(n), u32(tick))),
			box("stsc", full(u32(1), u32(1), u32(n), u32(1))),
			box("stsz", table),
			box("co64", full(u32(1), binary.BigEndian.AppendUint64(nil, offset))))
		minf := box("minf", box("vmhd", []byte{0, 0, 0, 1}, make([]byte, 8)),
			box("dinf", box("dref", full(u32(1), box("url ", []byte{0, 0, 0, 1})))), stbl)
		mdia := box("mdia", box("mdhd", full(make([]byte, 8), u32(scale), u32(n*tick), u32(0))),
			box("hdlr", full(u32(0), []byte("vide"), make([]byte, 13))), minf)
		tkhd := box("tkhd", []byte{0, 0, 0, 1}, make([]byte, 8), u32(1), u32(0), u32(n*tick), make([]byte, 16), matrix,
			u32(uint32(v.Signal.Width)<<16), u32(uint32(v.Signal.Height)<<16))
		mvhd := box("mvhd", full(make([]byte, 8), u32(scale), u32(n*tick), u32(1<<16), u32(1<<24), make([]byte, 8), matrix, make([]byte, 24), u32(2)))
		head := slices.Concat(box("ftyp", []byte("qt  "), u32(0), []byte("qt  ")), box("moov", mvhd, box("trak", tkhd, mdia)))
		return slices.Concat(head, u32(1), []byte("mdat"), binary.BigEndian.AppendUint64(nil, 16+total)) // of 64 bits
	}
	return build(uint64(len(build(0))))
}

func box(kind string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat(u32(uint32(8+len(body))), []byte(kind), body)
}

// full is the body of a full box of version 0 without flags.
func full(parts ...[]byte) []byte { return slices.Concat(append([][]byte{u32(0)}, parts...)...) }

func u32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }
