package aac

// bitReader reads big-endian bits. Reading past the end yields zeros and sets over.
type bitReader struct {
	data []byte
	pos  int // bits
	over bool
}

// read returns the next n bits, n ≤ 32.
func (r *bitReader) read(n int) uint32 {
	var v uint32
	for range n {
		v <<= 1
		if i := r.pos >> 3; i < len(r.data) {
			v |= uint32(r.data[i]>>(7-r.pos&7)) & 1
		} else {
			r.over = true
		}
		r.pos++
	}
	return v
}

func (r *bitReader) flag() bool { return r.read(1) == 1 }

func (r *bitReader) skip(n int) {
	r.pos += n
	r.over = r.over || r.pos > len(r.data)*8
}

// align skips to the next byte boundary.
func (r *bitReader) align() { r.skip(-r.pos & 7) }

// left returns the number of bits that remain.
func (r *bitReader) left() int { return max(0, len(r.data)*8-r.pos) }
