package nal

import "math/bits"

// Reader reads an RBSP (a NAL unit without emulation prevention) bit by bit. Reading past the end sets Bad and yields
// zeros.
type Reader struct {
	Data []byte
	Pos  int // in bits
	Bad  bool
}

// Bit reads one bit.
func (r *Reader) Bit() uint32 {
	if r.Pos >= 8*len(r.Data) {
		r.Bad = true
		return 0
	}
	b := r.Data[r.Pos>>3] >> (7 - r.Pos&7) & 1
	r.Pos++
	return uint32(b)
}

// U reads n bits as an unsigned number.
func (r *Reader) U(n int) uint32 {
	var v uint32
	for range n {
		v = v<<1 | r.Bit()
	}
	return v
}

// UE reads an unsigned Exp-Golomb code (9.1).
func (r *Reader) UE() uint32 {
	zeros := 0
	for r.Bit() == 0 {
		if zeros++; zeros > 31 || r.Bad {
			r.Bad = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.U(zeros)
}

// SE reads a signed Exp-Golomb code (9.1.1).
func (r *Reader) SE() int {
	k := int(r.UE())
	if k&1 == 1 {
		return (k + 1) / 2
	}
	return -k / 2
}

// ueLen returns the bits of v's Exp-Golomb code.
func ueLen(v uint32) int { return 2*bits.Len64(uint64(v)+1) - 1 }

// Writer writes an RBSP bit by bit.
type Writer struct {
	Data []byte
	N    int // bits used
}

// Bit writes the lowest bit of b.
func (w *Writer) Bit(b uint32) {
	if w.N&7 == 0 {
		w.Data = append(w.Data, 0)
	}
	w.Data[w.N>>3] |= byte(b&1) << (7 - w.N&7)
	w.N++
}

// U writes the n lowest bits of v.
func (w *Writer) U(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		w.Bit(v >> i)
	}
}

// Copy writes the next n bits of r.
func (w *Writer) Copy(r *Reader, n int) {
	for ; n > 0 && w.N&7 != 0; n-- {
		w.Bit(r.Bit())
	}
	whole, at, shift := n>>3, r.Pos>>3, r.Pos&7
	if n < 0 || n > 8*len(r.Data)-r.Pos {
		r.Bad = true
		return
	}
	if shift == 0 {
		w.Data = append(w.Data, r.Data[at:at+whole]...)
	} else {
		for _, b := range r.Data[at : at+whole] {
			at++
			w.Data = append(w.Data, b<<shift|r.Data[at]>>(8-shift))
		}
	}
	w.N, r.Pos = w.N+8*whole, r.Pos+8*whole
	w.U(r.U(n&7), n&7)
}

// UE writes an unsigned Exp-Golomb code.
func (w *Writer) UE(v uint32) {
	n := ueLen(v)
	w.U(0, n/2)
	w.U(v+1, n/2+1)
}

// StopBit returns the place of the last bit that is set, in bits: the stop bit of an RBSP; -1 for none.
func StopBit(rbsp []byte) int {
	for i := len(rbsp) - 1; i >= 0; i-- {
		if rbsp[i] != 0 {
			return 8*i + 7 - bits.TrailingZeros8(rbsp[i])
		}
	}
	return -1
}
