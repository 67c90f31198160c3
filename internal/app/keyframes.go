package app

import (
	"fmt"
	"math"

	"retake/internal/splice"
)

// Keyframes says where packets of the original can go on after a segment.
type Keyframes struct {
	Count int     `json:"count"`
	Apart float64 `json:"apart"` // the longest distance of one to the next or to the clip's end, seconds
}

// keyframes finds the places at which the original can go on, by the rule that plans an edit: decoding can begin
// there, and nothing shown earlier comes after it in the file.
func keyframes(v *splice.Video) (*Keyframes, error) {
	last := v.Len() - 1
	lowest, next := math.MaxInt, v.Time(v.Len()) // the lowest display index from i on; when the next keyframe is shown
	k := &Keyframes{}
	for i := last; i >= 0; i-- {
		lowest = min(lowest, v.Rank[i])
		if !v.Samples[i].Sync || v.Rank[i] != i || lowest != i {
			continue
		}
		if ok, err := v.IsIDR(i); err != nil {
			return nil, fmt.Errorf("look for keyframes: %w", err)
		} else if !ok {
			continue
		}
		k.Count++
		k.Apart, next = max(k.Apart, next-v.Time(i)), v.Time(i)
	}
	k.Apart = max(k.Apart, next-v.Time(0))
	return k, nil
}
