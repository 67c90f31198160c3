package builtin

import (
	"slices"

	"retake/internal/picture"
	"retake/internal/prompt"
)

// hidden tells who asks to hide something, as in "blur the faces", that nobody looks for it: what is believed to be hidden and isn't does harm.
func hidden(plan prompt.Plan) prompt.Plan {
	unplaced := func(l prompt.Look) bool { return picture.Kind(l.Effect) == picture.BlurRegion && l.Place == "" }
	if slices.ContainsFunc(plan.Picture, unplaced) {
		plan.Warnings = append(plan.Warnings, "The built-in engine doesn't look for faces or plates: squares cover the middle of the picture, whatever is there. "+
			"Say where they should be, as in: pixelate the top left corner.")
	}
	return plan
}
