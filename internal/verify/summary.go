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
	return upperFirst(strings.Join(parts, "; ")) + "."
}

func (c *check) videoSummary() string {
	v := c.report.Video
	switch {
	case v == nil:
		return ""
	case v.OutsideTotal > 0 && v.OutsideIdentical == 0:
		return fmt.Sprintf("all %d frames outside the segment were re-encoded, at %.1f dB or better", v.OutsideTotal, worstMean(v.Spans))
	case v.OutsideTotal == 0:
		return "the segment is the whole clip"
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
		switch span.Kind {
		case retake.SpanLeadIn:
			s += fmt.Sprintf("; %s before it %s re-encoded at %.1f dB because of the order in which frames are stored", count(span.Count, "frame", "frames"), was(span.Count), *span.PSNR)
		case retake.SpanBridge:
			s += fmt.Sprintf("; %s after it %s re-encoded at %.1f dB because %s", count(span.Count, "frame", "frames"), was(span.Count), *span.PSNR, c.bridgeReason())
		}
	}
	return s
}

// bridgeReason says why frames after the segment could not stay.
func (c *check) bridgeReason() string {
	if !c.bridgeToTheEnd {
		return "the next keyframe comes only then"
	}
	keyframes := 0
	for i, s := range c.a.Video.Samples {
		if s.Sync && c.a.Video.Rank[i] == i {
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
		return "all sound was re-encoded"
	}
	return fmt.Sprintf("%d of %d sound packets outside the segment are the original's", a.OutsideIdentical, a.OutsideTotal)
}

// worstMean returns the lowest mean PSNR of the spans that have one.
func worstMean(spans []retake.SpanReport) float64 {
	worst := 0.0
	for _, s := range spans {
		if s.PSNR != nil && (worst == 0 || *s.PSNR < worst) {
			worst = *s.PSNR
		}
	}
	return worst
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func upperFirst(s string) string {
	if s == "" {
		return "The result agrees with the original"
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
