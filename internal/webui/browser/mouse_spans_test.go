package browser

import (
	"encoding/json"
	"math"
	"testing"
)

// span is a part of a track, as plans and reports have it.
type span struct {
	Kind       string
	Start, End float64
	Count      int
}

type spans struct{ Video, Audio []span }

// plannedSpans asks the server about the request that the page has.
func (p *page) plannedSpans() spans {
	p.t.Helper()
	var plan struct{ Spans spans }
	if err := json.Unmarshal(p.s.call("POST", "/api/ai/plan", []byte(p.request())), &plan); err != nil {
		p.t.Fatal(err)
	}
	return plan.Spans
}

// request is the request as the page keeps it, as JSON.
func (p *page) request() string {
	p.t.Helper()
	p.params() // waits for the page to have stored it
	return js[string](p, `(k => JSON.stringify({model: k.model, ...k.params}))(JSON.parse(localStorage.getItem('retake:request')))`)
}

// equalSpans holds the bars under the timeline against the server's spans.
func (p *page) equalSpans(t *testing.T, want spans) {
	t.Helper()
	length := p.length()
	for track, list := range map[string][]span{"picture": want.Video, "sound": want.Audio} {
		shown := js[[]struct {
			Kind        string
			Left, Width float64
		}](p, `(bar => [...bar.children].map(e => ({Kind: e.dataset.kind,
			Left: (e.getBoundingClientRect().x - bar.getBoundingClientRect().x) / bar.getBoundingClientRect().width,
			Width: e.getBoundingClientRect().width / bar.getBoundingClientRect().width})))(document.querySelector('[data-track=`+track+`]'))`)
		var filled []span
		for _, s := range list {
			if s.Count > 0 {
				filled = append(filled, s)
			}
		}
		if len(shown) != len(filled) || len(shown) == 0 {
			t.Errorf("%s: shows %v, want %v", track, shown, filled)
			continue
		}
		for i, s := range filled {
			const near = 0.008 // a part of the width: spans are at least two pixels wide, and the bar leaves out the last packet's rest
			if shown[i].Kind != s.Kind || math.Abs(shown[i].Left-s.Start/length) > near || math.Abs(shown[i].Width-(s.End-s.Start)/length) > near {
				t.Errorf("%s: shows %+v, want %+v of %g s", track, shown[i], s, length)
			}
		}
	}
}
