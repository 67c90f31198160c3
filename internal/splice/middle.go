package splice

import (
	"bytes"
	"fmt"

	"retake/internal/mp4"
	"retake/internal/nal"
)

// Middle is the new samples of [N, M), ready to take their slots.
type Middle struct {
	mp4.Replacement
}

// Join lays the parts (lead-in, edit, bridge; empty ones left out) into the plan's slots, and what is carried over behind
// them. Each new sample keeps the decode time and duration of its slot; it is shown when the original picture of its
// display index was. The pieces live as long as the parts.
func (v *Video) Join(p Plan, parts []*Part) (*Middle, error) {
	m, err := v.join(p, parts)
	if err != nil {
		return nil, fmt.Errorf("join pictures: %w", err)
	}
	return m, nil
}

func (v *Video) join(p Plan, parts []*Part) (*Middle, error) {
	m := &Middle{}
	config, err := v.codec.join(parts)
	if err != nil {
		return nil, err
	}
	if m.Entry, err = v.Track.Entry.WithChild(codecs[v.Track.Entry.Format].box, config); err != nil {
		return nil, err
	}
	var aus []accessUnit
	slot := p.N
	place := func(au accessUnit, display int) error {
		cts := v.PTS(display) - v.Samples[slot].DTS
		if cts != int64(int32(cts)) {
			return fmt.Errorf("composition offset %d", cts)
		}
		m.CTS, m.Sync = append(m.CTS, int32(cts)), append(m.Sync, au.key)
		aus = append(aus, au)
		slot++
		return nil
	}
	for _, part := range parts {
		first := slot
		for i := range part.video.Len() {
			au, err := v.adopt(part, i)
			if err != nil {
				return nil, err
			}
			if slot == p.M {
				return nil, fmt.Errorf("more pictures than %d slots", p.M-p.N)
			}
			if err := place(au, first+part.video.Rank[i]); err != nil {
				return nil, err
			}
		}
	}
	if p.Carried >= 0 {
		units, _, err := v.Units(p.Carried, nil)
		if err != nil {
			return nil, err
		}
		if err := place(accessUnit{key: true, units: v.codec.carry(units)}, p.M-1); err != nil {
			return nil, err
		}
	}
	if slot != p.M {
		return nil, fmt.Errorf("%d pictures for %d slots", slot-p.N, p.M-p.N)
	}
	if err := v.codec.separate(v, p, aus); err != nil {
		return nil, err
	}
	for _, au := range aus {
		m.Pieces = append(m.Pieces, au.finish())
	}
	return m, nil
}

// accessUnit is one new sample: where it is, or its units, which those at which decoding can begin always have.
type accessUnit struct {
	key   bool
	part  *Part // nil for what is carried over
	piece mp4.Piece
	units [][]byte
}

// adopt makes a part's sample one of the track's. Only keyframes stay in memory; what else had to be changed is in a file
// of the part's.
func (v *Video) adopt(part *Part, i int) (accessUnit, error) {
	units, whole, err := part.units(i)
	if err != nil {
		return accessUnit{}, err
	}
	sample := part.video.Samples[i]
	au := accessUnit{key: part.video.codec.start(units) == ClosedStart, part: part, piece: mp4.Piece{From: part.file, Offset: sample.Offset, Size: sample.Size}}
	units, changed, err := v.codec.adopt(units)
	if err != nil {
		return au, err
	}
	if au.key {
		au.units = units
	} else if changed || !whole {
		au.piece, err = part.spill(nal.AppendSample(nil, units...))
	}
	return au, err
}

func (a *accessUnit) finish() mp4.Piece {
	if a.units == nil {
		return a.piece
	}
	data := nal.AppendSample(nil, a.units...)
	return mp4.Piece{From: bytes.NewReader(data), Size: uint32(len(data))}
}
