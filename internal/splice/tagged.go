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
