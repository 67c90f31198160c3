package h264

import "math/bits"

// bitReader reads an RBSP bit by bit. Reading past the end sets bad and yields zeros.
type bitReader struct {
	data []byte
	pos  int // in bits
	bad  bool
}

func (r *bitReader) bit() uint32 {
	if r.pos >= 8*len(r.data) {
		r.bad = true
		return 0
	}
	b := r.data[r.pos>>3] >> (7 - r.pos&7) & 1
	r.pos++
	return uint32(b)
}

func (r *bitReader) u(n int) uint32 {
	var v uint32
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// ue reads an unsigned Exp-Golomb code (9.1).
func (r *bitReader) ue() uint32 {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; zeros > 31 || r.bad {
			r.bad = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.u(zeros)
}

// se reads a signed Exp-Golomb code (9.1.1).
func (r *bitReader) se() int {
	k := int(r.ue())
	if k&1 == 1 {
		return (k + 1) / 2
	}
	return -k / 2
}

// ueLen returns the bits of v's Exp-Golomb code.
func ueLen(v uint32) int { return 2*bits.Len64(uint64(v)+1) - 1 }

// bitWriter writes an RBSP bit by bit.
type bitWriter struct {
	data []byte
	n    int // bits used
}

func (w *bitWriter) bit(b uint32) {
	if w.n&7 == 0 {
		w.data = append(w.data, 0)
	}
	w.data[w.n>>3] |= byte(b&1) << (7 - w.n&7)
	w.n++
}

func (w *bitWriter) u(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		w.bit(v >> i)
	}
}

func (w *bitWriter) ue(v uint32) {
	n := ueLen(v)
	w.u(0, n/2)
	w.u(v+1, n/2+1)
}
