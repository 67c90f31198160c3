package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TestDaylight holds what each light and season does to colours that show it.
func TestDaylight(t *testing.T) {
	for _, format := range []retake.PictureFormat{standards[0], standards[3], standards[4]} {
		name := standardName(format)
		check := func(kind Kind, ok func(b, a tones) bool) {
			t.Helper()
			if b, a := tonesOf(t, format, asking(kind, 0.6)); !ok(b, a) {
				t.Errorf("%s: %s makes\n%+v of\n%+v", name, kind, a, b)
			}
		}
		check(GoldenHour, func(b, a tones) bool {
			return a.white.b > 0.05 && a.white.b > 1.5*a.grey.b && a.leaf.hue() < b.leaf.hue()-5 && a.white.l > 0.8
		})
		check(Dawn, func(b, a tones) bool {
			return a.white.a > 0.008 && a.grey.b < b.grey.b && a.white.l-a.grey.l < b.white.l-b.grey.l && a.leaf.chroma() < b.leaf.chroma()
		})
		check(Dusk, func(b, a tones) bool {
			return a.white.b < -0.015 && a.grey.l < b.grey.l-0.08 && a.grey.l > b.grey.l-0.25 && a.red.chroma() > 0.1
		})
		check(Moonlight, func(b, a tones) bool {
			return a.grey.b < -0.01 && a.grey.l < b.grey.l-0.12 && a.red.chroma() < 0.5*b.red.chroma() && b.leaf.l-a.leaf.l < b.red.l-a.red.l
		})
		check(Overcast, func(b, a tones) bool {
			return a.sky.chroma() < 0.35*b.sky.chroma() && a.leaf.chroma() < 0.9*b.leaf.chroma() && a.white.l-a.grey.l < b.white.l-b.grey.l
		})
		check(HarshNoon, func(b, a tones) bool {
			return a.white.l > 0.97 && a.sky.l-a.leaf.l > b.sky.l-b.leaf.l
		})
		check(Autumn, func(b, a tones) bool {
			return within(a.leaf.hue(), 70, 18, 1) == 1 && a.leaf.chroma() > 0.08 && math.Abs(turn(a.sky.hue()-b.sky.hue())) < 15
		})
		check(Spring, func(b, a tones) bool {
			return a.leaf.l > b.leaf.l+0.03 && a.leaf.chroma() > 1.1*b.leaf.chroma() && a.leaf.hue() < b.leaf.hue()
		})
		check(Summer, func(b, a tones) bool {
			return a.white.b > 0.01 && a.sky.chroma() > 1.1*b.sky.chroma() && a.leaf.chroma() > 1.1*b.leaf.chroma()
		})
		check(Winter, func(b, a tones) bool {
			return a.leaf.chroma() < 0.5*b.leaf.chroma() && a.grey.b < -0.015 && a.white.chroma() < 0.03 && a.skin.hue() > 20 && a.skin.hue() < 80
		})
		check(Underwater, func(b, a tones) bool {
			return a.red.chroma() < 0.6*b.red.chroma() && a.white.a < -0.03 && a.white.b < 0
		})
		check(CandleLight, func(b, a tones) bool {
			return within(a.white.hue(), 80, 20, 1) == 1 && a.white.chroma() > 0.05 && a.grey.l < b.grey.l
		})
		check(Neon, func(b, a tones) bool {
			// The stripes run from one side's light to the other's.
			return math.Abs(turn(a.white.hue()-a.grey.hue())) > 60 && a.grey.l < b.grey.l
		})
	}
}

// TestLampsStayLit holds that dusk and moonlight leave a lamp as bright as it was, and everything around it dark.
func TestLampsStayLit(t *testing.T) {
	for _, kind := range []Kind{Dusk, Moonlight} {
		for _, name := range []string{"landscape", "full"} {
			format := formats[name]
			before, after := middle(t, format, kind, 0.6)
			lamp := format.Height*3/4*format.Width + format.Width*8/10
			if after.Y[lamp] < before.Y[lamp]-12 {
				t.Errorf("%s, %s: the lamp fell from %d to %d", kind, name, before.Y[lamp], after.Y[lamp])
			}
			if a, b := mean(after.Y), mean(before.Y); a > 0.8*b {
				t.Errorf("%s, %s: mean luma only fell from %.0f to %.0f", kind, name, b, a)
			}
		}
	}
}

// TestFlashes holds that restless lights are no danger: of the changes of mean light by a tenth of the brightest there
// are at most three pairs in any second (WCAG 2.2, success criterion 2.3.1), and that they are restless at all.
func TestFlashes(t *testing.T) {
	format := retake.PictureFormat{Width: 64, Height: 36, Rate: rate30, Matrix: "bt709"}
	for _, kind := range []Kind{CandleLight, Flicker, Lightning} {
		for seed := range int64(8) {
			const frames = 300
			got := run(t, DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{asking(kind, 1)}, Seed: seed}, true)
			var light []float64
			for _, f := range got {
				light = append(light, toLight(levelsOf(format).luma(int(mean(f.Y)+0.5))))
			}
			swings := turns(light[15:frames-15], 0.1)
			for i := range swings {
				if n := i + 6; n < len(swings) && swings[n]-swings[i] < 30 {
					t.Errorf("%s, seed %d: more than three flashes in the second from picture %d", kind, seed, swings[i])
					break
				}
			}
			if kind == Flicker && len(swings) < 4 {
				t.Errorf("seed %d: the light only turns %d times in nine seconds", seed, len(swings))
			}
		}
	}
}

// turns returns where a curve has gone by at least step against its last way.
func turns(v []float64, step float64) (at []int) {
	low, high, up := v[0], v[0], 0
	for i, x := range v {
		low, high = min(low, x), max(high, x)
		switch {
		case up <= 0 && x > low+step:
			at, up, high = append(at, i), 1, x
		case up >= 0 && x < high-step:
			at, up, low = append(at, i), -1, x
		}
	}
	return at
}

// TestNeonColour holds that a named colour is that of one side's light.
func TestNeonColour(t *testing.T) {
	_, a := tonesOf(t, swatch, Look{Kind: Neon, Strength: 0.6, Detail: wish.Detail{To: named["green"]}})
	nearest := 180.0
	for _, o := range []lab{a.grey, a.white} { // the first and the last stripe
		nearest = min(nearest, math.Abs(turn(o.hue()-toLab(srgb(named["green"])).hue())))
	}
	if nearest > 30 {
		t.Errorf("neither side is green: %.0f° and %.0f°", a.grey.hue(), a.white.hue())
	}
}

// TestDuskBehind holds that what is dark, which stands before the sky, isn't in the warm light at the horizon.
func TestDuskBehind(t *testing.T) {
	format := standards[0]
	l := levelsOf(format)
	warmth := func(luma float64) float64 {
		chain, err := NewChain(Config{Threads: 2}, Setup{Format: format, Frames: 9, Looks: []Look{asking(Dusk, 0.6)}})
		if err != nil {
			t.Fatal(err)
		}
		f := retake.NewFrame(format)
		for i := range f.Y {
			f.Y[i] = toByte(l.code(luma))
		}
		for i := range f.Cb {
			f.Cb[i], f.Cr[i] = 128, 128
		}
		chain.Apply(f, 4)
		row := func(y int) []byte { w := format.ChromaWidth(); return f.Cr[y*w : y*w+w] }
		return mean(row(format.ChromaHeight()*46/100)) - mean(row(format.ChromaHeight()-1))
	}
	if sky, post := warmth(0.6), warmth(0.05); sky < 5 || post > 1 {
		t.Errorf("the horizon is warmer by %.1f codes of Cr in the sky and by %.1f in the dark", sky, post)
	}
}
