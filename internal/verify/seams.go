package verify

import (
	"fmt"
	"math"

	"retake/internal/measure"
	"retake/internal/retake"
)

// judgeStep measures the step into frame d of the result, against those of the original's own frames near it. There is none
// where there is no frame before it, or none there.
func (c *check) judgeStep(where string, d int, near interval, original, result map[int]measure.Means) (luma, chroma *retake.Step) {
	before, ok1 := result[d-1]
	after, ok2 := result[d]
	if !ok1 || !ok2 {
		return nil, nil
	}
	var own []measure.Means
	for k := near.from; k < near.to; k++ {
		if m, ok := original[k]; ok {
			own = append(own, m)
		}
	}
	y, colour := before.Step(after)
	ownY, ownColour := measure.LargestSteps(own)
	luma, chroma = retake.NewStep(y, ownY), retake.NewStep(colour, ownColour)
	c.noteStep("brightness", where, luma)
	c.noteStep("colour", where, chroma)
	return luma, chroma
}

// joints collects what is seen near the seams of a picture track that is decoded from end to end.
type joints struct {
	c    *check
	a, b map[int]measure.Means // by frame: the original's, the result's
}

// add takes note of frame i, shown at t seconds, of both clips.
func (j *joints) add(i int, t float64, x, y *retake.Frame) {
	s := j.c.segment
	if !j.c.opt.Mode.Video() || math.Abs(t-s.Start) > naturalSpan+timeSlack && math.Abs(t-s.End) > naturalSpan+timeSlack {
		return
	}
	j.a[i] = measure.MeansOf([3][]byte{x.Y, x.Cb, x.Cr}, 8)
	j.b[i] = measure.MeansOf([3][]byte{y.Y, y.Cb, y.Cr}, 8)
}

// judge measures the steps into the segment's first frame and the one behind its last.
func (j *joints) judge(first, end int, packets []packet) {
	s := &retake.SeamReport{}
	if j.c.report.Seams != nil {
		s = j.c.report.Seams
	}
	step := func(d int, where string) (luma, chroma *retake.Step) {
		if d < 0 || d >= len(packets) {
			return nil, nil
		}
		near := interval{d, d + 1}
		for near.from > 0 && packets[d].time-packets[near.from-1].time <= naturalSpan+timeSlack {
			near.from--
		}
		for near.to < len(packets) && packets[near.to].time-packets[d].time <= naturalSpan+timeSlack {
			near.to++
		}
		return j.c.judgeStep(where, d, near, j.a, j.b)
	}
	s.LumaIn, s.ChromaIn = step(first, "start")
	s.LumaOut, s.ChromaOut = step(end, "end")
	if *s != (retake.SeamReport{}) {
		j.c.report.Seams = s
	}
}

// A step this large, in code values and in multiples of the natural one, is seen by anybody: what a cut looks like, or a wrong
// conversion of colours.
const (
	grossStep   = 6.0
	grossFactor = 4.0
)

// noteStep warns of a step that can be seen. It breaks nothing: what the new pictures show is the edit's own affair, and
// some begin with a cut or a flash. But where they were meant to begin like the original, this is how far they are off.
func (c *check) noteStep(of, where string, s *retake.Step) {
	switch {
	case s.Times <= retake.StepLimit:
	case s.Value > grossStep && s.Times > grossFactor:
		c.warn("The %s jumps by %.1f code values at the segment's %s, %.1f times the clip's own largest step near it. That is seen: either the edit is meant to look so, or its colours are off.",
			of, s.Value, where, s.Times)
	default:
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
