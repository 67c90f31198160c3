package vorbis

import "math"

// residue says how a spectrum divided by its floor is coded (8.6.1): in partitions, each of a class, whose books add up.
type residue struct {
	kind, begin, end, size int
	classes                int
	classBook              int
	books                  [][8]int // of each class, -1 for none
}

func (s *Stream) parseResidue(r *reader) error {
	x := residue{kind: r.int(16), begin: r.int(24), end: r.int(24), size: r.int(24) + 1, classes: r.int(6) + 1, classBook: r.int(8)}
	if x.kind > 2 || x.end < x.begin {
		return malformed("a residue of type %d, from %d to %d", x.kind, x.begin, x.end)
	}
	if b := s.book(x.classBook); b == nil || b.dims == 0 {
		return malformed("a residue without its codebook")
	}
	cascades := make([]int, x.classes)
	for i := range cascades {
		cascades[i] = r.int(3)
		if r.flag() {
			cascades[i] |= r.int(5) << 3
		}
	}
	searched := 0
	for _, cascade := range cascades {
		var books [8]int
		for j := range books {
			books[j] = -1
			if cascade>>j&1 == 1 {
				books[j] = r.int(8)
				if b := s.book(books[j]); b == nil || b.vectors == nil || x.size%b.dims != 0 {
					return malformed("a residue without its codebook")
				} else if searched += len(b.lengths); searched > maxSearched {
					return malformed("a residue of more than %d vectors", maxSearched)
				}
			}
		}
		x.books = append(x.books, books)
	}
	s.residues = append(s.residues, x)
	return nil
}

// bounds returns the part of a vector that is coded, in whole partitions.
func (x *residue) bounds(length int) (begin, partitions int) {
	begin = min(x.begin, length)
	return begin, (min(x.end, length) - begin) / x.size
}

// maxSearched bounds the entries that a piece is held against. Encoders make residues of up to 10,000.
const maxSearched = 1 << 17

// partition is one piece of a vector as it is coded.
type partition struct {
	class   int
	entries [8][]int
	value   []float32 // what comes back
}

// bitCost is what a bit may save, in squares of the floor's unit: less than the curve of rate and loss has at fine steps.
const bitCost = 0.03

// cut codes one piece by the class that loses least for its bits. classes that are not allowed cost all.
func (x *residue) cut(s *Stream, piece []float32, class int) (partition, float64) {
	p := partition{class: class, value: make([]float32, len(piece))}
	left := append([]float32(nil), piece...)
	bits := 0
	for stage, number := range x.books[class] {
		if number < 0 {
			continue
		}
		b := s.books[number]
		step := len(piece) / b.dims
		v := make([]float32, b.dims)
		for i := range step {
			place := func(d int) int { // 8.6.3, 8.6.4
				if x.kind == 0 {
					return i + d*step
				}
				return i*b.dims + d
			}
			for d := range v {
				v[d] = left[place(d)]
			}
			entry := b.nearest(v)
			if entry < 0 {
				return p, math.MaxFloat64
			}
			p.entries[stage] = append(p.entries[stage], entry)
			bits += int(b.lengths[entry])
			for d := range v {
				c := b.vectors[entry*b.dims+d]
				left[place(d)] -= c
				p.value[place(d)] += c
			}
		}
	}
	loss := 0.0
	for _, v := range left {
		loss += float64(v) * float64(v)
	}
	return p, loss + bitCost*float64(bits)
}

// code codes vectors of one length: the first part, of whole groups of partitions.
func (x *residue) code(s *Stream, vectors [][]float32) [][]partition {
	out := make([][]partition, len(vectors))
	group := s.books[x.classBook].dims
	for j, v := range vectors {
		begin, n := x.bounds(len(v))
		for first := 0; first < n; first += group {
			out[j] = append(out[j], x.codeGroup(s, v[begin+first*x.size:], min(group, n-first))...)
		}
	}
	return out
}

// codeGroup codes n pieces whose classes are one entry of the class book.
func (x *residue) codeGroup(s *Stream, v []float32, n int) []partition {
	all, costs := make([][]partition, n), make([][]float64, n)
	out := make([]partition, n)
	for i := range n {
		best := 0
		for class := range x.classes {
			p, cost := x.cut(s, v[i*x.size:(i+1)*x.size], class)
			all[i], costs[i] = append(all[i], p), append(costs[i], cost)
			if cost < costs[i][best] {
				best = class
			}
		}
		out[i] = all[i][best]
	}
	b := s.books[x.classBook]
	if b.used(x.word(b, out)) {
		return out
	}
	least := math.MaxFloat64
	for word := range b.lengths { // the classes that can be said together
		if b.lengths[word] == 0 {
			continue
		}
		sum, trial, rest := 0.0, make([]partition, n), word
		for i := b.dims - 1; i >= 0; i-- {
			if i < n {
				trial[i] = all[i][rest%x.classes]
				sum += costs[i][rest%x.classes]
			}
			rest /= x.classes
		}
		if sum < least && x.word(b, trial) == word {
			out, least = trial, sum
		}
	}
	return out
}

// word is the entry of the class book for a group; classes behind the last piece are 0.
func (x *residue) word(b *book, group []partition) (word int) {
	for i := range b.dims {
		word *= x.classes
		if i < len(group) {
			word += group[i].class
		}
	}
	return word
}

// put writes coded vectors (8.6.2). It is an error for classes that can't be said.
func (x *residue) put(s *Stream, w *writer, coded [][]partition) error {
	if len(coded) == 0 {
		return nil
	}
	b := s.books[x.classBook]
	for pass := range 8 {
		for first := 0; first < len(coded[0]); first += b.dims {
			last := min(first+b.dims, len(coded[0]))
			for _, v := range coded {
				if pass > 0 {
					break
				}
				word := x.word(b, v[first:last])
				if !b.used(word) {
					return malformed("a codebook without classes that are needed")
				}
				b.put(w, word)
			}
			for i := first; i < last; i++ {
				for _, v := range coded {
					if number := x.books[v[i].class][pass]; number >= 0 {
						for _, entry := range v[i].entries[pass] {
							s.books[number].put(w, entry)
						}
					}
				}
			}
		}
	}
	return nil
}
