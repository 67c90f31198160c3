package verify

import (
	"fmt"
	"strings"

	"retake/internal/retake"
)

// summary says in one sentence what came out.
func (c *check) summary() string {
	r := c.report
	if !r.Holds {
		s := "The promise does not hold: " + lowerFirst(r.Violations[0])
		if n := len(r.Violations) - 1; n > 0 {
			s = strings.TrimSuffix(s, ".") + fmt.Sprintf(" (and %s).", count(n, "more thing", "more things"))
		}
		return s
	}
	var parts []string
	if s := c.videoSummary(); s != "" {
		parts = append(parts, s)
	}
	if s := c.audioSummary(); s != "" {
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return "The result agrees with the original."
	}
	return upperFirst(strings.Join(parts, "; ")) + "."
}

func (c *check) videoSummary() string {
	v := c.report.Video
	switch {
	case v == nil:
		return ""
	case v.OutsideTotal > 0 && c.recoded != nil:
		return c.recodedSummary()
	case v.OutsideTotal == 0:
		return "the segment is the whole clip"
	case v.BitIdentical && lossless(v) > 0:
		return fmt.Sprintf("all %d frames outside the segment are bit-identical to the original's, %d of them in packets encoded anew without loss", v.OutsideTotal, lossless(v))
	case !c.opt.Mode.Video():
		return fmt.Sprintf("all %d frames are bit-for-bit the original", v.Total)
	}
	s := fmt.Sprintf("%d of %d frames outside the segment are bit-for-bit the original", v.OutsideIdentical, v.OutsideTotal)
	if v.OutsideIdentical == v.OutsideTotal {
		s = fmt.Sprintf("all %d frames outside the segment are bit-for-bit the original", v.OutsideTotal)
	}
	for _, span := range v.Spans {
		if span.Kept || span.PSNR == nil {
			continue
		}
		if span.Lossless {
			s += fmt.Sprintf("; %s shown to the bit in packets written anew", count(span.Count, "more is", "more are"))
			continue
		}
		switch span.Kind {
		case retake.SpanLeadIn:
			s += fmt.Sprintf("; %s before it %s re-encoded at %.1f dB because of the order in which frames are stored", count(span.Count, "frame", "frames"), was(span.Count), *span.PSNR)
		case retake.SpanBridge:
			s += fmt.Sprintf("; %s after it %s re-encoded at %.1f dB because %s", count(span.Count, "frame", "frames"), was(span.Count), *span.PSNR, c.bridgeReason())
		}
	}
	return s
}

// recodedSummary says what became of the frames of a track that was compared by what it shows.
func (c *check) recodedSummary() string {
	f, n := c.recoded, c.report.Video.OutsideTotal
	frames := "frames outside the segment"
	if !c.opt.Mode.Video() {
		frames = "frames"
	}
	if f.kept == n {
		return fmt.Sprintf("all %d %s are bit-for-bit the original", n, frames)
	}
	if f.same == n {
		return fmt.Sprintf("all %d %s show the very same pictures as the original, in packets written anew", n, frames)
	}
	if f.changed == n {
		return fmt.Sprintf("all %d %s were re-encoded%s", n, frames, f.how())
	}
	var parts []string
	if f.kept > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d %s are bit-for-bit the original", f.kept, n, frames))
	}
	if f.same > 0 {
		s := fmt.Sprintf("%d show the very same pictures in packets written anew", f.same)
		if f.kept == 0 {
			s = fmt.Sprintf("%d of %d %s show the very same pictures as the original, in packets written anew", f.same, n, frames)
		}
		parts = append(parts, s)
	}
	if f.changed > 0 {
		parts = append(parts, fmt.Sprintf("the other %d %s re-encoded%s", f.changed, was(f.changed), f.how()))
	}
	return strings.Join(parts, "; ")
}

// bridgeReason says why frames after the segment could not stay.
func (c *check) bridgeReason() string {
	if !c.bridgeToTheEnd {
		return "the next keyframe comes only then"
	}
	keyframes := 0
	for i, s := range c.a.Video.Samples.All() {
		if s.Sync && c.a.Video.Rank(i) == i {
			keyframes++
		}
	}
	if keyframes <= 1 {
		return "this clip has only one keyframe"
	}
	return "no keyframe follows it"
}

func (c *check) audioSummary() string {
	a := c.report.Audio
	switch {
	case a == nil:
		return ""
	case c.a != nil && c.a.Audio == nil:
		return "the sound is new, as the clip had none"
	case a.Identical == a.Total:
		return "all sound is the original's"
	case a.OutsideTotal == 0:
		return "the segment is all of the sound"
	case c.samples:
		return "every sample of the sound outside the segment is bit-for-bit the original"
	case a.Identical == 0:
		return "all sound was re-encoded"
	}
	return fmt.Sprintf("%d of %d sound packets outside the segment are the original's", a.OutsideIdentical, a.OutsideTotal)
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func upperFirst(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}
