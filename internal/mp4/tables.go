package mp4

import "encoding/binary"

// runLength appends value to a run-length table of (count, value) pairs.
type runLength struct {
	entries []uint32
}

func (r *runLength) add(count, value uint32) {
	if n := len(r.entries); n > 0 && r.entries[n-1] == value {
		r.entries[n-2] += count
		return
	}
	if count > 0 {
		r.entries = append(r.entries, count, value)
	}
}

// body returns the table as the body of a full box: the given version and flags, the count, the entries.
func (r *runLength) body(head []byte) []byte {
	out := append([]byte(nil), head...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(r.entries)/2))
	for _, v := range r.entries {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return out
}

// setSizes writes stsz. One common size is not looked for: equal sizes do not happen where a codec compresses.
func setSizes(stbl *box, sizes []uint32) {
	out := make([]byte, 8, 12+4*len(sizes))
	out = binary.BigEndian.AppendUint32(out, uint32(len(sizes)))
	for _, s := range sizes {
		out = binary.BigEndian.AppendUint32(out, s)
	}
	stbl.set("stsz", out, "stsc")
}

// setChunkOffsets writes stco, or co64 when wide.
func setChunkOffsets(stbl *box, offsets []int64, wide bool) {
	out := binary.BigEndian.AppendUint32(make([]byte, 4, 8+8*len(offsets)), uint32(len(offsets)))
	for _, o := range offsets {
		if wide {
			out = binary.BigEndian.AppendUint64(out, uint64(o))
		} else {
			out = binary.BigEndian.AppendUint32(out, uint32(o))
		}
	}
	kind, other := "stco", "co64"
	if wide {
		kind, other = other, kind
	}
	for _, k := range stbl.kids {
		if k.kind == other {
			k.kind = kind
		}
	}
	stbl.set(kind, out, "stsz")
}

// setComposition writes ctts. A table that is all zero is left out, unless the source had one.
func setComposition(stbl *box, samples []Sample) {
	head := []byte{0, 0, 0, 0}
	old := stbl.child("ctts")
	var table runLength
	for _, s := range samples {
		if s.CTS < 0 {
			head[0] = 1 // signed offsets came with version 1
		}
		table.add(1, uint32(s.CTS))
	}
	if old != nil {
		head = append([]byte{max(head[0], old.body[0])}, old.body[1:4]...)
	} else if len(table.entries) == 2 && table.entries[1] == 0 {
		return
	}
	stbl.set("ctts", table.body(head), "stts")
	stbl.remove("cslg") // bounds of the old offsets, which players work out for themselves
}

// setSync writes stss, or leaves it out when all samples are keyframes and the source had no table either.
func setSync(stbl *box, samples []Sample) {
	out := make([]byte, 8)
	n := 0
	for i, s := range samples {
		if s.Sync {
			out = binary.BigEndian.AppendUint32(out, uint32(i+1))
			n++
		}
	}
	if n == len(samples) && stbl.child("stss") == nil {
		return
	}
	binary.BigEndian.PutUint32(out[4:], uint32(n))
	stbl.set("stss", out, "stts")
	stbl.remove("stps") // QuickTime's partial keyframes
}

// clearHints sets what the sample table says of the replaced samples' dependencies to "unknown": sdtp (a byte a
// sample) and sbgp (run-length map to sample groups).
func clearHints(stbl *box, first, count int) {
	if sdtp := stbl.child("sdtp"); sdtp != nil && len(sdtp.body) >= 4+first+count {
		sdtp.body = append([]byte(nil), sdtp.body...)
		clear(sdtp.body[4+first : 4+first+count])
	}
	for _, sbgp := range stbl.all("sbgp") {
		head := 8 // version and flags, grouping type
		if len(sbgp.body) > 0 && sbgp.body[0] == 1 {
			head = 12
		}
		if len(sbgp.body) < head+4 || string(sbgp.body[4:8]) == "roll" {
			continue
		}
		sbgp.body = regroup(sbgp.body, head, uint32(first), uint32(first+count))
	}
}

// regroup maps samples [from, to) of a sample-to-group table to no group.
func regroup(body []byte, head int, from, to uint32) []byte {
	var table runLength
	entries := body[head+4:]
	for at := uint32(0); len(entries) >= 8; entries = entries[8:] {
		count, group := binary.BigEndian.Uint32(entries), binary.BigEndian.Uint32(entries[4:])
		end := at + count
		before := min(max(from, at), end)
		after := max(min(to, end), before)
		table.add(before-at, group)
		table.add(after-before, 0)
		table.add(end-after, group)
		at = end
	}
	return table.body(body[:head])
}
