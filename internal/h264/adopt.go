package h264

import (
	"slices"

	"retake/internal/nal"
)

// IDs are the ids of a sequence and a picture parameter set.
type IDs struct{ SPS, PPS uint32 }

// Own is the SPS of Adopt for a stream that keeps its own sequence parameter set.
const Own = -1

// Adopt returns a configuration with the sets of another stream, too, which has one of each kind as encoders write, and
// the ids that they have there. sps is the id of c's sequence parameter set that serves the stream, see Stream.Serves,
// or Own. Sets that c has already are shared. New ones keep their ids where these are free; where no id is, they take that
// of a set that is spare, which is then no longer so.
func (c *Config) Adopt(other *Config, sps int, spare nal.SetIDs) (*Config, IDs, error) {
	var ids IDs
	if len(other.SPS) != 1 || len(other.PPS) != 1 {
		return nil, ids, malformed("the encoder wrote %d sequence and %d picture parameter sets", len(other.SPS), len(other.PPS))
	}
	out := *c
	var err error
	if sps == Own {
		out.SPS, ids.SPS, err = out.place(TypeSPS, other.SPS[0], spare, func(id uint32) ([]byte, error) { return renameSPS(other.SPS[0], id) })
		if err != nil {
			return nil, ids, err
		}
		out.PPS = out.relieved(c, ids.SPS, spare)
		out.accept(other)
	} else {
		ids.SPS = uint32(sps)
	}
	out.PPS, ids.PPS, err = out.place(TypePPS, other.PPS[0], spare, func(id uint32) ([]byte, error) {
		return renamePPS(other.PPS[0], IDs{SPS: ids.SPS, PPS: id})
	})
	return &out, ids, err
}

// accept makes the configuration's head say that a decoder has to take the other stream's kind as well.
func (c *Config) accept(other *Config) {
	c.Level = max(c.Level, other.Level)
	if other.Profile == ProfileLossless && c.Profile != ProfileLossless {
		c.Profile, c.Compatibility = other.Profile, c.Compatibility&other.Compatibility
		if len(c.rest) == 0 {
			c.rest = other.rest
		}
	}
}

// place finds a set among those of its kind, or adds it under an id that is free. as spells it with an id.
func (c *Config) place(kind int, set []byte, spare nal.SetIDs, as func(id uint32) ([]byte, error)) ([][]byte, uint32, error) {
	used, err := c.ids()
	if err != nil {
		return nil, 0, err
	}
	list, most := c.SPS, uint32(maxSPS)
	if kind == TypePPS {
		list, most = c.PPS, maxPPS
	}
	for id := range most + 1 {
		if !used[nal.SetID{Kind: kind, ID: id}] {
			continue
		}
		named, err := as(id)
		if err != nil {
			return nil, 0, err
		}
		if slices.ContainsFunc(list, func(s []byte) bool { return nal.SameUnit(s, named) }) {
			delete(spare, nal.SetID{Kind: kind, ID: id})
			return list, id, nil
		}
	}
	id, err := idOf(set)
	if err != nil {
		return nil, 0, err
	}
	if used[nal.SetID{Kind: kind, ID: id}] || len(list) >= int(most) {
		if len(list) >= int(most) { // the record counts to one less than there are ids
			used = all(kind, most)
		}
		found := false
		if id, found = used.Free(kind, 0, most, spare); !found {
			return nil, 0, malformed("all parameter set ids are taken")
		}
		delete(spare, nal.SetID{Kind: kind, ID: id})
	}
	named, err := as(id)
	if err != nil {
		return nil, 0, err
	}
	return append(c.without(kind, id), named), id, nil
}

func all(kind int, most uint32) nal.SetIDs {
	out := nal.SetIDs{}
	for id := range most + 1 {
		out[nal.SetID{Kind: kind, ID: id}] = true
	}
	return out
}

// relieved returns the picture parameter sets but for the spare ones of the sequence parameter set of an id, if that is another
// than before.
func (c *Config) relieved(before *Config, sps uint32, spare nal.SetIDs) [][]byte {
	if len(before.without(TypeSPS, sps)) == len(before.SPS) || slices.EqualFunc(before.SPS, c.SPS, nal.SameUnit) {
		return c.PPS
	}
	return slices.DeleteFunc(slices.Clone(c.PPS), func(s []byte) bool {
		id, p, err := readPPS(s)
		return err == nil && p.sequence == sps && spare[nal.SetID{Kind: TypePPS, ID: id}]
	})
}

// without returns the sets of a kind but that of an id.
func (c *Config) without(kind int, id uint32) [][]byte {
	list := c.SPS
	if kind == TypePPS {
		list = c.PPS
	}
	return slices.DeleteFunc(slices.Clone(list), func(s []byte) bool {
		of, err := idOf(s)
		return err == nil && of == id
	})
}

func idOf(set []byte) (uint32, error) {
	if Type(set) == TypeSPS {
		return spsID(set)
	}
	id, _, err := readPPS(set)
	return id, err
}

// renameSPS gives a sequence parameter set another id: behind its header, profile, constraints and level (7.3.2.1.1).
func renameSPS(unit []byte, id uint32) ([]byte, error) {
	return rename(unit, 32, id)
}

// renamePPS gives a picture parameter set other ids (7.3.2.2).
func renamePPS(unit []byte, to IDs) ([]byte, error) {
	return rename(unit, 8, to.PPS, to.SPS)
}

// rename replaces Exp-Golomb codes in a row.
func rename(unit []byte, at int, codes ...uint32) ([]byte, error) {
	rbsp := nal.Unescape(unit)
	r := &nal.Reader{Data: rbsp}
	w := &nal.Writer{Data: make([]byte, 0, len(rbsp)+4)}
	w.Copy(r, at)
	for _, c := range codes {
		r.UE()
		w.UE(c)
	}
	w.Copy(r, nal.StopBit(rbsp)+1-r.Pos)
	if r.Bad {
		return nil, malformed("a parameter set is cut short")
	}
	return nal.Escape(w.Data), nil
}

// Referred returns the parameter sets of c that one of the picture parameter sets named, and of the sets found inside the
// stream, is or needs.
func (c *Config) Referred(pps map[uint32]bool, inside [][]byte) (nal.SetIDs, error) {
	out := nal.SetIDs{}
	for _, s := range inside {
		id, err := idOf(s)
		if err != nil {
			return nil, err
		}
		out[nal.SetID{Kind: Type(s), ID: id}] = true
		if Type(s) == TypePPS {
			pps[id] = true
		}
	}
	for _, s := range c.PPS {
		id, p, err := readPPS(s)
		if err != nil {
			return nil, err
		}
		if pps[id] {
			out[nal.SetID{Kind: TypePPS, ID: id}], out[nal.SetID{Kind: TypeSPS, ID: p.sequence}] = true, true
		}
	}
	return out, nil
}

// Spare returns the sets of c that are not referred to.
func (c *Config) Spare(referred nal.SetIDs) (nal.SetIDs, error) {
	out, err := c.ids()
	for id := range referred {
		delete(out, id)
	}
	return out, err
}

// Of returns the sets of two ids.
func (c *Config) Of(ids IDs) [][]byte {
	return c.Named(nal.SetIDs{{Kind: TypeSPS, ID: ids.SPS}: true, {Kind: TypePPS, ID: ids.PPS}: true})
}

// Named returns the sets of some ids.
func (c *Config) Named(ids nal.SetIDs) (sets [][]byte) {
	for _, s := range append(slices.Clip(c.SPS), c.PPS...) {
		if id, err := idOf(s); err == nil && ids[nal.SetID{Kind: Type(s), ID: id}] {
			sets = append(sets, s)
		}
	}
	return sets
}

// Ambiguous reports whether two sets that differ have one kind and id.
func (c *Config) Ambiguous() bool {
	return nal.Ambiguous(append(slices.Clip(c.SPS), c.PPS...), func(s []byte) (nal.SetID, error) {
		id, err := idOf(s)
		return nal.SetID{Kind: Type(s), ID: id}, err
	})
}

// FreePPS returns the lowest id from 1 to 31, but for the first skip, that no picture parameter set of c has, else 0.
func (c *Config) FreePPS(skip int) int {
	used, err := c.ids()
	for id := uint32(1); err == nil && id <= maxSPS; id++ {
		if !used[nal.SetID{Kind: TypePPS, ID: id}] {
			if skip--; skip < 0 {
				return int(id)
			}
		}
	}
	return 0
}

// Room reports whether n streams more find ids for their sets, with those of the spare ones.
func (c *Config) Room(n int, spare nal.SetIDs) bool {
	used, err := c.ids()
	return err == nil && used.Room(TypeSPS, 0, maxSPS, spare) > n && used.Room(TypePPS, 0, maxPPS, spare) > n
}
