package builtin

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/retake"
)

// lettered settles what is to be written on the picture: titles without words are left out and told, a plan of which nothing is left is
// refused, and letters that there aren't are named.
func lettered(plan prompt.Plan) (prompt.Plan, error) {
	const wordless = "A title needs its words in quotation marks, as in: title \"Winter in the hills\"."
	var why []string
	plan.Picture = slices.DeleteFunc(slices.Clone(plan.Picture), func(l prompt.Look) bool {
		missing := picture.Unwritable(l.Text)
		switch {
		case !writes(l):
			return false
		case l.Text == "":
			why = append(why, wordless)
		case len(missing) > 0:
			why = append(why, fmt.Sprintf("Titles have no letters for %q, which are left out: they write Latin, Greek and Cyrillic.", string(missing[:min(len(missing), 20)])))
		}
		return !strings.ContainsFunc(l.Text, func(c rune) bool { return !unicode.IsSpace(c) && !slices.Contains(missing, c) })
	})
	if plan.Empty() && len(why) > 0 {
		return plan, retake.Invalid("prompt", "%s", strings.Join(why, " "))
	}
	plan.Warnings = append(plan.Warnings, why...)
	return plan, nil
}

func writes(l prompt.Look) bool {
	return picture.Kind(l.Effect) == picture.Title || picture.Kind(l.Effect) == picture.LowerThird
}
