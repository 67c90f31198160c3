package splice

import (
	"bytes"
	"fmt"
	"slices"

	"retake/internal/container"
)

// Join lays the parts (lead-in, edit, bridge; empty ones left out) into the plan's slots [N, M), and what is carried over
// behind them. Each new sample keeps the decode time and duration of its slot; it is shown when the original picture of its
// display index was. The pieces live as long as the parts.
func (v *Video) Join(p Plan, parts []*Part) (container.Replacement, error) {
	r, err := v.join(p, parts)
	if err != nil {
		return container.Replacement{}, fmt.Errorf("join pictures: %w", err)
	}
	return r, nil
}

func (v *Video) join(p Plan, parts []*Part) (r container.Replacement, err error) {
	if r.Config, err = v.codec.join(v, p, parts); err != nil {
		return r, err
	}
	lasting, err := v.lasting(p.From)
	if err != nil {
		return r, err
	}
	var list []joined
	slot := p.N
	place := func(j joined, display int) error {
		cts := v.PTS(display) - v.Samples.DTS(slot)
		if cts != int64(int32(cts)) {
			return fmt.Errorf("composition offset %d", cts)
		}
		r.CTS, r.Sync = append(r.CTS, int32(cts)), append(r.Sync, j.key)
		list = append(list, j)
		slot++
		return nil
	}
	for _, part := range parts {
		first, begins := slot, lasting
		if u, ok := v.codec.(units); ok && v.Track.Format == "avc3" {
			begins = slices.Concat(u.inside(part), lasting) // keyframes have their sets with them
		}
		for i := range part.video.Len() {
			if slot == p.M {
				return r, fmt.Errorf("more pictures than %d slots", p.M-p.N)
			}
			display := first + part.video.Rank(i)
			j, err := v.adopt(part, i, display, begins)
			if err != nil {
				return r, err
			}
			if err := place(j, display); err != nil {
				return r, err
			}
		}
	}
	if p.Carried >= 0 {
		sample, err := v.Sample(p.Carried, nil)
		if err == nil {
			sample, err = v.codec.carry(sample)
		}
		if err != nil {
			return r, err
		}
		if err := place(joined{key: true, data: sample}, p.M-1); err != nil {
			return r, err
		}
	}
	if slot != p.M {
		return r, fmt.Errorf("%d pictures for %d slots", slot-p.N, p.M-p.N)
	}
	if v.codec.separates() {
		if err := v.codec.separate(v, p, list); err != nil {
			return r, err
		}
	}
	for _, j := range list {
		r.Pieces = append(r.Pieces, j.finish())
	}
	return r, nil
}

// joined is one new sample: where it is, or its bytes. Those at which decoding can begin have them where they have to be
// told apart.
type joined struct {
	key   bool
	part  *Part // nil for what is carried over
	piece container.Piece
	data  []byte
}

// lasting returns what a sample says of the pictures from it on, for keyframes to say again.
func (v *Video) lasting(decode int) ([][]byte, error) {
	a, ok := v.codec.(annotated)
	if !ok {
		return nil, nil
	}
	sample, err := v.Sample(decode, nil)
	if err != nil {
		return nil, err
	}
	return a.lasting(sample)
}

// accompany is annotated.accompany of the original that is shown at display, nil where the codec has nothing to say.
func (v *Video) accompany(sample []byte, display int, lasting [][]byte) ([]byte, error) {
	a, ok := v.codec.(annotated)
	if !ok {
		return nil, nil
	}
	original, err := v.Sample(v.Display(display), nil)
	if err != nil {
		return nil, err
	}
	return a.accompany(sample, original, lasting)
}

// adopt makes a part's sample one of the track's, shown at display. At most keyframes stay in memory; what else had to be
// changed is in a file of the part's.
func (v *Video) adopt(part *Part, i, display int, lasting [][]byte) (joined, error) {
	data, err := part.video.Sample(i, nil)
	if err != nil {
		return joined{}, err
	}
	start, err := part.video.codec.start(data)
	if err != nil {
		return joined{}, err
	}
	j := joined{key: start == ClosedStart, part: part, piece: part.piece(i)}
	if !j.key {
		lasting = nil
	}
	changed, err := v.codec.adopt(part, i, data)
	if err != nil {
		return j, err
	}
	if changed != nil {
		data = changed
	}
	with, err := v.accompany(data, display, lasting)
	if with != nil {
		changed = with
	}
	switch {
	case err != nil:
		return j, err
	case j.key && v.codec.separates():
		if j.data = data; changed != nil {
			j.data = changed
		}
	case changed != nil:
		j.piece, err = part.spill(changed)
	}
	return j, err
}

func (j *joined) finish() container.Piece {
	if j.data == nil {
		return j.piece
	}
	return container.Piece{From: bytes.NewReader(j.data), Size: uint32(len(j.data))}
}
