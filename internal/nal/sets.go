package nal

// SetID names a parameter set: its NAL type and its id.
type SetID struct {
	Kind int
	ID   uint32
}

// SetIDs are parameter sets, each once.
type SetIDs map[SetID]bool

// Apart returns an error when both configurations have a set of one kind and id.
func (s SetIDs) Apart(other SetIDs) error {
	for id := range other {
		if s[id] {
			return malformed("both configurations have a parameter set %v", id)
		}
	}
	return nil
}

// Free returns an id that no set of a kind has, else that of a spare set: the first from first to last, which may be the lower
// one. found is false when there is neither.
func (s SetIDs) Free(kind int, first, last uint32, spare SetIDs) (id uint32, found bool) {
	n, step := last-first, uint32(1)
	if last < first {
		n, step = first-last, ^uint32(0)
	}
	for _, fits := range []func(SetID) bool{func(id SetID) bool { return !s[id] }, func(id SetID) bool { return spare[id] }} {
		id := first
		for range n + 1 {
			if fits(SetID{kind, id}) {
				return id, true
			}
			id += step
		}
	}
	return 0, false
}

// Room counts the ids of [from, to] that no set of a kind has, or a spare one.
func (s SetIDs) Room(kind int, from, to uint32, spare SetIDs) (n int) {
	for id := from; id <= to; id++ {
		if set := (SetID{kind, id}); !s[set] || spare[set] {
			n++
		}
	}
	return n
}

// Ambiguous reports whether two sets that differ have one kind and id, of which a decoder takes the one that comes last.
func Ambiguous(sets [][]byte, id func(set []byte) (SetID, error)) bool {
	seen := map[SetID][]byte{}
	for _, s := range sets {
		of, err := id(s)
		if other := seen[of]; err != nil || other != nil && !SameUnit(other, s) {
			return true
		}
		seen[of] = s
	}
	return false
}
