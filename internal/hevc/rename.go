package hevc

import (
	"slices"

	"retake/internal/nal"
)

// IDs are the ids of a video, a sequence and a picture parameter set.
type IDs struct{ VPS, SPS, PPS uint32 }

// place is where a parameter set's own id stands.
type place struct {
	id    uint32
	at    int // bit of the unescaped unit
	bits  int
	needs uint32 // id of the set that it refers to
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
		video := r
		p.needs = video.U(4)
		new(Stream).readBeforeID(&r)
		p.at = r.Pos
		p.id = r.UE()
	case typePPS:
		p.id = r.UE()
	}
	p.bits = r.Pos - p.at
	if typeOf(unit) == typePPS {
		p.needs = r.UE()
	}
	if r.Bad {
		return p, malformed("a parameter set can't be read")
	}
	return p, nil
}

// renameSet changes the ids in a parameter set: its own, and that of the set that it refers to.
func renameSet(unit []byte, to IDs) ([]byte, error) {
	p, err := placeOf(unit)
	if err != nil {
		return nil, err
	}
	rbsp := nal.Unescape(unit)
	stop := nal.StopBit(rbsp)
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

// Ids of picture parameter sets whose code takes 9 bits, 8 more than that of the id 0 that encoders give theirs.
const (
	firstPPS = 15
	lastPPS  = 30
)

// RenameSlice returns a slice's unit that names the picture parameter set 15 to 30 in place of 0, or still 0. Its code is 8 bits
// longer, so what follows moves by a byte and its alignment, which CABAC depends on, stays. Entry points into the slice
// are told from the end of the header and stay as they are.
func RenameSlice(unit []byte, pps uint32) ([]byte, error) {
	if pps == 0 {
		return unit, nil
	}
	if !IsSlice(unit) || pps < firstPPS || pps > lastPPS {
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
