package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TestClouds holds that the noise of fog and smoke has no edges in space or time, uses its range, and doesn't depend on what of a row was asked for.
func TestClouds(t *testing.T) {
	at := func(x, y, z float64) float64 {
		c := clouds{seed: 5}
		c.row(x-0.3, x+0.9, y, z)
		return c.at(x)
	}
	low, high, sum := 1.0, 0.0, 0.0
	for i := range 2000 {
		x, y, z := 0.0173*float64(i)-9, 0.031*float64(i%37), 0.01*float64(i%61)
		v := at(x, y, z)
		low, high, sum = min(low, v), max(high, v), sum+v/2000
		for _, near := range []float64{at(x+0.004, y, z), at(x, y+0.004, z), at(x, y, z+0.004)} {
			if math.Abs(near-v) > 0.03 {
				t.Fatalf("at %.3f, %.3f, %.3f it steps from %.3f to %.3f", x, y, z, v, near)
			}
		}
		long := clouds{seed: 5}
		long.row(x-4, x+30, y, z)
		if math.Abs(long.at(x)-v) > 1e-12 {
			t.Fatalf("at %.3f a longer row has %v, not %v", x, long.at(x), v)
		}
	}
	if low > 0.15 || high < 0.85 || math.Abs(sum-0.5) > 0.06 {
		t.Errorf("from %.2f to %.2f, on average %.2f", low, high, sum)
	}
}

// TestSmokeColour holds that smoke has the colour that is named, and that black smoke is darker than the usual one.
func TestSmokeColour(t *testing.T) {
	format := formats["landscape"]
	tone := func(to wish.Colour) (y, cb, cr float64) {
		setup := Setup{Format: format, Frames: 60, Looks: []Look{{Kind: Smoke, Strength: 1, Detail: wish.Detail{To: to}}}, Seed: 3}
		f := run(t, DefaultConfig(), setup, true)[30]
		return mean(f.Y), mean(f.Cb), mean(f.Cr)
	}
	grey, _, usualRed := tone(wish.Colour{})
	dark, _, _ := tone(wish.Colour{Name: "black"})
	_, _, red := tone(named["red"])
	if dark > grey-8 || red < usualRed+8 {
		t.Errorf("luma %.0f, of black smoke %.0f; Cr %.0f, of red smoke %.0f", grey, dark, usualRed, red)
	}
}

// TestHeading holds that snow and rain go the way that the prompt names, and slowly or quickly.
func TestHeading(t *testing.T) {
	s := newStage(DefaultConfig(), Setup{Format: formats["landscape"], Frames: 90, Seed: 4})
	ways := func(kind Kind, d wish.Detail) (dx, dy float64) {
		var list []streak
		switch l := (Look{Kind: kind, Strength: 0.6, Detail: d}); kind {
		case Snow:
			e := newSnow(s, l)
			e.place(40, 1)
			list = e.list
		default:
			e := newRain(s, l)
			e.place(40, 1)
			list = e.list[:len(e.list)-e.splashes]
		}
		for _, k := range list {
			dx, dy = dx+float64(k.dx)/float64(len(list)), dy+float64(k.dy)/float64(len(list))
		}
		return dx, dy
	}
	for _, kind := range []Kind{Snow, Rain} {
		left, fall := ways(kind, wish.Detail{Direction: wish.Left})
		right, _ := ways(kind, wish.Detail{Direction: wish.Right})
		if left > -0.1*fall || right < 0.1*fall {
			t.Errorf("%s: %.2f to the left, %.2f to the right, %.2f down", kind, left, right, fall)
		}
	}
	if _, slow := ways(Snow, wish.Detail{Speed: 0.5}); slow <= 0 {
		t.Errorf("slow snow falls by %.2f", slow)
	} else if _, fast := ways(Snow, wish.Detail{Speed: 2}); fast < 3*slow {
		t.Errorf("slow snow falls by %.2f while the shutter is open, fast snow by %.2f", slow, fast)
	}
}

// TestSpray holds that heavy rain alone has a haze, over the ground and not before the sky.
func TestSpray(t *testing.T) {
	format := formats["landscape"]
	s := newStage(DefaultConfig(), Setup{Format: format, Frames: 90, Seed: 4})
	if newRain(s, Look{Kind: Rain, Strength: 0.6}).spray != nil {
		t.Error("usual rain has a haze")
	}
	f := retake.NewFrame(format)
	for i := range f.Y {
		f.Y[i] = 40
	}
	newRain(s, Look{Kind: Rain, Strength: 0.95}).spray.apply(f, 40, 1)
	w, h := format.Width, format.Height
	row := func(y int) float64 { return mean(f.Y[y*w : y*w+w]) }
	if sky, ground := row(h/5), row(h*3/4); sky > 41 || ground < 60 {
		t.Errorf("luma 40 became %.0f before the sky and %.0f over the ground", sky, ground)
	}
}
