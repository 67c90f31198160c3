package nal

// SetID names a parameter set: its NAL type and its id.
type SetID struct {
	Kind int
	ID   uint32
}

// SetIDs are the parameter sets of a decoder configuration.
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
