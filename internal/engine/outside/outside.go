// Package outside is what engines share whose work is done outside of this process: by a program, on a ComfyUI server, or at a provider.
package outside

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"retake/internal/retake"
)

// Line is text that somebody else wrote, fit for a sentence: on one line, of at most so many characters, without any that control or
// reorder text or can't be seen.
func Line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), r == utf8.RuneError:
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = strings.TrimSpace(string(r[:most])) + "…"
	}
	return s
}

// Removed stands in a text for a secret that was taken out.
const Removed = "REMOVED"

// Secret is the key in a header's value: what follows the scheme, as in "Bearer KEY", or all of it.
func Secret(header string) string {
	header = strings.TrimSpace(header)
	if scheme, key, ok := strings.Cut(header, " "); ok && !strings.ContainsAny(scheme, "=;,") {
		return strings.TrimSpace(key)
	}
	return header
}

// Without is a text without a secret, which some servers repeat: what they say goes to the log, into rows and to users.
func Without(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, Removed)
}

// Forward passes on progress that goes forward, at most up to 1. tell may be nil. It is to be told by one goroutine at a time.
func Forward(tell retake.ProgressFunc) retake.ProgressFunc {
	furthest := 0.0
	return func(f float64) {
		if f = min(f, 1); f > furthest && tell != nil {
			furthest = f
			tell(f)
		}
	}
}

// Sleep waits, or returns ctx's cause.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// submitGrace is how long a cancelled run waits for the answer to a job that is just being handed in, to be able to cancel it.
const submitGrace = 1500 * time.Millisecond

// Unhurried returns a context for handing a job in, which ends a while after ctx: what was taken must be known. stop has to be called.
func Unhurried(ctx context.Context) (inner context.Context, stop func()) {
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	leave := context.AfterFunc(ctx, func() {
		if Sleep(inner, submitGrace) == nil {
			cancel(context.Cause(ctx))
		}
	})
	return inner, func() {
		leave()
		cancel(nil)
	}
}

// maxRetryAfter bounds what a server may have us wait.
const maxRetryAfter = time.Hour

// RetryAfter reads the header Retry-After, RFC 9110 section 10.2.3, up to an hour; 0 for none.
func RetryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s >= 0 {
		return min(time.Duration(min(s, 1e6)*float64(time.Second)), maxRetryAfter)
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(t), 0), maxRetryAfter)
	}
	return 0
}

// Check reports all mistakes of the settings that these engines have in common; times are those that must be more than 0, by their keys.
func Check(slots int, answerLimit int64, times map[string]time.Duration) error {
	var errs []error
	if slots < 1 || slots > 64 {
		errs = append(errs, fmt.Errorf("slots must be 1 to 64, got %d", slots))
	}
	if answerLimit < 1<<20 {
		errs = append(errs, fmt.Errorf("answer_limit must be at least 1MB, got %d", answerLimit))
	}
	for _, key := range slices.Sorted(maps.Keys(times)) {
		if times[key] <= 0 {
			errs = append(errs, fmt.Errorf("%s must be more than 0, got %s", key, times[key]))
		}
	}
	return errors.Join(errs...)
}

// InClip turns a span of the window's time into one of the clip's that covers the segment.
func InClip(job retake.Job, s retake.Segment) retake.Segment {
	w := job.Window
	pace := w.Span.Duration() * w.Picture.Rate.FPS() / float64(max(w.Real, 1))
	return retake.Segment{
		Start: max(min(w.Span.Start+s.Start*pace, job.Segment.Start), w.Span.Start),
		End:   min(max(w.Span.Start+s.End*pace, job.Segment.End), max(w.Span.End, job.Segment.End)),
	}
}
