package outside

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for said, want := range map[string]string{
		" a\n\tb  c ": "a b c", "a\u202eb\x00c": "ab c", "ok\xff!": "ok !", "äöü": "äöü", "": "", strings.Repeat("é", 21): strings.Repeat("é", 20) + "…",
	} {
		if got := Line(said, 20); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
}

func TestSecret(t *testing.T) {
	for header, want := range map[string]string{"Bearer KEY": "KEY", " Bearer  KEY ": "KEY", "KEY": "KEY", "a=1; b=2": "a=1; b=2", "": ""} {
		if got := Secret(header); got != want {
			t.Errorf("%q holds %q, want %q", header, got, want)
		}
	}
	if got := Without("no such key: KEY", "KEY") + Without("ab", ""); got != "no such key: REMOVEDab" {
		t.Errorf("without: %q", got)
	}
}

// Whatever somebody says, a sentence stays a line, and a pause has a bound.
func FuzzSaid(f *testing.F) {
	f.Add("120")
	f.Add("Wed, 21 Oct 2099 07:28:00 GMT")
	f.Add("a\u202e\x00b\xff")
	f.Fuzz(func(t *testing.T, said string) {
		line := Line(said, 300)
		if !utf8.ValidString(line) || utf8.RuneCountInString(line) > 301 || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Errorf("%q becomes %q", said, line)
		}
		if d := RetryAfter(http.Header{"Retry-After": {said}}); d < 0 || d > maxRetryAfter {
			t.Errorf("%q is a pause of %s", said, d)
		}
	})
}

func TestForward(t *testing.T) {
	var told []float64
	tell := Forward(func(f float64) { told = append(told, f) })
	for _, f := range []float64{0, 0.5, 0.2, -1, 0.5, 3, 1} {
		tell(f)
	}
	if !slices.Equal(told, []float64{0.5, 1}) {
		t.Errorf("told %v", told)
	}
	Forward(nil)(1)
}

// A job that is being handed in when its run ends has a moment more, and then the run's cause.
func TestUnhurried(t *testing.T) {
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(t.Context())
	inner, stop := Unhurried(ctx)
	cancel(why)
	if inner.Err() != nil {
		t.Error("it is cut short")
	}
	<-inner.Done()
	if !errors.Is(context.Cause(inner), why) {
		t.Errorf("its cause is %v", context.Cause(inner))
	}
	stop()
}

func TestCheck(t *testing.T) {
	times := map[string]time.Duration{"job_within": 1, "poll_every": 0, "answer_within": -1}
	if err := Check(1, 1<<20, map[string]time.Duration{"job_within": 1}); err != nil {
		t.Error(err)
	}
	err := Check(0, 5, times)
	for _, want := range []string{"slots", "answer_limit", "answer_within", "poll_every"} {
		if err == nil || !strings.Contains(err.Error(), want+" must be") {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "job_within") {
		t.Error(err)
	}
}
