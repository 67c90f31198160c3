package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/depth"
	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
)

// naturalSpan is how far from a seam the original's own steps of luma are looked at, seconds.
const naturalSpan = 1.0

// Reference holds what a caller has decoded of the original already, so that it need not be decoded again.
type Reference interface {
	// Means returns the mean luma and colour of a display frame, false when it isn't held.
	Means(display int) (measure.Means, bool)
	// Luma fills dst with the luma plane of a display frame, as depth.Picture has it. ok is false when it isn't held.
	Luma(display int, dst []byte) (ok bool, err error)
}

// looker decodes both clips side by side and measures frames as they come.
type looker struct {
	c            *check
	plan         splice.Plan
	seenA, seenB map[int]measure.Means // by display index
	alike        map[int]measure.Similarity
}

// look decodes the surroundings of the segment in both clips, measures lead-in and bridge, and the seams.
func (c *check) look(ctx context.Context, plan splice.Plan) error {
	if c.b.Video.Signal == nil || !sameShape(c.a.Video.Format(), c.b.Video.Format()) {
		c.violate("The result's pictures can't be compared with the original's: they differ in size, depth or codec.")
		return nil
	}
	c.compareTags()
	l := &looker{c: c, plan: plan, seenA: map[int]measure.Means{}, seenB: map[int]measure.Means{}, alike: map[int]measure.Similarity{}}
	passes, err := l.passes()
	if err != nil {
		return err
	}
	for _, p := range passes {
		if err := l.run(ctx, p); err != nil {
			return err
		}
	}
	l.judgeSpans()
	l.judgeSeams()
	return l.judgeLossless(ctx)
}

// sameShape reports whether pictures of two formats have the same planes.
func sameShape(a, b depth.Format) bool {
	return a.Width == b.Width && a.Height == b.Height && a.Bits == b.Bits && a.Chroma == b.Chroma
}

// interval is a run of display frames [from, to).
type interval struct{ from, to int }

func (s interval) has(d int) bool { return d >= s.from && d < s.to }

// pass is an interval of the original to go through, with the stretches of the result to hold against it. Identical
// packets from a keyframe on decode identically, so of the result only what may differ is decoded.
type pass struct {
	a interval
	b []interval
}

// passes plans one pass around either end of the segment, or one for both where the original's keyframes leave
// nothing to save. The original is looked at from one frame before what may differ to one frame behind it.
func (l *looker) passes() ([]pass, error) {
	v, p := l.c.a.Video, l.plan
	first, last := max(p.N-1, 0), min(p.M+1, p.Total)
	near := func(d int, by float64) int { return min(max(v.FrameAt(v.Time(d)+by), first), last) }
	startB, endB := min(p.Start+1, p.M), max(p.N, p.End-1)
	// Of a clip with less than a picture in that time what stands at the seam lies outside it.
	start := pass{interval{first, max(near(p.Start, naturalSpan), startB)}, []interval{{p.N, startB}}}
	end := pass{interval{min(near(p.End, -naturalSpan), endB), last}, []interval{{endB, p.M}}}
	startA, err := v.StartFor(end.a.from)
	if err != nil {
		return nil, err
	}
	if startA < start.a.to {
		return []pass{{interval{first, last}, append(start.b, end.b...)}}, nil
	}
	return []pass{start, end}, nil
}

// frames yields pictures of an interval of one clip. Decoders are opened when they are first needed.
type frames struct {
	ctx   context.Context
	tools *media.Tools
	v     *splice.Video
	whole interval
	dec   *splice.Decoder
}

func (f *frames) next(dst *depth.Picture) (err error) {
	if f.dec == nil {
		first, err := f.v.StartFor(f.whole.from)
		if err != nil {
			return err
		}
		if f.dec, err = f.v.Decode(f.ctx, f.tools, first, f.whole.from, f.whole.to); err != nil {
			return err
		}
	}
	return f.dec.Next(f.ctx, dst)
}

func (f *frames) close() {
	if f.dec != nil {
		f.dec.Close()
	}
}

// run makes one pass over both clips side by side.
func (l *looker) run(ctx context.Context, p pass) error {
	a := &frames{ctx: ctx, tools: l.c.tools, v: l.c.a.Video, whole: p.a}
	defer a.close()
	known, err := l.known(p)
	if err != nil {
		return err
	}
	format := l.c.a.Video.Format()
	x, y := depth.New(format), depth.New(format)
	var b *frames
	defer func() {
		if b != nil {
			b.close()
		}
	}()
	for d := p.a.from; d < p.a.to; d++ {
		if !known {
			if err := a.next(x); err != nil {
				return fmt.Errorf("decode original: %w", err)
			}
		}
		both := false
		for _, s := range p.b {
			if both = both || s.has(d); d == s.from && s.has(d) {
				if b != nil {
					b.close()
				}
				b = &frames{ctx: ctx, tools: l.c.tools, v: l.c.b.Video, whole: s}
			}
		}
		if both {
			if err := b.next(y); err != nil {
				if ctx.Err() == nil && (errors.Is(err, io.EOF) || retake.CodeOf(err) == retake.CodeUnreadable) {
					l.c.violate("Frame %d of the result, at %.3f s, can't be decoded.", d, l.c.a.Video.Time(d))
					return nil
				}
				return fmt.Errorf("decode result: %w", err)
			}
		}
		if err := l.measure(d, both, known, x, y); err != nil {
			return err
		}
	}
	return nil
}

// known reports whether the caller's reference holds all that a pass looks at of the original.
func (l *looker) known(p pass) (bool, error) {
	ref := l.c.opt.Reference
	if ref == nil {
		return false, nil
	}
	for d := p.a.from; d < p.a.to; d++ {
		if _, ok := ref.Means(d); l.near(d) && !ok {
			return false, nil
		}
		if l.compared(d) {
			if ok, err := ref.Luma(d, nil); err != nil || !ok {
				return false, err
			}
		}
	}
	return true, nil
}

// near reports whether a frame's brightness and colour count for one of the seams.
func (l *looker) near(d int) bool {
	v, p := l.c.a.Video, l.plan
	close := func(seam int) bool { return math.Abs(v.Time(d)-v.Time(seam)) <= naturalSpan+timeSlack }
	return close(p.Start) || close(p.End)
}

// compared reports whether a frame was re-encoded and has to be like the original's.
func (l *looker) compared(d int) bool {
	p := l.plan
	return d >= p.N && d < p.Start || d >= p.End && d < p.M
}

// measure takes the figures of frame d: y is the result's where both is set, else its is the original's packet; x is
// the original's unless that is known to the reference.
func (l *looker) measure(d int, both, known bool, x, y *depth.Picture) error {
	p := l.plan
	if l.near(d) {
		if known {
			l.seenA[d], _ = l.c.opt.Reference.Means(d)
		} else {
			l.seenA[d] = measure.MeansOf(x.Planes(), x.Format.Bits)
		}
		l.seenB[d] = l.seenA[d]
	}
	if !both {
		return nil
	}
	if d == p.Start-1 || d == p.Start || d == p.End-1 || d == p.End {
		l.seenB[d] = measure.MeansOf(y.Planes(), y.Format.Bits)
	}
	if !l.compared(d) {
		return nil
	}
	if known {
		if _, err := l.c.opt.Reference.Luma(d, x.Luma()); err != nil {
			return fmt.Errorf("compare frame %d: %w", d, err)
		}
	}
	s, err := measure.CompareDepth(x.Luma(), y.Luma(), x.Format.Width, x.Format.Height, x.Format.Bits)
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

// judgeSeams measures the steps of brightness and colour across the segment's start and end.
func (l *looker) judgeSeams() {
	seams := l.c.report.Seams
	seams.LumaIn, seams.ChromaIn = l.step(l.plan.Start, "start")
	seams.LumaOut, seams.ChromaOut = l.step(l.plan.End, "end")
}

// step measures the steps into frame d.
func (l *looker) step(d int, where string) (luma, chroma *retake.Step) {
	v := l.c.a.Video
	near := interval{v.FrameAt(v.Time(d) - naturalSpan), v.FrameAt(v.Time(d)+naturalSpan) + 1}
	return l.c.judgeStep(where, d, near, l.seenA, l.seenB)
}
