package splice

import (
	"slices"

	"retake/internal/depth"
)

// Tagged returns what the track says of its pictures, once for each way it does: new pictures may have parameter sets of
// their own beside the original's.
func (v *Video) Tagged() (all []depth.Format) {
	if v.Signal == nil {
		return nil
	}
	all = append(all, v.Format())
	u, ok := v.codec.(units)
	if !ok {
		return all
	}
	one := *v
	for _, s := range u.signals() {
		one.Signal = s
		if f := one.Format(); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

// Sequences counts the sequence parameter sets (SPS) of H.264 and HEVC that the track's pictures refer to, 0 for other
// tracks.
func (v *Video) Sequences() int {
	if u, ok := v.codec.(units); ok {
		return u.sequences()
	}
	return 0
}

// Spare returns the parameter sets of H.264 and HEVC that none of the track's pictures refers to. It looks at all of them.
func (v *Video) Spare() ([][]byte, error) {
	u, ok := v.codec.(units)
	if !ok {
		return nil, nil
	}
	if _, err := u.makeRoom(v); err != nil {
		return nil, err
	}
	return u.spares(), nil
}
