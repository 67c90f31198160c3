package vorbis

import "math/bits"

// reader reads bits from the low side of each byte on (2.1). Reading past the end yields zeros and sets over.
type reader struct {
	data []byte
	pos  int // bits
	over bool
}

func (r *reader) read(n int) (v uint32) {
	for i := range n {
		if at := r.pos >> 3; at < len(r.data) {
			v |= uint32(r.data[at]>>(r.pos&7)&1) << i
		} else {
			r.over = true
		}
		r.pos++
	}
	return v
}

func (r *reader) int(n int) int { return int(r.read(n)) }

func (r *reader) flag() bool { return r.read(1) == 1 }

// writer appends bits as reader reads them.
type writer struct {
	data []byte
	n    int // bits
}

func (w *writer) write(v uint32, n int) {
	for i := range n {
		if w.n&7 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.n>>3] |= byte(v>>i&1) << (w.n & 7)
		w.n++
	}
}

func (w *writer) flag(v bool) {
	if v {
		w.write(1, 1)
	} else {
		w.write(0, 1)
	}
}

// ilog is the number of bits that a number takes (9.2.1).
func ilog(v int) int { return bits.Len32(uint32(max(v, 0))) }
