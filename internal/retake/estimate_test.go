package retake

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEstimate holds that costs are added exactly and by currency, and that what isn't known is said to be so.
func TestEstimate(t *testing.T) {
	priced := func(name, unit, amount, currency string) EngineInfo {
		return EngineInfo{Name: name, Price: &Price{Unit: unit, Amount: amount, Currency: currency}}
	}
	e := NewEstimate()
	e.Add(EngineInfo{Name: "builtin"}, 2, 100, Rate{25, 1})
	e.Add(priced("ltx", PerSecond, "0.1", "USD"), 3, 50, Rate{25, 1})
	e.Add(priced("fal", PerJob, "0.05", "USD"), 2, 50, Rate{25, 1})
	fixed := priced("fixed", PerSecond, "0.1", "EUR")
	fixed.Rates = []Rate{{50, 1}} // 50 pictures are a second of its window, whatever the clip's rate
	e.Add(fixed, 1, 50, Rate{25, 1})
	e.Add(priced("euro", PerJob, "1.5", "EUR"), 1, 50, Rate{25, 1})
	if !e.Complete {
		t.Error("all is known, and it is said not to be")
	}
	e.Add(priced("clipless", PerSecond, "0.1", "USD"), 1, 0, Rate{})
	e.Add(EngineInfo{Name: "unknown", Unpriced: true}, 1, 50, Rate{25, 1})
	of := func(s string) *string { return &s }
	want := &Estimate{Engines: []EngineEstimate{
		{"builtin", 2, nil, nil, Free}, {"ltx", 3, of("0.6"), of("USD"), Priced}, {"fal", 2, of("0.1"), of("USD"), Priced}, {"fixed", 1, of("0.1"), of("EUR"), Priced}, {"euro", 1, of("1.5"), of("EUR"), Priced},
		{"clipless", 1, nil, nil, PriceUnknown}, {"unknown", 1, nil, nil, PriceUnknown},
	}, Totals: []Cost{{"1.6", "EUR"}, {"0.7", "USD"}}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if got := AddCost(nil, "1e9", "USD"); len(got) != 0 {
		t.Errorf("no decimal is added: %v", got)
	}
}

// TestSpan holds that an engine is shown the segment with what stands beside it, never more than it takes.
func TestSpan(t *testing.T) {
	for name, c := range map[string]struct {
		info              EngineInfo
		start, end, total int
		from, to, frames  int
	}{
		"handles on both sides": {EngineInfo{MaxWindow: 20}, 100, 150, 1000, 92, 158, 66},
		"at the clip's ends":    {EngineInfo{MaxWindow: 20}, 0, 50, 52, 0, 52, 52},
		"a step is filled up":   {EngineInfo{MaxWindow: 20, FrameStep: 8}, 100, 150, 1000, 92, 165, 73},
		"no room for handles":   {EngineInfo{MaxWindow: 4}, 100, 199, 1000, 99, 199, 100},
		"too short a clip":      {EngineInfo{MaxWindow: 20, MinFrames: 80}, 10, 60, 70, 0, 70, 80},
	} {
		from, to, frames := c.info.Span(Rate{25, 1}, c.start, c.end, c.total)
		if from != c.from || to != c.to || frames != c.frames {
			t.Errorf("%s: pictures %d to %d, %d in all; want %d to %d, %d", name, from, to, frames, c.from, c.to, c.frames)
		}
	}
}
