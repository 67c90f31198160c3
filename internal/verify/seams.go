package verify

import (
	"fmt"

	"retake/internal/retake"
)

// noteStep warns of a step that can be seen. It breaks nothing: what the new pictures show is the edit's own affair, and
// some begin with a cut. But where they were meant to begin like the original, this is how far they are off.
func (c *check) noteStep(of, where string, s *retake.Step) {
	if s.Times > retake.StepLimit {
		c.warn("The %s steps by %.1f code values at the segment's %s, %.1f times the clip's own largest step near it; up to %.2f times goes unseen. An edit that is meant to begin or end at once looks like that.",
			of, s.Value, where, s.Times, retake.StepLimit)
	}
}

// noteClick warns of sound that is sharper at a seam than the original is anywhere near it.
func (c *check) noteClick(where string, k *retake.Click) {
	if k.Times > retake.ClickLimit {
		c.warn("The sound at the segment's %s is %.1f times as sharp as the clip's own near it; up to %.1f times goes unheard.", where, k.Times, retake.ClickLimit)
	}
}

// warn notes what the promise allows and somebody may want to know.
func (c *check) warn(format string, args ...any) {
	c.report.Warnings = append(c.report.Warnings, fmt.Sprintf(format, args...))
}
