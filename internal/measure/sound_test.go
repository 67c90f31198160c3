package measure

import (
	"math"
	"testing"
)

func TestLevels(t *testing.T) {
	sine := make([]float32, 4800)
	for i := range sine {
		sine[i] = float32(math.Sin(2 * math.Pi * float64(i) / 48))
	}
	if l := Level(sine); math.Abs(l+3.0103) > 1e-3 {
		t.Errorf("a full sine has %v dBFS", l)
	}
	if l := Level(nil); l != Silence {
		t.Errorf("nothing has %v dBFS", l)
	}
	if d := Difference(sine, sine); d != Silence {
		t.Errorf("equal sounds differ by %v dBFS", d)
	}
	if d := Difference([]float32{0.5, 0.5}, []float32{0.4, 0.6}); math.Abs(d+20) > 1e-5 {
		t.Errorf("a difference of 0.1 has %v dBFS", d)
	}
	if d := Difference([]float32{1}, []float32{1, 1, 1, 1}); math.Abs(d-10*math.Log10(0.75)) > 1e-9 {
		t.Errorf("a missing rest has %v dBFS", d)
	}
}

func TestClick(t *testing.T) {
	const rate, channels = 48000, 2
	smooth := make([]float32, rate*channels)
	for i := range smooth {
		smooth[i] = float32(0.3 * math.Sin(2*math.Pi*300*float64(i/channels)/rate))
	}
	broken := append([]float32(nil), smooth...)
	for i := 24000; i < rate; i++ {
		broken[i*channels+1] += 0.05 // a step in the second channel only
	}
	cases := []struct {
		name    string
		samples []float32
		at      int
		click   bool
	}{
		{"smooth", smooth, 24000, false},
		{"step at the seam", broken, 24000, true},
		{"step just inside the span", broken, 24000 + 119, true},
		{"step outside the span is natural", broken, 24000 + 400, false},
		{"step out of reach", broken, 40000, false},
		{"at the start", broken, 0, false},
		{"at the end", broken, rate, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			value, natural := Click(c.samples, channels, rate, c.at)
			if (value > 2*natural) != c.click {
				t.Errorf("value %v, natural %v", value, natural)
			}
		})
	}
	if v := secondDifference([]float32{0, 1, 0}, 1, 0, 3); v != 2 {
		t.Errorf("an impulse of 1 measures %v", v)
	}
	if v := secondDifference(nil, 2, 0, 10); v != 0 {
		t.Errorf("nothing measures %v", v)
	}
}
