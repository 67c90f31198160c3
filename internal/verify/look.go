package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/h264"
	"retake/internal/measure"
	"retake/internal/retake"
	"retake/internal/splice"
)

// A step of mean luma across a seam breaks the promise only when it is gross: an engine may well begin with a cut,
// and what it shows is its own affair. This much, in code values and in multiples of the original's own steps, is
// what a wrong colour conversion does.
const (
	grossStep   = 6.0
	grossFactor = 4.0
)

// naturalSpan is how far from a seam the original's own steps of luma are looked at, seconds.
const naturalSpan = 1.0

// looker decodes both clips side by side and measures frames as they come.
type looker struct {
	c            *check
	plan         splice.Plan
	lumaA, lumaB map[int]float64 // mean luma by display index
	alike        map[int]measure.Similarity
}

// look decodes the surroundings of the segment in both clips, measures lead-in and bridge, and the seams.
func (c *check) look(ctx context.Context, plan splice.Plan) error {
	if c.b.Video.Stream == nil || c.a.Video.Format().FrameSize() != c.b.Video.Format().FrameSize() {
		c.violate("The result's pictures can't be compared with the original's: they differ in size or codec.")
		return nil
	}
	l := &looker{c: c, plan: plan, lumaA: map[int]float64{}, lumaB: map[int]float64{}, alike: map[int]measure.Similarity{}}
	v := c.a.Video
	near := func(d int, by float64) int { return min(v.FrameAt(v.Time(d)+by), plan.Total) }
	windows := [][2]int{
		{min(plan.N, near(plan.Start, -naturalSpan)), near(plan.Start, naturalSpan)},
		{near(plan.End, -naturalSpan), max(plan.M, near(plan.End, naturalSpan))},
	}
	if idr, err := lastIDR(v, windows[1][0]); err != nil {
		return err
	} else if idr < windows[0][1] { // the second window needs what the first decodes
		windows = [][2]int{{windows[0][0], windows[1][1]}}
	}
	for _, w := range windows {
		if err := l.decode(ctx, w[0], w[1]); err != nil {
			return err
		}
	}
	l.judgeSpans()
	l.judgeSeams()
	return nil
}

// lastIDR returns the last sample at or before frame d from which decoding can begin.
func lastIDR(v *splice.Video, d int) (int, error) {
	for i := min(d, v.Len()-1); i > 0; i-- {
		if !v.Samples[i].Sync || v.Rank[i] != i {
			continue
		}
		units, _, err := v.Units(i, nil)
		if err != nil {
			return 0, fmt.Errorf("find keyframe: %w", err)
		}
		if h264.IsIDR(units) {
			return i, nil
		}
	}
	return 0, nil
}

// decode reads display frames [from, to) of both clips.
func (l *looker) decode(ctx context.Context, from, to int) error {
	if from >= to {
		return nil
	}
	idrA, err := lastIDR(l.c.a.Video, from)
	if err != nil {
		return err
	}
	idrB, err := lastIDR(l.c.b.Video, from)
	if err != nil {
		l.c.violate("The result's frames near %.3f s can't be read.", l.c.a.Video.Time(from))
		return nil
	}
	a, err := l.c.a.Video.Decode(ctx, l.c.tools, idrA, from, to)
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := l.c.b.Video.Decode(ctx, l.c.tools, idrB, from, to)
	if err != nil {
		return err
	}
	defer b.Close()
	format := l.c.a.Video.Format()
	x, y := retake.NewFrame(format), retake.NewFrame(format)
	for d := from; d < to; d++ {
		if err := a.Next(ctx, x); err != nil {
			return fmt.Errorf("decode original: %w", err)
		}
		if err := b.Next(ctx, y); err != nil {
			if ctx.Err() != nil {
				return err
			}
			if errors.Is(err, io.EOF) || retake.CodeOf(err) == retake.CodeUnreadable {
				l.c.violate("Frame %d of the result, at %.3f s, can't be decoded.", d, l.c.a.Video.Time(d))
				return nil
			}
			return fmt.Errorf("decode result: %w", err)
		}
		if err := l.measure(d, x, y); err != nil {
			return err
		}
	}
	return nil
}

func (l *looker) measure(d int, x, y *retake.Frame) error {
	l.lumaA[d], l.lumaB[d] = measure.MeanLuma(x.Y), measure.MeanLuma(y.Y)
	p := l.plan
	if (d < p.N || d >= p.Start) && (d < p.End || d >= p.M) {
		return nil
	}
	s, err := measure.Compare(x.Y, y.Y, x.Format.Width, x.Format.Height)
	if err != nil {
		return fmt.Errorf("compare frame %d: %w", d, err)
	}
	l.alike[d] = s
	return nil
}

// judgeSpans puts PSNR and SSIM into the spans that were re-encoded.
func (l *looker) judgeSpans() {
	for i := range l.c.report.Video.Spans {
		s := &l.c.report.Video.Spans[i]
		if s.Kind != retake.SpanLeadIn && s.Kind != retake.SpanBridge {
			continue
		}
		var seen []measure.Similarity
		for d := s.First; d < s.First+s.Count; d++ {
			if m, ok := l.alike[d]; ok {
				seen = append(seen, m)
			}
		}
		if len(seen) == 0 {
			continue
		}
		q := average(seen)
		s.PSNR, s.Worst, s.SSIM = &q.mean, &q.worst, &q.ssim
		where := "before"
		if s.Kind == retake.SpanBridge {
			where = "after"
		}
		if !q.nearLossless() {
			l.c.violate("The re-encoded frames right %s the segment are not near-lossless: %.1f dB on average, %.1f dB at worst, where %.0f and %.0f are needed.",
				where, q.mean, q.worst, meanPSNR, worstPSNR)
		}
	}
}

// quality sums up compared frames.
type quality struct{ mean, worst, ssim float64 }

func (q quality) nearLossless() bool { return q.mean >= meanPSNR && q.worst >= worstPSNR }

func average(seen []measure.Similarity) quality {
	q := quality{worst: math.Inf(1)}
	for _, s := range seen {
		q.mean += s.PSNR / float64(len(seen))
		q.ssim += s.SSIM / float64(len(seen))
		q.worst = min(q.worst, s.PSNR)
	}
	return q
}

// judgeSeams measures the steps of luma across the segment's start and end.
func (l *looker) judgeSeams() {
	seams := l.c.report.Seams
	seams.LumaIn = l.step(l.plan.Start, "start")
	seams.LumaOut = l.step(l.plan.End, "end")
}

// step measures the step into frame d, nil where there is no frame before it or none there.
func (l *looker) step(d int, where string) *retake.Step {
	v := l.c.a.Video
	before, ok1 := l.lumaB[d-1]
	after, ok2 := l.lumaB[d]
	if !ok1 || !ok2 {
		return nil
	}
	s := &retake.Step{Value: math.Abs(after - before)}
	var own []float64
	for k := v.FrameAt(v.Time(d) - naturalSpan); k <= v.FrameAt(v.Time(d)+naturalSpan); k++ {
		if m, ok := l.lumaA[k]; ok {
			own = append(own, m)
		}
	}
	s.Natural = measure.LargestStep(own)
	if s.Value > max(grossStep, grossFactor*s.Natural) {
		l.c.violate("The brightness jumps by %.1f code values at the segment's %s, where the original's own steps are at most %.1f.", s.Value, where, s.Natural)
	}
	return s
}
