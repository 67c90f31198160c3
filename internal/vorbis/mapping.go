package vorbis

// mapping says which floor and residue channels have, and which are coupled (4.2.4).
type mapping struct {
	steps    [][2]int // channels of magnitude and angle
	mux      []int    // of each channel, its submap
	floors   []int    // of each submap
	residues []int
}

func (s *Stream) parseMapping(r *reader) error {
	if kind := r.int(16); kind != 0 {
		return malformed("a mapping of type %d", kind)
	}
	m := mapping{mux: make([]int, s.Channels)}
	submaps := 1
	if r.flag() {
		submaps = r.int(4) + 1
	}
	if r.flag() {
		width := ilog(s.Channels - 1)
		for range r.int(8) + 1 {
			step := [2]int{r.int(width), r.int(width)}
			if step[0] == step[1] || max(step[0], step[1]) >= s.Channels {
				return malformed("channels coupled to themselves")
			}
			m.steps = append(m.steps, step)
		}
	}
	if r.read(2) != 0 {
		return malformed("a mapping of a later kind")
	}
	if submaps > 1 {
		for i := range m.mux {
			if m.mux[i] = r.int(4); m.mux[i] >= submaps {
				return malformed("a channel of no submap")
			}
		}
	}
	for range submaps {
		r.read(8)
		m.floors, m.residues = append(m.floors, r.int(8)), append(m.residues, r.int(8))
	}
	for i := range submaps {
		if m.floors[i] >= len(s.floors) || m.residues[i] >= len(s.residues) {
			return malformed("a mapping without its floor or residue")
		}
	}
	s.mappings = append(s.mappings, m)
	return nil
}

// couple turns two channels into magnitude and angle: the inverse of what decoders do (4.3.5).
func couple(left, right []float32) {
	for i, l := range left {
		r := right[i]
		if abs32(r) >= abs32(l) {
			left[i] = r
		}
		if left[i] > 0 {
			right[i] = l - r
		} else {
			right[i] = r - l
		}
	}
}

// uncouple is what decoders do (4.3.5).
func uncouple(magnitude, angle []float32) {
	for i, m := range magnitude {
		a := angle[i]
		switch {
		case m > 0 && a > 0:
			angle[i] = m - a
		case m > 0:
			magnitude[i], angle[i] = m+a, m
		case a > 0:
			angle[i] = m + a
		default:
			magnitude[i], angle[i] = m-a, m
		}
	}
}
