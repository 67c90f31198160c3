// Package column holds long lists of whole numbers in a few bits each, with each of them at hand: what the tables of a
// clip of many hours say of its samples. Numbers that follow a line, such as times, take next to nothing.
package column

import "math/bits"

// blockSize is how many numbers are packed together.
const blockSize = 128

// Column is a list that grows at its end. The zero value is an empty one. Reading it is safe for concurrent use.
type Column struct {
	blocks []block
	packed []uint64 // of all blocks, one behind the other
	tail   []int64  // what does not fill a block yet
}

// block is numbers that lie on a line or above it (frame of reference coding): number i is base + i·slope and width bits
// more. All sums are modulo 2⁶⁴, so that any numbers come back as they were.
type block struct {
	base, slope int64
	at          uint32 // where its bits begin in packed
	width       uint8
}

// Len returns how many numbers there are.
func (c *Column) Len() int { return len(c.blocks)*blockSize + len(c.tail) }

// Append adds a number at the end.
func (c *Column) Append(v int64) {
	if c.tail = append(c.tail, v); len(c.tail) == blockSize {
		c.pack()
		c.tail = c.tail[:0]
	}
}

// At returns number i.
func (c *Column) At(i int) int64 {
	if i >= len(c.blocks)*blockSize {
		return c.tail[i-len(c.blocks)*blockSize]
	}
	b := &c.blocks[i/blockSize]
	k := i % blockSize
	v := b.base + int64(k)*b.slope
	if b.width == 0 {
		return v
	}
	bit := k * int(b.width)
	words, shift := c.packed[int(b.at)+bit/64:], bit%64
	above := words[0] >> shift
	if shift+int(b.width) > 64 {
		above |= words[1] << (64 - shift)
	}
	return v + int64(above&(1<<b.width-1))
}

// pack makes a block of the tail, along the line through its ends or a level one, whichever takes fewer bits.
func (c *Column) pack() {
	first, last := c.tail[0], c.tail[blockSize-1]
	slope := (last - first + blockSize/2) / (blockSize - 1)
	base, width := under(c.tail, slope)
	if level, w := under(c.tail, 0); w <= width {
		base, slope, width = level, 0, w
	}
	b := block{base: base, slope: slope, at: uint32(len(c.packed)), width: uint8(width)}
	c.blocks = append(c.blocks, b)
	c.packed = append(c.packed, make([]uint64, (blockSize*width+63)/64)...)
	words := c.packed[b.at:]
	for k, v := range c.tail {
		above, bit := uint64(v-base-int64(k)*slope), k*width
		if width == 0 {
			break
		}
		words[bit/64] |= above << (bit % 64)
		if bit%64+width > 64 {
			words[bit/64+1] |= above >> (64 - bit%64)
		}
	}
}

// under returns where the highest line of a slope begins that no number is under, and the bits of the farthest one above
// it.
func under(numbers []int64, slope int64) (base int64, width int) {
	base = numbers[0]
	top := base
	for k, v := range numbers {
		v -= int64(k) * slope
		base, top = min(base, v), max(top, v)
	}
	return base, bits.Len64(uint64(top - base))
}
