package picture

import (
	"testing"

	"retake/internal/retake"
)

// TestFused holds that looks that are joined into one table do what they do one after the other, and that only those are joined that may be.
func TestFused(t *testing.T) {
	format := formats["landscape"]
	setup := func(kinds ...Kind) Setup {
		s := Setup{Format: format, Frames: 9, Seed: 5}
		for _, k := range kinds {
			s.Looks = append(s.Looks, asking(k, 0.6))
		}
		return s
	}
	cfg := Config{Threads: 2, Ramp: 0.1}
	for _, kinds := range [][]Kind{{BleachBypass, TealAndOrange}, {Overcast, Autumn, Vignette}} {
		joined := run(t, cfg, setup(kinds...), false)[4]
		apart := scene(format, 4)
		for _, k := range kinds {
			chain, err := NewChain(cfg, setup(k))
			if err != nil {
				t.Fatal(err)
			}
			chain.Apply(apart, 4)
		}
		if d := difference(joined, apart); d > 0.6 {
			t.Errorf("%v: joined they differ from one after the other by %.2f codes in the mean", kinds, d)
		}
		same(t, string(kinds[0]), joined, apart, 6)
	}
	count := func(s Setup) int {
		chain, err := NewChain(cfg, s)
		if err != nil {
			t.Fatal(err)
		}
		return len(chain.effects)
	}
	late := setup(Overcast, Autumn)
	late.Looks[1].When.From.Share = 0.5
	for name, tt := range map[string]struct{ got, want int }{
		"two looks":            {count(setup(Overcast, Autumn)), 1},
		"a look and a field":   {count(setup(Autumn, Vignette)), 1},
		"a field and a look":   {count(setup(GoldenHour, Autumn)), 2},
		"looks at other times": {count(late), 2},
		"a look that glows":    {count(setup(Sepia, Infrared)), 2},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d effects, want %d", name, tt.got, tt.want)
		}
	}
}

// TestCubeSample holds that a cube read at its nodes and between them gives what its pictures give.
func TestCubeSample(t *testing.T) {
	l := levelsOf(retake.PictureFormat{Matrix: "bt709"})
	c := newCube(l, func(c rgb) rgb { return rgb{c[1], c[2], c[0]} })
	c.prepare(1)
	for _, v := range [][3]uint8{{120, 100, 150}, {64, 128, 128}, {200, 120, 125}, {77, 133, 141}} {
		h := c.hue(v[1], v[2])
		low, rise := h.cell(v[0] / cubeStep)
		word := low + rise*uint64(v[0]%cubeStep)
		y, cb, cr := c.sample(float32(v[0]), float32(v[1]), float32(v[2]))
		for n, got := range []float32{y, cb, cr} {
			if d := float64(got) - float64(lane(word, n))/(1<<fraction); d > 0.02 || d < -0.02 {
				t.Errorf("%v: lane %d is %.3f off", v, n, d)
			}
		}
	}
}
