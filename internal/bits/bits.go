// Package bits reads and writes big-endian bit strings, as compressed sound and the headers of pictures are made of.
package bits

// Reader reads big-endian bits. Reading past the end yields zeros and sets Over.
type Reader struct {
	Data []byte
	Pos  int // bits
	Over bool
}

// Read returns the next n bits, n ≤ 64.
func (r *Reader) Read(n int) (v uint64) {
	for range n {
		v <<= 1
		if i := r.Pos >> 3; i < len(r.Data) {
			v |= uint64(r.Data[i]>>(7-r.Pos&7)) & 1
		} else {
			r.Over = true
		}
		r.Pos++
	}
	return v
}

// Int is Read for numbers that fit an int.
func (r *Reader) Int(n int) int { return int(r.Read(n)) }

// Flag reads one bit.
func (r *Reader) Flag() bool { return r.Read(1) == 1 }

// Skip moves on by n bits.
func (r *Reader) Skip(n int) {
	r.Pos += n
	r.Over = r.Over || r.Pos > len(r.Data)*8
}

// Align skips to the next byte boundary.
func (r *Reader) Align() { r.Skip(-r.Pos & 7) }

// Left returns the number of bits that remain.
func (r *Reader) Left() int { return max(0, 8*len(r.Data)-r.Pos) }

// Writer appends big-endian bits to Data.
type Writer struct {
	Data []byte
	held uint64 // bits not yet in Data, on the low side
	n    int    // how many: fewer than 8 between calls
}

// Write appends the low n bits of v, n ≤ 56.
func (w *Writer) Write(v uint64, n int) {
	w.held = w.held<<n | v&(1<<n-1)
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.Data = append(w.Data, byte(w.held>>(w.n-8)))
	}
}

// Unary appends n bits of one value and one of the other.
func (w *Writer) Unary(n int, of bool) {
	fill := uint64(0)
	if of {
		fill = 1<<32 - 1
	}
	for ; n > 32; n -= 32 {
		w.Write(fill, 32)
	}
	w.Write(fill, n)
	w.Write(^fill, 1)
}

// Align fills the last byte with zeros.
func (w *Writer) Align() {
	if w.n > 0 {
		w.Write(0, 8-w.n)
	}
}

// Len returns how many bits were written.
func (w *Writer) Len() int { return 8*len(w.Data) + w.n }

// Bool appends one bit.
func (w *Writer) Bool(v bool) {
	if v {
		w.Write(1, 1)
	} else {
		w.Write(0, 1)
	}
}

// Append appends all that another writer was given.
func (w *Writer) Append(other *Writer) {
	for _, b := range other.Data {
		w.Write(uint64(b), 8)
	}
	w.Write(other.held, other.n)
}
