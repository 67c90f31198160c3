package splice

import (
	"bytes"
	"fmt"
	"slices"

	"retake/internal/h264"
	"retake/internal/mp4"
)

// Middle is the new samples of [N, M), ready to take their slots.
type Middle struct {
	mp4.Replacement
}

// Join lays the parts (lead-in, edit, bridge; empty ones left out) into the plan's slots. Each new sample keeps the
// decode time and duration of its slot; it is shown when the original picture of its display index was.
func (v *Video) Join(p Plan, parts []*Part) (*Middle, error) {
	m := &Middle{}
	config, err := v.joinConfig(parts)
	if err != nil {
		return nil, err
	}
	if m.Entry, err = v.Track.Entry.WithChild("avcC", config.Bytes()); err != nil {
		return nil, err
	}
	var aus []accessUnit
	slot := p.N
	for _, part := range parts {
		first := slot
		for i := range part.video.Len() {
			pts := v.PTS(first + part.video.Rank[i])
			cts := pts - v.Samples[slot].DTS
			if cts != int64(int32(cts)) {
				return nil, fmt.Errorf("join pictures: composition offset %d", cts)
			}
			m.CTS = append(m.CTS, int32(cts))
			units, whole, err := part.units(i)
			if err != nil {
				return nil, fmt.Errorf("join pictures: %w", err)
			}
			idr := h264.IsIDR(units)
			m.Sync = append(m.Sync, idr)
			sample := part.video.Samples[i]
			au := accessUnit{idr: idr, sets: part.video.Sets, piece: mp4.Piece{From: part.file, Offset: sample.Offset, Size: sample.Size}}
			if idr || !whole {
				au.units = units
			}
			aus = append(aus, au)
			slot++
		}
	}
	if slot != p.M {
		return nil, fmt.Errorf("join pictures: %d pictures for %d slots", slot-p.N, p.M-p.N)
	}
	if err := v.separateIDRs(p, aus); err != nil {
		return nil, err
	}
	for _, au := range aus {
		m.Pieces = append(m.Pieces, au.finish())
	}
	return m, nil
}

// accessUnit is one new sample: where it is, or its units when they differ from what is there.
type accessUnit struct {
	idr   bool
	sets  *h264.Sets
	units [][]byte
	piece mp4.Piece
}

func (a *accessUnit) finish() mp4.Piece {
	if a.units == nil {
		return a.piece
	}
	data := h264.AppendSample(nil, a.units...)
	return mp4.Piece{From: bytes.NewReader(data), Size: uint32(len(data))}
}

// joinConfig adds the parts' parameter sets to the original's.
func (v *Video) joinConfig(parts []*Part) (*h264.Config, error) {
	first := parts[0].video.Config
	for _, p := range parts[1:] {
		if !slices.EqualFunc(p.video.Config.SPS, first.SPS, bytes.Equal) || !slices.EqualFunc(p.video.Config.PPS, first.PPS, bytes.Equal) {
			return nil, fmt.Errorf("join pictures: the encoder gave its parts different parameter sets")
		}
	}
	return v.Config.Join(first)
}

// separateIDRs gives neighbouring IDR pictures different idr_pic_ids (7.4.3), at the joins with the original too.
func (v *Video) separateIDRs(p Plan, aus []accessUnit) error {
	before, err := v.idrID(p.N - 1)
	if err != nil {
		return err
	}
	after, err := v.idrID(p.M)
	if err != nil {
		return err
	}
	for i := range aus {
		if !aus[i].idr {
			before = -1
			continue
		}
		next := int64(-1)
		if i+1 == len(aus) {
			next = after
		}
		id, _, err := aus[i].sets.IDRPicID(aus[i].units)
		for err == nil && (int64(id) == before || int64(id) == next) {
			if aus[i].units, err = aus[i].sets.ChangeIDRPicID(aus[i].units); err == nil {
				id, _, err = aus[i].sets.IDRPicID(aus[i].units)
			}
		}
		if err != nil {
			return fmt.Errorf("join pictures: %w", err)
		}
		before = int64(id)
	}
	return nil
}

// idrID returns the idr_pic_id of an original sample, -1 when it is no IDR or there is no such sample.
func (v *Video) idrID(decode int) (int64, error) {
	if decode < 0 || decode >= v.Len() {
		return -1, nil
	}
	units, _, err := v.Units(decode, nil)
	if err != nil {
		return -1, err
	}
	id, found, err := v.Sets.IDRPicID(units)
	if err != nil || !found {
		return -1, err
	}
	return int64(id), nil
}
