package verify

import (
	"context"
	"errors"
	"fmt"
	"math"

	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
)

// Options say what was edited.
type Options struct {
	Segment retake.Segment
	Mode    retake.Mode
	// AudioTrack is the sound track that was edited, counted from 1; 0 stands for the default one.
	AudioTrack int
	// AllowReencode lets a track that was re-encoded as a whole count as kept when its times agree and its pictures
	// or sound outside the segment are near-lossless. The report then isn't Exact and says so.
	AllowReencode bool
	// Explained says that the caller knows why whole tracks were re-encoded and tells so itself.
	Explained bool
	// Reference spares decoding frames of the original that the caller has decoded itself; nil decodes all.
	Reference Reference
}

// check is one comparison under way: a is the original, b the result.
type check struct {
	opt            Options
	tools          *media.Tools
	pathA, pathB   string
	a, b           *splice.Source
	report         *retake.Report
	first, last    int            // display frames of the segment: [first, last)
	segment        retake.Segment // as those frames state it
	bridgeToTheEnd bool           // no keyframe follows the segment
	rewritten      []string       // what of a rewritten container differs
	samples        bool           // of the sound, every sample outside the segment was held to the bit
	recoded        *recodedFrames // of a picture track that was compared by what it shows
}

// errOtherKind is about files of kinds that can't be compared part by part.
var errOtherKind = errors.New("other kinds of files")

// Files compares result with original. The promise being broken is no error: the report says Holds false and lists
// the violations. An error means that the comparison itself couldn't be made; it is a CodeUnreadable *retake.Error
// when the original is to blame.
func Files(ctx context.Context, tools *media.Tools, original, result string, opt Options) (*retake.Report, error) {
	c := &check{opt: opt, tools: tools, pathA: original, pathB: result, segment: opt.Segment,
		report: &retake.Report{Mode: opt.Mode, Segment: opt.Segment}}
	if err := c.compare(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, fmt.Errorf("verify: %w", cause)
		}
		return nil, fmt.Errorf("verify: %w", err)
	}
	r := c.report
	r.Holds = len(r.Violations) == 0
	r.Exact = r.Exact && r.Holds
	r.Summary = c.summary()
	for _, t := range []*retake.TrackReport{r.Video, r.Audio} {
		if t != nil && t.Spans == nil {
			t.Spans = []retake.SpanReport{} // a list in JSON, too
		}
	}
	return r, nil
}

func (c *check) compare(ctx context.Context) error {
	var err error
	if c.a, err = splice.OpenTrack(c.pathA, c.opt.AudioTrack); err != nil {
		if !errors.Is(err, container.ErrMalformed) && !errors.Is(err, container.ErrUnsupported) {
			return err
		}
		return c.compareForeign(ctx, err)
	}
	defer func() {
		if c.a != nil {
			c.a.Close()
		}
	}()
	if n := c.opt.AudioTrack; n > 0 && c.a.Audio == nil {
		return retake.Invalid("audio_track", "the clip has no sound track number %d", n)
	}
	if c.b, err = splice.OpenTrack(c.pathB, c.opt.AudioTrack); err != nil {
		if !errors.Is(err, container.ErrMalformed) && !errors.Is(err, container.ErrUnsupported) {
			return err
		}
		if recognised(c.pathB) {
			c.violate("The result can't be read as the original can: %s.", plain(err))
		} else {
			c.violate("The result can't be read as the original can: it is no MP4, MOV, MKV or WebM file.")
		}
		return nil
	}
	defer func() {
		if c.b != nil {
			c.b.Close()
		}
	}()
	if x, y := c.a.File.Kind(), c.b.File.Kind(); x.Family() != y.Family() {
		err := fmt.Errorf("%w: the original is a file of the kind %s and the result is not", errOtherKind, x)
		c.a.Close()
		c.b.Close()
		c.a, c.b = nil, nil
		return c.compareForeign(ctx, err)
	}
	v := c.a.Video
	c.first, c.last = v.FrameAt(c.opt.Segment.Start), v.FrameAt(c.opt.Segment.End)
	c.segment = retake.Segment{Start: c.opt.Segment.Start, End: math.Min(c.opt.Segment.End, v.Time(v.Len()))}
	if c.first < c.last {
		c.segment = retake.Segment{Start: v.Time(c.first), End: v.Time(c.last)}
	}
	c.report.Segment = c.segment
	c.report.Exact = true
	c.report.Seams = &retake.SeamReport{}
	pairs := c.pair()
	for _, p := range pairs {
		if err := c.comparePair(ctx, p); err != nil {
			return err
		}
	}
	if err := c.compareMovie(); err != nil {
		return err
	}
	if err := c.relate(pairs); err != nil {
		return err
	}
	c.judgeRewriting()
	if *c.report.Seams == (retake.SeamReport{}) {
		c.report.Seams = nil
	}
	return nil
}

// comparePair gives one track its account.
func (c *check) comparePair(ctx context.Context, p pair) error {
	switch {
	case p.a == nil:
		return c.addedSound(ctx, p.b)
	case p.a == c.a.Video.Track:
		return c.video(ctx, p)
	case c.a.Audio != nil && p.a == c.a.Audio.Track:
		return c.audio(ctx, p)
	}
	return c.other(p)
}

// violate notes what breaks the promise, one plain sentence.
func (c *check) violate(format string, args ...any) {
	c.report.Violations = append(c.report.Violations, fmt.Sprintf(format, args...))
}

// because notes what could not be kept, and why.
func (c *check) because(format string, args ...any) {
	c.report.Reasons = append(c.report.Reasons, fmt.Sprintf(format, args...))
}

// plain returns the innermost sentence of an error, without the operations wrapped around it.
func plain(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil || inner == container.ErrMalformed || inner == container.ErrUnsupported {
			return err.Error()
		}
		err = inner
	}
}

// count spells a number of things.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
