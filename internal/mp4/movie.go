package mp4

import "encoding/binary"

// MovieHead returns what a QuickTime file with the samples of one picture track begins with: the samples, of these sizes and
// with this sample entry, follow it one behind the other. Its times mean nothing.
func MovieHead(entry []byte, width, height int, sizes []uint32) []byte {
	var total uint64
	for _, n := range sizes {
		total += uint64(n)
	}
	const scale, tick = 25, 1
	n := uint32(len(sizes))
	stbl := parent("stbl",
		leaf("stsd", be32(0, 1), entry),
		leaf("stts", be32(0, 1, n, tick)),
		leaf("stsc", be32(0, 1, 1, n, 1)))
	setSizes(stbl, len(sizes), func(i int) uint32 { return sizes[i] })
	moov := parent("moov",
		leaf("mvhd", be32(0, 0, 0, scale, n*tick, 1<<16, 1<<24, 0, 0), matrix, make([]byte, 24), be32(2)),
		parent("trak",
			leaf("tkhd", be32(1, 0, 0, 1, 0, n*tick, 0, 0, 0, 0), matrix, be32(uint32(width)<<16, uint32(height)<<16)),
			parent("mdia",
				leaf("mdhd", be32(0, 0, 0, scale, n*tick, 0)),
				leaf("hdlr", be32(0, 0), []byte("vide"), make([]byte, 13)),
				parent("minf", leaf("vmhd", be32(1, 0, 0)), dataHere(), stbl))))
	head := leaf("ftyp", []byte("qt  "), be32(0), []byte("qt  ")).append(nil)
	const mdat = 16 // its header, with a size of 64 bits
	var at int64
	setChunkOffsets(stbl, 1, func(int) int64 { return at }, true)
	at = int64(len(head)) + moov.size() + mdat
	head = moov.append(head)
	head = append(append(head, be32(1)...), "mdat"...)
	return binary.BigEndian.AppendUint64(head, mdat+total)
}

// dataHere is the data information of a track whose samples are in the same file.
func dataHere() *box {
	dref := leaf("dref", be32(0, 1), leaf("url ", be32(1)).append(nil))
	return leaf("dinf", dref.append(nil))
}
