package hevc

import (
	"slices"

	"retake/internal/nal"
)

// kinds are those of parameter sets, each of which names one of the kind before it.
var kinds = []int{typeVPS, typeSPS, typePPS}

func (ids *IDs) of(kind int) *uint32 {
	return map[int]*uint32{typeVPS: &ids.VPS, typeSPS: &ids.SPS, typePPS: &ids.PPS}[kind]
}

// Adopt returns a configuration with the sets of another stream, too, which has one of each kind as encoders write, and
// the ids that they have there. Sets that c has already are shared. New ones get ids that are free; where none is, those of
// sets that are spare, which are then no longer so. That of the picture parameter set is one for RenameSlice.
func (c *Config) Adopt(other *Config, spare nal.SetIDs) (*Config, IDs, error) {
	var ids IDs
	used, err := c.ids()
	if err != nil {
		return nil, ids, err
	}
	kept, added := c, &Config{LengthSize: other.LengthSize, head: other.head}
	for _, kind := range kinds {
		sets := slices.DeleteFunc(other.sets(), func(u []byte) bool { return typeOf(u) != kind })
		if len(sets) != 1 {
			return nil, ids, malformed("the encoder wrote %d parameter sets of type %d", len(sets), kind)
		}
		shared, err := c.find(sets[0], &ids, used)
		if err != nil {
			return nil, ids, err
		}
		id := nal.SetID{Kind: kind, ID: *ids.of(kind)}
		if !shared {
			first, last := newIDs(kind)
			var found bool
			if id.ID, found = used.Free(kind, first, last, spare); !found {
				return nil, ids, malformed("all parameter set ids are taken")
			}
			*ids.of(kind) = id.ID
			if used[id] {
				kept = kept.without(id)
			}
			named, err := renameSet(sets[0], ids)
			if err != nil {
				return nil, ids, err
			}
			added.arrays = append(added.arrays, array{head: 0x80 | byte(kind), units: [][]byte{named}})
		}
		delete(spare, id)
	}
	joined, err := kept.Join(added)
	return joined, ids, err
}

// newIDs is the range that new sets get their ids from.
func newIDs(kind int) (first, last uint32) {
	if kind == typePPS {
		return lastPPS, firstPPS
	}
	return maxSPS, 1 // of a video, too
}

// find looks for a set among those of its kind, and puts its id into ids, which has those of the sets that it needs.
func (c *Config) find(set []byte, ids *IDs, used nal.SetIDs) (bool, error) {
	kind := typeOf(set)
	for id := range uint32(lastPPS + 1) {
		if !used[nal.SetID{Kind: kind, ID: id}] || kind == typePPS && id > 0 && id < firstPPS {
			continue
		}
		*ids.of(kind) = id
		named, err := renameSet(set, *ids)
		if err != nil {
			return false, err
		}
		if c.Has(named) {
			return true, nil
		}
	}
	return false, nil
}

// without returns the configuration but for a set.
func (c *Config) without(id nal.SetID) *Config {
	out := &Config{LengthSize: c.LengthSize, head: c.head}
	for _, a := range c.arrays {
		out.arrays = append(out.arrays, array{a.head, slices.DeleteFunc(slices.Clone(a.units), func(u []byte) bool {
			p, err := placeOf(u)
			return typeOf(u) == id.Kind && err == nil && p.id == id.ID
		})})
	}
	return out
}

// Spare returns the sets that neither one of the picture parameter sets named, nor one of those found inside the stream, is or
// needs.
func (c *Config) Spare(pps map[uint32]bool, inside [][]byte) (nal.SetIDs, error) {
	spare, err := c.ids()
	if err != nil {
		return nil, err
	}
	needed := nal.SetIDs{}
	for id := range pps {
		needed[nal.SetID{Kind: typePPS, ID: id}] = true
	}
	for _, u := range inside {
		p, err := placeOf(u)
		if err != nil {
			return nil, err
		}
		needed[nal.SetID{Kind: typeOf(u), ID: p.id}] = true
	}
	units := c.sets()
	for i := len(kinds) - 1; i >= 0; i-- { // what the needed ones need
		for _, u := range units {
			p, err := placeOf(u)
			if err != nil || typeOf(u) != kinds[i] || !needed[nal.SetID{Kind: kinds[i], ID: p.id}] {
				continue
			}
			if i > 0 {
				needed[nal.SetID{Kind: kinds[i-1], ID: p.needs}] = true
			}
		}
	}
	for id := range needed {
		delete(spare, id)
	}
	return spare, nil
}

// Named returns the sets of some ids.
func (c *Config) Named(ids nal.SetIDs) (sets [][]byte) {
	for _, u := range c.sets() {
		if id, err := setID(u); err == nil && ids[id] {
			sets = append(sets, u)
		}
	}
	return sets
}

// Ambiguous reports whether two sets that differ have one kind and id.
func (c *Config) Ambiguous() bool { return nal.Ambiguous(c.sets(), setID) }

func setID(unit []byte) (nal.SetID, error) {
	p, err := placeOf(unit)
	return nal.SetID{Kind: typeOf(unit), ID: p.id}, err
}

// Room reports whether n streams more find ids for their sets, with those of the spare ones.
func (c *Config) Room(n int, spare nal.SetIDs) bool {
	used, err := c.ids()
	for _, kind := range kinds {
		first, last := newIDs(kind)
		if used.Room(kind, last, first, spare) < n {
			return false
		}
	}
	return err == nil
}
