package builtin

import (
	"fmt"
	"slices"

	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/retake"
)

// lettered settles what is to be written on the picture: titles without words are left out and told, a plan of which nothing is left is
// refused, and letters that there aren't are named.
func lettered(plan prompt.Plan) (prompt.Plan, error) {
	const wordless = "A title needs its words in quotation marks, as in: title \"Winter in the hills\"."
	before := len(plan.Picture)
	plan.Picture = slices.DeleteFunc(slices.Clone(plan.Picture), func(l prompt.Look) bool { return writes(l) && l.Text == "" })
	if len(plan.Picture) < before {
		if plan.Empty() {
			return plan, retake.Invalid("prompt", wordless)
		}
		plan.Warnings = append(plan.Warnings, wordless)
	}
	for _, l := range plan.Picture {
		if missing := picture.Unwritable(l.Text); writes(l) && len(missing) > 0 {
			plan.Warnings = append(plan.Warnings, fmt.Sprintf("Titles have no letters for %q, which are left out: they write Latin, Greek and Cyrillic.", string(missing[:min(len(missing), 20)])))
		}
	}
	return plan, nil
}

func writes(l prompt.Look) bool {
	return picture.Kind(l.Effect) == picture.Title || picture.Kind(l.Effect) == picture.LowerThird
}
