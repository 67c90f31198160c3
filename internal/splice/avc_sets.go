package splice

import (
	"fmt"
	"maps"
	"slices"

	"retake/internal/h264"
)

// placed is a part's parameter sets in the track.
type placed struct {
	move *h264.Move
	sets [][]byte
}

// around returns the sequence parameter set of the pictures beside a plan's: the one that new ones have to go with. Pictures
// of an earlier edit's that were encoded without loss are passed over, as others can't be coded under theirs.
func (a *avc) around(v *Video, p Plan) (id uint32, s *h264.Stream, err error) {
	for _, at := range []int{p.N - 1, p.M, 0} {
		if at < 0 || at >= v.Len() {
			continue
		}
		unit, _, err := units{a}.first(v, at)
		if err != nil {
			return 0, nil, err
		}
		slice, err := a.sets.Slice(unit)
		if err != nil {
			return 0, nil, err
		}
		if id, s = slice.SPS, slice.Stream; !s.Lossless() {
			break
		}
	}
	return id, s, nil
}

// levels are those that x264 can be told.
var levels = []int{9, 10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52, 60, 61, 62}

// What x264's presets choose (x264's common/base.c), in their order: reference frames, and B-frames in a row.
var (
	presetReferences = []int{1, 1, 1, 2, 2, 3, 5, 8, 16}
	presetBFrames    = []int{0, 3, 3, 3, 3, 3, 3, 3, 8}
)

// keepTo returns the options by which x264 writes a stream that s serves, as far as x264 can. It lowers the depth of reordering for that.
func keepTo(s *h264.Stream, v *Video, how Coding, depth *int) (params []string) {
	most, bframes := s.Depth(v.reorder())
	*depth = min(*depth, most)
	preset := max(slices.Index(Presets, how.Preset), 0)
	if *depth > 0 && presetBFrames[preset] > bframes {
		params = append(params, fmt.Sprintf("bframes=%d", bframes))
	}
	if slices.Contains(levels, s.Level) {
		params = append(params, fmt.Sprintf("level=%d", s.Level))
	}
	if r := s.References; r > 0 && r <= maxReorder {
		params = append(params, fmt.Sprintf("dpb-size=%d", r))
		if presetReferences[preset] > r {
			params = append(params, fmt.Sprintf("ref=%d", r))
		}
	}
	return params
}

// join shares the sequence parameter set around the new pictures where it serves them, and all sets that the track has
// already: an edit of an edit brings the same again.
func (a *avc) join(v *Video, p Plan, parts []*Part) ([]byte, error) {
	id, around, err := a.around(v, p)
	if err != nil {
		return nil, err
	}
	shown, spare := v.reorder(), maps.Clone(a.unused)
	ids := map[*Part]h264.IDs{}
	joined := a.config
	for _, part := range parts {
		c, sps := avcOf(part), h264.Own
		slice, _, err := units{c}.first(part.video, 0)
		if err != nil {
			return nil, err
		}
		head, err := c.sets.Slice(slice)
		if err != nil {
			return nil, err
		}
		if around.Serves(head.Stream, part.video.reorder(), shown) == "" {
			sps = int(id)
		}
		if joined, ids[part], err = joined.Adopt(c.config, sps, spare); err != nil {
			return nil, fmt.Errorf("parameter sets of the new pictures: %w", err)
		}
	}
	if a.joined, err = joined.Sets(); err != nil {
		return nil, err
	}
	a.placed = map[*Part]*placed{}
	for _, part := range parts {
		as := &placed{sets: joined.Of(ids[part])}
		if as.move, err = h264.NewMove(avcOf(part).sets, a.joined, ids[part].PPS); err != nil {
			return nil, err
		}
		a.placed[part] = as
	}
	return joined.Bytes(), nil
}

func (a *avc) inside(part *Part) [][]byte { return a.placed[part].sets }

func (a *avc) adoptUnits(part *Part, units [][]byte) ([][]byte, bool, error) {
	return a.placed[part].move.Picture(units)
}

// mostSets is how many streams of their own an edit's parts can need sets for: new pictures, and those beside them.
const mostSets = 2

func (a *avc) crowded() bool { return !a.config.Room(mostSets, nil) }

func (a *avc) relieve(named map[uint32]bool, sets [][]byte) (bool, error) {
	referred, err := a.config.Referred(named, sets)
	if err == nil {
		a.unused, err = a.config.Spare(referred)
	}
	return a.config.Room(mostSets, a.unused), err
}

func (a *avc) spares() [][]byte { return a.config.Named(a.unused) }

func (a *avc) names(slice []byte) (uint32, error) {
	head, err := a.sets.Slice(slice)
	return head.PPS, err
}

func (a *avc) sequences() int { return len(a.seen) }
