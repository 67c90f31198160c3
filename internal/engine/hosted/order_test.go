package hosted

import (
	"testing"

	"retake/internal/retake"
)

// What a provider is told of the segment covers it, and is never less than its length for want of a bit.
func TestOrderSpan(t *testing.T) {
	for _, rate := range []retake.Rate{{Num: 24, Den: 1}, {Num: 25, Den: 1}, {Num: 30, Den: 1}, {Num: 30000, Den: 1001}, {Num: 60, Den: 1}} {
		for first := range 200 {
			frames := int(2*rate.FPS() + 0.999)
			w := retake.Window{First: first, Picture: retake.PictureFormat{Rate: rate}}
			o := Order{Span: w.Mark(frames)}
			if o.Duration() < 2 || o.Start() > o.Span.Start+1e-9 || o.Start()+o.Duration() < o.Span.End-1e-9 || o.Start()+o.Duration() > o.Span.End+0.0011 {
				t.Fatalf("%v, first %d: %v becomes %v and %v", rate, first, o.Span, o.Start(), o.Duration())
			}
		}
	}
}
