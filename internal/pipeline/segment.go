package pipeline

import (
	"retake/internal/retake"
	"retake/internal/splice"
)

// settleSegment says which frames a request replaces in a clip of a length in seconds. at is as in splice.NewPlan.
func settleSegment(l *splice.Timeline, length float64, at func(decode int) (splice.Start, error), req retake.Request) (retake.Segment, splice.Plan, error) {
	asked, err := req.Segment().Clamp(length)
	if err != nil {
		return asked, splice.Plan{}, err
	}
	plan := splice.Plan{Start: l.FrameAt(asked.Start), End: l.FrameAt(asked.End), Total: l.Len()}
	segment := retake.Segment{Start: l.Time(plan.Start), End: l.Time(plan.End)}
	if plan.Edit() <= 0 {
		return segment, plan, retake.Invalid("start_time", "the clip has no pictures in the segment")
	}
	if !req.Mode.Video() {
		return segment, plan, nil
	}
	if plan, err = l.Plan(asked.Start, asked.End, at); err != nil {
		return segment, plan, retake.Errorf(retake.CodeUnreadable, "The clip is damaged: its pictures can't be read.").Because(err)
	}
	return segment, plan, nil
}

// checkSound refuses a segment in which the clip's sound has ended already, for a mode that replaces it there.
func checkSound(a *splice.Audio, segment retake.Segment, mode retake.Mode) error {
	if !mode.Audio() || a == nil || a.Reason != "" {
		return nil
	}
	if from, to := a.Span(segment.Start, segment.End); from < to {
		return nil
	}
	return retake.Invalid("start_time", "the clip's sound ends before the segment starts: choose an earlier start_time, or the mode %s", retake.ReplaceVideo)
}
