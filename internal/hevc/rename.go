package hevc

import (
	"math/bits"
	"slices"

	"retake/internal/nal"
)

// IDs are the ids of a video, a sequence and a picture parameter set.
type IDs struct{ VPS, SPS, PPS uint32 }

// FreeIDs returns ids that no parameter set of c has. That of the picture parameter set takes 9 bits, 8 more than the id
// 0 that encoders give theirs.
func (c *Config) FreeIDs() (IDs, error) {
	used, err := c.ids()
	if err != nil {
		return IDs{}, err
	}
	free := func(kind int, from, to uint32) (uint32, error) {
		for id := to; id >= from; id-- {
			if !used[nal.SetID{Kind: kind, ID: id}] {
				return id, nil
			}
		}
		return 0, malformed("all parameter set ids are taken")
	}
	var out IDs
	if out.VPS, err = free(typeVPS, 1, 15); err != nil {
		return out, err
	}
	if out.SPS, err = free(typeSPS, 1, maxSPS); err != nil {
		return out, err
	}
	out.PPS, err = free(typePPS, 15, 30)
	return out, err
}

// place is where a parameter set's own id stands.
type place struct {
	id   uint32
	at   int // bit of the unescaped unit
	bits int
}

func placeOf(unit []byte) (place, error) {
	if len(unit) > maxSetSize {
		return place{}, malformed("a parameter set of %d bytes", len(unit))
	}
	r := nal.Reader{Data: nal.Unescape(unit), Pos: 8 * headerSize}
	p := place{at: r.Pos}
	switch typeOf(unit) {
	case typeVPS:
		p.id = r.U(4)
	case typeSPS:
		new(Stream).readBeforeID(&r)
		p.at = r.Pos
		p.id = r.UE()
	case typePPS:
		p.id = r.UE()
	}
	p.bits = r.Pos - p.at
	if r.Bad {
		return p, malformed("a parameter set can't be read")
	}
	return p, nil
}

// Rename returns the configuration with other ids. It must have one parameter set of each kind, as encoders write.
func (c *Config) Rename(to IDs) (*Config, error) {
	out := &Config{LengthSize: c.LengthSize, head: c.head}
	seen := map[int]int{}
	for _, a := range c.arrays {
		renamed := array{head: a.head}
		for _, u := range a.units {
			if IsSet(u) {
				seen[typeOf(u)]++
				var err error
				if u, err = renameSet(u, to); err != nil {
					return nil, err
				}
			}
			renamed.units = append(renamed.units, u)
		}
		out.arrays = append(out.arrays, renamed)
	}
	if seen[typeVPS] != 1 || seen[typeSPS] != 1 || seen[typePPS] != 1 {
		return nil, malformed("the encoder wrote %d video, %d sequence and %d picture parameter sets", seen[typeVPS], seen[typeSPS], seen[typePPS])
	}
	return out, nil
}

// renameSet changes the ids in a parameter set: its own, and that of the set that it refers to.
func renameSet(unit []byte, to IDs) ([]byte, error) {
	p, err := placeOf(unit)
	if err != nil {
		return nil, err
	}
	rbsp := nal.Unescape(unit)
	stop := lastBit(rbsp)
	r := nal.Reader{Data: rbsp}
	w := nal.Writer{Data: make([]byte, 0, len(rbsp)+4)}
	pass := func(until int) {
		for r.Pos < until {
			w.Bit(r.Bit())
		}
	}
	switch typeOf(unit) {
	case typeVPS:
		pass(p.at)
		w.U(to.VPS, 4)
	case typeSPS:
		pass(8 * headerSize)
		w.U(to.VPS, 4)
		r.U(4)
		pass(p.at)
		w.UE(to.SPS)
	case typePPS:
		pass(p.at)
		w.UE(to.PPS)
		w.UE(to.SPS)
	}
	r.Pos = p.at + p.bits
	if typeOf(unit) == typePPS {
		r.UE()
	}
	if r.Bad || r.Pos > stop {
		return nil, malformed("a parameter set is cut short")
	}
	pass(stop + 1)
	return nal.Escape(w.Data), nil
}

// lastBit returns the place of the last bit that is set: the stop bit of an RBSP.
func lastBit(rbsp []byte) int {
	for i := len(rbsp) - 1; i >= 0; i-- {
		if rbsp[i] != 0 {
			return 8*i + 7 - bits.TrailingZeros8(rbsp[i])
		}
	}
	return -1
}

// RenameSlice returns a slice's unit that names the picture parameter set 15 to 30 in place of 0. Its code is 8 bits
// longer, so what follows moves by a byte and its alignment, which CABAC depends on, stays. Entry points into the slice
// are told from the end of the header and stay as they are.
func RenameSlice(unit []byte, pps uint32) ([]byte, error) {
	if !IsSlice(unit) || pps < 15 || pps > 30 {
		return nil, malformed("no slice, or an id out of range")
	}
	rbsp := nal.Unescape(unit)
	r := nal.Reader{Data: rbsp}
	w := nal.Writer{Data: make([]byte, 0, len(rbsp)+1)}
	before := 8*headerSize + 1
	if isKey(typeOf(unit)) {
		before++
	}
	for range before {
		w.Bit(r.Bit())
	}
	if id := r.UE(); id != 0 || r.Bad {
		return nil, malformed("a slice names the parameter set %d where 0 is expected", id)
	}
	w.UE(pps)
	for r.Pos&7 != 0 {
		w.Bit(r.Bit())
	}
	w.Data = slices.Concat(w.Data, rbsp[r.Pos>>3:])
	return nal.Escape(w.Data), nil
}
