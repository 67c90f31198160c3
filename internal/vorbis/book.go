package vorbis

import "math"

// book is a codebook (3.2.1): of each entry the bits of its codeword, 0 for one that is not used, and where it stands for a
// vector, the numbers of that.
type book struct {
	dims    int
	lengths []uint8
	codes   []uint32  // codewords, the first bit on the high side of 32
	vectors []float32 // dims for each entry, nil where entries are numbers only
	steps   []float32 // of an entry that is a grid: what each dimension may be; nil for any other
}

const bookSync = 0x564342

func parseBook(r *reader) (*book, error) {
	if r.read(24) != bookSync {
		return nil, malformed("there is no codebook where one is due")
	}
	b := &book{dims: r.int(16)}
	entries := r.int(24)
	if entries == 0 || entries*max(b.dims, 1) > maxBook || r.over {
		return nil, malformed("a codebook of %d entries of %d", entries, b.dims)
	}
	b.lengths = make([]uint8, entries)
	if err := b.parseLengths(r); err != nil {
		return nil, err
	}
	if err := b.assign(); err != nil {
		return nil, err
	}
	kind := r.int(4)
	switch {
	case kind > 2 || kind > 0 && b.dims == 0:
		return nil, malformed("a codebook of kind %d, %d numbers", kind, b.dims)
	case kind > 0:
		b.parseVectors(r, kind)
	}
	if r.over {
		return nil, malformed("a codebook breaks off")
	}
	return b, nil
}

func (b *book) parseLengths(r *reader) error {
	if !r.flag() {
		sparse := r.flag()
		for i := range b.lengths {
			if !sparse || r.flag() {
				b.lengths[i] = uint8(r.int(5) + 1)
			}
		}
		return nil
	}
	length := uint8(r.int(5) + 1)
	for at := 0; at < len(b.lengths); length++ {
		n := r.int(ilog(len(b.lengths) - at))
		if n > len(b.lengths)-at || length > 32 || r.over {
			return malformed("a codebook of ordered lengths")
		}
		for i := range n {
			b.lengths[at+i] = length
		}
		at += n
	}
	return nil
}

// assign gives each entry, in their order, the leftmost codeword of its length that is free (3.2.1).
func (b *book) assign() error {
	b.codes = make([]uint32, len(b.lengths))
	var free [33]uint64 // by depth: a node without descendants in use, plus 1; 0 for none
	free[0] = 1
	for i, length := range b.lengths {
		if length == 0 {
			continue
		}
		depth := int(length)
		for depth >= 0 && free[depth] == 0 {
			depth--
		}
		if depth < 0 {
			return malformed("a codebook of more codewords than there is room for")
		}
		node := free[depth] - 1
		free[depth] = 0
		for d := depth + 1; d <= int(length); d++ { // the siblings on the way down are free
			free[d] = node + 1<<(32-d) + 1
		}
		b.codes[i] = uint32(node)
	}
	return nil
}

func (b *book) used(entry int) bool {
	return entry >= 0 && entry < len(b.lengths) && b.lengths[entry] > 0
}

// put writes an entry's codeword.
func (b *book) put(w *writer, entry int) {
	for i := range int(b.lengths[entry]) {
		w.write(b.codes[entry]>>(31-i), 1)
	}
}

// parseVectors reads what entries stand for (3.2.1, 3.3): numbers of a grid of the same steps in each dimension, or each.
func (b *book) parseVectors(r *reader, kind int) {
	least, step := unpackFloat(r.read(32)), unpackFloat(r.read(32))
	width, sums := r.int(4)+1, r.flag()
	count := len(b.lengths) * b.dims
	if kind == 1 {
		count = gridSide(len(b.lengths), b.dims)
	}
	factors := make([]float64, 0, min(count, maxBook))
	for range count {
		if r.over {
			return
		}
		factors = append(factors, float64(r.int(width)))
	}
	b.vectors = make([]float32, len(b.lengths)*b.dims)
	for e := range b.lengths {
		last, divisor := 0.0, 1
		for d := range b.dims {
			i := e*b.dims + d
			if kind == 1 {
				i = e / divisor % count
				if divisor <= len(b.lengths) {
					divisor *= count
				}
			}
			v := factors[i]*step + least + last
			b.vectors[e*b.dims+d] = float32(v)
			if sums {
				last = v
			}
		}
	}
	if kind == 1 && !sums {
		for _, f := range factors {
			b.steps = append(b.steps, float32(f*step+least))
		}
	}
}

// gridSide is the largest number whose power of dims is at most entries (9.2.3).
func gridSide(entries, dims int) int {
	fits := func(side int) bool {
		total := 1
		for range dims {
			if total *= side; total > entries {
				return false
			}
		}
		return true
	}
	side := 1
	for fits(side+1) && side < entries {
		side++
	}
	return side
}

// unpackFloat reads a float as codebooks have it (9.2.2).
func unpackFloat(v uint32) float64 {
	mantissa := float64(v & 0x1fffff)
	if v>>31 == 1 {
		mantissa = -mantissa
	}
	return math.Ldexp(mantissa, int(v>>21&0x3ff)-788)
}

// nearest returns the used entry whose vector is nearest to v, which has dims numbers.
func (b *book) nearest(v []float32) int {
	if b.steps != nil {
		entry, place := 0, 1
		for _, x := range v {
			best := 0
			for i, s := range b.steps {
				if abs32(s-x) < abs32(b.steps[best]-x) {
					best = i
				}
			}
			entry += best * place
			place *= len(b.steps)
		}
		if b.used(entry) {
			return entry
		}
	}
	best, least := -1, float32(math.MaxFloat32)
	for e := range b.lengths {
		if b.lengths[e] == 0 {
			continue
		}
		sum := float32(0)
		for d, x := range b.vectors[e*b.dims : (e+1)*b.dims] {
			sum += (x - v[d]) * (x - v[d])
		}
		if sum < least {
			best, least = e, sum
		}
	}
	return best
}

func abs32(v float32) float32 { return max(v, -v) }
