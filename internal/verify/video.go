package verify

import (
	"bytes"
	"context"
	"fmt"

	"retake/internal/hevc"
	"retake/internal/nal"
	"retake/internal/retake"
	"retake/internal/splice"
)

// Near-lossless: what a re-encoded frame outside the segment must reach, luma PSNR in dB.
const (
	meanPSNR  = 42.0
	worstPSNR = 38.0
)

// video gives the picture track its account.
func (c *check) video(ctx context.Context, p pair) error {
	d, err := c.compareSamples(p, "frames")
	if err != nil {
		return err
	}
	if d == nil {
		c.report.Video = &retake.TrackReport{Codec: p.b.Format, Total: p.b.Count}
		return nil
	}
	t := c.account(p, d)
	c.report.Video = t
	for k := range d.a.Len() {
		t.TimingIdentical = t.TimingIdentical && d.shown(c.a.Video.Display(k), c.b.Video.Display(k))
	}
	if t.ParametersKept, err = parametersKept(p.a, p.b, c.a.Video.Spare); err != nil {
		return err
	}
	t.Sequences = c.b.Video.Sequences()

	plan, spliced, err := c.plan()
	if err != nil {
		return err
	}
	t.OutsideTotal = plan.Total - plan.Edit()
	for i := range d.a.Len() {
		if r := c.a.Video.Rank(i); d.same(i) && (r < plan.Start || r >= plan.End) {
			t.OutsideIdentical++
		}
	}
	outside := plan.Total - (plan.M - plan.N)
	changed := outside - d.identical(0, plan.N) - d.identical(plan.M, plan.Total)
	recoded := c.opt.AllowReencode && (c.opt.Mode.Video() || foreign(p, c.a.Video.Reason))
	if recoded && (!spliced || changed > 0 || !t.ParametersKept) {
		return c.recodedVideo(ctx)
	}
	if !t.TimingIdentical {
		c.violateTimes(d)
	}
	if t.MetadataKept, err = c.compareHeads(p); err != nil {
		return err
	}
	if !c.compareEntries(p) {
		t.MetadataKept = false
	}
	switch swapped, err := parametersKept(p.b, p.a, c.b.Video.Spare); {
	case err != nil:
		return err
	case t.ParametersKept:
	case swapped:
		c.violate("The original's decoder configuration is missing in the result; the result's is in the original. The two files may have been given in the wrong order.")
	default:
		c.violate("The original's decoder configuration is missing in the result.")
	}
	if !spliced {
		c.violate("The clip's pictures can't be replaced packet by packet, because %s; the result was re-encoded.", c.a.Video.Reason)
		return nil
	}
	c.violateBytes(d, plan)
	if err := c.compareCarried(d, plan); err != nil {
		return err
	}
	c.describeSpans(d, plan)
	if !c.opt.Mode.Video() {
		t.BitIdentical = t.Identical == t.Total
		return nil
	}
	return c.look(ctx, plan)
}

// plan returns what an edit of the segment may touch: nothing in a mode that only makes sound. spliced is false for a
// track whose pictures can only be re-encoded as a whole; then the plan is the bare segment.
func (c *check) plan() (plan splice.Plan, spliced bool, err error) {
	v := c.a.Video
	if !c.opt.Mode.Video() {
		return splice.Plan{Total: v.Len()}, true, nil
	}
	if v.Reason != "" {
		return splice.Plan{N: c.first, Start: c.first, End: c.last, M: c.last, Total: v.Len()}, false, nil
	}
	plan, err = splice.NewPlan(v.Timeline, c.first, c.last, v.Start)
	if err != nil {
		return plan, true, fmt.Errorf("plan: %w", err)
	}
	c.bridgeToTheEnd = plan.M == plan.Total
	return plan, true, nil
}

// violateTimes says where times differ.
func (c *check) violateTimes(d *diff) {
	n, first := 0, -1
	for k := range d.a.Len() {
		if !d.shown(c.a.Video.Display(k), c.b.Video.Display(k)) || !d.sameTime(k, k) {
			if n++; first < 0 {
				first = k
			}
		}
	}
	if n == 0 {
		c.violate("The picture track's clock changed.")
		return
	}
	c.violate("%s not at the original's time, the first of them at %.3f s.", count(n, "frame is", "frames are"), c.a.Video.Time(first))
}

// violateBytes says which frames outside the spans that may change are not the original's.
func (c *check) violateBytes(d *diff, plan splice.Plan) {
	say := func(from, to int, where string) {
		n, first := 0, -1
		for i := from; i < to; i++ {
			if !d.same(i) {
				if n++; first < 0 {
					first = i
				}
			}
		}
		if n > 0 {
			c.violate("%s %s changed, the first of them at %.3f s.", count(n, "frame", "frames"), where, c.a.Video.Time(c.a.Video.Rank(first)))
		}
	}
	if !c.opt.Mode.Video() {
		say(0, plan.Total, "of the untouched picture track")
		return
	}
	say(0, plan.N, "before the segment")
	say(plan.M, plan.Total, "after the segment")
}

// compareCarried holds the keyframe that ends the bridge against the original's: all that follows is decoded from it. It
// may have moved, and be marked as one at which a decoder begins anew, or stand where it was as it was.
func (c *check) compareCarried(d *diff, plan splice.Plan) error {
	if plan.Carried < 0 || !c.opt.Mode.Video() || d.same(plan.Carried) {
		return nil
	}
	a, err := c.a.File.ReadSample(c.a.Video.Samples.At(plan.Carried), nil)
	if err != nil {
		return fmt.Errorf("read the original's keyframe: %w", err)
	}
	b, err := c.b.File.ReadSample(c.b.Video.Samples.At(plan.M-1), nil)
	if err != nil {
		return fmt.Errorf("read the result's keyframe: %w", err)
	}
	units, err := nal.Units(a, 4) // the only length that is spliced
	if err != nil {
		return fmt.Errorf("read the original's keyframe: %w", err)
	}
	if !bytes.Equal(b, nal.AppendSample(nil, hevc.BreakLink(units)...)) {
		c.violate("The keyframe that ends the re-encoded frames after the segment, at %.3f s, is not the original's.", c.a.Video.Time(plan.M-1))
	}
	return nil
}

// describeSpans fills in the track's spans: those of the plan, kept where every packet really is.
func (c *check) describeSpans(d *diff, p splice.Plan) {
	v := c.a.Video
	spans := v.Whole(true)
	if c.opt.Mode.Video() {
		spans = p.Spans(v.Timeline)
	}
	for i := range spans {
		s := &spans[i]
		s.Kept = true
		for k := s.First; k < s.First+s.Count && s.Kept; k++ {
			s.Kept = d.same(v.Display(k))
		}
	}
	c.report.Video.Spans = spans
}
