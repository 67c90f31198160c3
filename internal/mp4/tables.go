package mp4

import (
	"bufio"
	"encoding/binary"
	"slices"

	"retake/internal/container"
)

// runLength is a run-length table of (count, value) pairs in memory.
type runLength struct {
	entries []uint32
}

// add appends a value for so many samples.
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
	return slices.Concat(head, be32(uint32(len(r.entries)/2)), be32(r.entries...))
}

// words is a table of n numbers of 32 bits behind a head that ends with their number.
func words(head []byte, n int, number func(i int) uint32) table {
	return drawn{head: append(head, be32(uint32(n))...), rest: 4 * int64(n), draw: func(w *bufio.Writer) error {
		return each32(w, n, number)
	}}
}

func each32(w *bufio.Writer, n int, number func(i int) uint32) error {
	for i := range n {
		if _, err := w.Write(binary.BigEndian.AppendUint32(w.AvailableBuffer(), number(i))); err != nil {
			return err
		}
	}
	return nil
}

// setSizes writes stsz. One common size is not looked for: equal sizes do not happen where a codec compresses.
func setSizes(stbl *box, n int, size func(i int) uint32) {
	stbl.setTable("stsz", words(be32(0, 0), n, size), "stsc")
}

// setChunkOffsets writes stco, or co64 when wide.
func setChunkOffsets(stbl *box, n int, offset func(i int) int64, wide bool) {
	body := words(be32(0), n, func(i int) uint32 { return uint32(offset(i)) })
	kind, other := "stco", "co64"
	if wide {
		kind, other = other, kind
		body = drawn{head: be32(0, uint32(n)), rest: 8 * int64(n), draw: func(w *bufio.Writer) error {
			for i := range n {
				if _, err := w.Write(binary.BigEndian.AppendUint64(w.AvailableBuffer(), uint64(offset(i)))); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	for _, k := range stbl.kids {
		if k.kind == other {
			k.kind = kind
		}
	}
	stbl.setTable(kind, body, "stsz")
}

// setComposition writes ctts. A table that is all zero is left out, unless the source had one.
func setComposition(stbl *box, samples *container.Samples) error {
	head := be32(0)
	if old := stbl.child("ctts"); old != nil {
		begin, err := old.begin(4)
		if err != nil {
			return err
		}
		copy(head, begin)
	}
	entries, zero := 0, true
	eachRun(samples, func(_ uint32, value int32) error {
		if value < 0 {
			head[0] = max(head[0], 1) // signed offsets came with version 1
		}
		entries, zero = entries+1, zero && value == 0
		return nil
	})
	if zero && stbl.child("ctts") == nil {
		return nil
	}
	stbl.setTable("ctts", drawn{head: append(head, be32(uint32(entries))...), rest: 8 * int64(entries), draw: func(w *bufio.Writer) error {
		return eachRun(samples, func(count uint32, value int32) error {
			_, err := w.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(w.AvailableBuffer(), count), uint32(value)))
			return err
		})
	}}, "stts")
	stbl.remove("cslg") // bounds of the old offsets, which players work out for themselves
	return nil
}

// eachRun goes through runs of samples with the same composition offset.
func eachRun(samples *container.Samples, f func(count uint32, value int32) error) error {
	for i, n := 0, samples.Len(); i < n; {
		first, value := i, samples.CTS(i)
		for i < n && samples.CTS(i) == value {
			i++
		}
		if err := f(uint32(i-first), value); err != nil {
			return err
		}
	}
	return nil
}

// setSync writes stss, or leaves it out when all samples are keyframes and the source had no table either.
func setSync(stbl *box, samples *container.Samples) {
	var keys []uint32
	for i := range samples.Len() {
		if samples.Sync(i) {
			keys = append(keys, uint32(i+1))
		}
	}
	if len(keys) == samples.Len() && stbl.child("stss") == nil {
		return
	}
	stbl.setTable("stss", words(be32(0), len(keys), func(i int) uint32 { return keys[i] }), "stts")
	stbl.remove("stps") // QuickTime's partial keyframes
}

// maxHints bounds the bytes of a table of hints that is changed, which is read into memory.
const maxHints = 32 << 20

// clearHints sets what the sample table says of the replaced samples' dependencies to "unknown": sdtp (a byte a
// sample) and sbgp (run-length map to sample groups).
func clearHints(stbl *box, first, count int) error {
	for _, b := range slices.Concat(stbl.all("sdtp"), stbl.all("sbgp")) {
		if b.reader().Size() > maxHints {
			return unsupported("a table %q of %d bytes", b.kind, b.reader().Size())
		}
		body, err := b.begin(maxHints)
		if err != nil {
			return err
		}
		if b.kind == "sdtp" {
			if len(body) >= 4+first+count {
				clear(body[4+first : 4+first+count])
				b.body, b.table = body, nil
			}
			continue
		}
		head := 8 // version and flags, grouping type
		if len(body) > 0 && body[0] == 1 {
			head = 12
		}
		if len(body) < head+4 || string(body[4:8]) == "roll" {
			continue
		}
		b.body, b.table = regroup(body, head, uint32(first), uint32(first+count)), nil
	}
	return nil
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
