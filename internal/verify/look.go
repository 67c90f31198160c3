package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/measure"
	"retake/internal/media"
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
	passes, err := l.passes()
	if err != nil {
		return err
	}
	for _, p := range passes {
		if err := l.decode(ctx, p); err != nil {
			return err
		}
	}
	l.judgeSpans()
	l.judgeSeams()
	return nil
}

// pass is a stretch of display frames to decode of each clip. Identical packets from a keyframe on decode
// identically, so of the result only what may differ is decoded.
type pass struct{ fromA, toA, fromB, toB int }

// passes plans one pass around either end of the segment, or one for both where the original's keyframes leave
// nothing to save.
func (l *looker) passes() ([]pass, error) {
	v, p := l.c.a.Video, l.plan
	near := func(d int, by float64) int { return min(v.FrameAt(v.Time(d)+by), p.Total) }
	start := pass{min(p.N, near(p.Start, -naturalSpan)), near(p.Start, naturalSpan), p.N, min(p.Start+1, p.M)}
	end := pass{near(p.End, -naturalSpan), max(p.M, near(p.End, naturalSpan)), max(p.N, p.End-1), p.M}
	idrA, err := lastIDR(v, end.fromA)
	if err != nil {
		return nil, err
	}
	if idrA < start.toA {
		return []pass{{start.fromA, end.toA, start.fromB, end.toB}}, nil
	}
	return []pass{start, end}, nil
}

// lastIDR returns the last sample at or before frame d from which decoding can begin.
func lastIDR(v *splice.Video, d int) (int, error) {
	for i := min(d, v.Len()-1); i > 0; i-- {
		if !v.Samples[i].Sync || v.Rank[i] != i {
			continue
		}
		idr, err := v.IsIDR(i)
		if err != nil {
			return 0, fmt.Errorf("find keyframe: %w", err)
		}
		if idr {
			return i, nil
		}
	}
	return 0, nil
}

// decode makes one pass over both clips side by side.
func (l *looker) decode(ctx context.Context, p pass) error {
	a, err := open(ctx, l.c.tools, l.c.a.Video, p.fromA, p.toA)
	if err != nil {
		return fmt.Errorf("decode original: %w", err)
	}
	defer a.Close()
	b, err := open(ctx, l.c.tools, l.c.b.Video, p.fromB, p.toB)
	if err != nil {
		return fmt.Errorf("decode result: %w", err)
	}
	defer b.Close()
	format := l.c.a.Video.Format()
	x, y := retake.NewFrame(format), retake.NewFrame(format)
	for d := p.fromA; d < p.toA; d++ {
		if err := a.Next(ctx, x); err != nil {
			return fmt.Errorf("decode original: %w", err)
		}
		both := d >= p.fromB && d < p.toB
		if both {
			if err := b.Next(ctx, y); err != nil {
				if ctx.Err() == nil && (errors.Is(err, io.EOF) || retake.CodeOf(err) == retake.CodeUnreadable) {
					l.c.violate("Frame %d of the result, at %.3f s, can't be decoded.", d, l.c.a.Video.Time(d))
					return nil
				}
				return fmt.Errorf("decode result: %w", err)
			}
		}
		if err := l.measure(d, both, x, y); err != nil {
			return err
		}
	}
	return nil
}

// open starts decoding frames [from, to) of a clip, from the last keyframe before them.
func open(ctx context.Context, tools *media.Tools, v *splice.Video, from, to int) (*splice.Decoder, error) {
	idr, err := lastIDR(v, from)
	if err != nil {
		return nil, err
	}
	return v.Decode(ctx, tools, idr, from, to)
}

// measure takes the figures of frame d; y is the result's where both is set, else its is the original's packet.
func (l *looker) measure(d int, both bool, x, y *retake.Frame) error {
	p, v := l.plan, l.c.a.Video
	near := func(seam int) bool { return math.Abs(v.Time(d)-v.Time(seam)) <= naturalSpan+timeSlack }
	if near(p.Start) || near(p.End) {
		l.lumaA[d] = measure.MeanLuma(x.Y)
		l.lumaB[d] = l.lumaA[d]
	}
	if !both {
		return nil
	}
	if d == p.Start-1 || d == p.Start || d == p.End-1 || d == p.End {
		l.lumaB[d] = measure.MeanLuma(y.Y)
	}
	if d >= p.Start && d < p.End {
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
