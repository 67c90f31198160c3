package builtin

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/retake"
)

// bounded puts what the prompt says in numbers within what can be made, and tells where that is something else.
func bounded(plan prompt.Plan) prompt.Plan {
	plan.Picture = slices.Clone(plan.Picture)
	for i, l := range plan.Picture {
		fit, limited := picture.Reach(picture.Kind(l.Effect), l.Amount)
		if !limited || l.Amount == 0 || fit == l.Amount {
			continue
		}
		plan.Picture[i].Amount = fit
		plan.Warnings = append(plan.Warnings, fmt.Sprintf("%s of %g is out of reach; it is made with %.3g.", capital(string(l.Effect)), l.Amount, fit))
	}
	return plan
}

// unfit tells what of a plan has no room in a job's segment.
func unfit(plan prompt.Plan, job retake.Job) []string {
	seconds := job.Segment.End - job.Segment.Start
	var out, late []string
	add := func(name string, share, from float64) {
		if share == 0 && from >= seconds && !slices.Contains(late, name) {
			late = append(late, name)
		}
	}
	for _, l := range plan.Picture {
		add(string(l.Effect), l.When.From.Share, l.When.From.Seconds)
		from, to := l.When.Span(seconds)
		if most := picture.MostOf(picture.Kind(l.Effect), to-from); most > 0 && l.Count > most {
			out = append(out, fmt.Sprintf("There is room for %d of the %d times that %s was asked for.", most, l.Count, l.Effect))
		}
	}
	for _, c := range plan.Sound {
		add(string(c.Noise), c.When.From.Share, c.When.From.Seconds)
	}
	if len(late) > 0 {
		out = append(out, fmt.Sprintf("Times in a prompt count from the start of the segment, which is %.3g s long, so this comes at its very end: %s.",
			math.Round(seconds*100)/100, strings.Join(late, ", ")))
	}
	if job.Mode.Video() && job.Frames <= 2 && len(plan.Picture) > 0 {
		out = append(out, "The segment has no pictures but its first and last, which effects leave as they are, so nothing is seen of them. Make it longer.")
	}
	return out
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
