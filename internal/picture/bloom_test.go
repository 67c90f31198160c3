package picture

import (
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TestFlash holds that flashes come when and so often as they are asked for, and never more often than eyes can be asked to bear.
func TestFlash(t *testing.T) {
	format := formats["landscape"]
	fps := frequency(format)
	frames := int(6*fps) + 1
	for name, tt := range map[string]struct {
		detail wish.Detail
		first  float64 // seconds
		count  int
	}{
		"one":         {wish.Detail{}, 3, 1},
		"three":       {wish.Detail{Count: 3}, 2.3, 3},
		"at 1 s":      {wish.Detail{When: wish.When{From: wish.Moment{Seconds: 1}, To: wish.Moment{Share: 1}}}, 1, 1},
		"a thousand":  {wish.Detail{Count: 1000}, 0.05, 9},
		"in one half": {wish.Detail{Count: 9, When: wish.When{From: wish.Moment{Share: 0.5}, To: wish.Moment{Share: 1}}}, 3, 5},
	} {
		got := run(t, DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{{Kind: Flash, Strength: 0.6, Detail: tt.detail}}}, true)
		base, count, first := mean(got[0].Y), 0, -1.0
		for i := 1; i+1 < frames; i++ {
			if now := mean(got[i].Y); now > base+30 && now > mean(got[i-1].Y) && now >= mean(got[i+1].Y) {
				if count++; first < 0 {
					first = float64(i) / fps
				}
			}
		}
		if count < tt.count-1 || count > tt.count || first < tt.first-0.1 || first > tt.first+0.25 {
			t.Errorf("%s: %d flashes, the first at %.2f s", name, count, first)
		}
		if perSecond := float64(count) / 6; perSecond > 1.5 {
			t.Errorf("%s: %.1f flashes a second", name, perSecond)
		}
	}
}

// TestGlow holds that light bleeds from what is bright, less the farther, and that a dark picture has none.
func TestGlow(t *testing.T) {
	format := formats["landscape"]
	f := even(format, 50)
	x0, y0 := format.Width/2, format.Height/2
	for y := y0 - 10; y < y0+10; y++ {
		for x := x0 - 10; x < x0+10; x++ {
			f.Y[y*format.Width+x] = 230
		}
	}
	c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: 40, Looks: []Look{{Kind: Glow, Strength: 0.6}}})
	if err != nil {
		t.Fatal(err)
	}
	c.Apply(f, 20)
	near, far := f.Y[y0*format.Width+x0+16], f.Y[y0*format.Width+x0+90]
	if near < far+6 || far > 62 {
		t.Errorf("luma %d beside the light and %d far from it", near, far)
	}
}

// TestTrails holds that what moves leaves light behind that fades, and that a still picture stays as it is.
func TestTrails(t *testing.T) {
	format := formats["landscape"]
	c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: 60, Looks: []Look{{Kind: EchoTrails, Strength: 0.6}}})
	if err != nil {
		t.Fatal(err)
	}
	var f *retake.Frame
	for i := range 31 {
		f = noisy(format, i, 0)
		c.Apply(f, i)
	}
	at := func(x int) byte { return f.Y[20*format.Width+x] }
	bar := 20 + 3*30
	if at(bar-6) < 116 || at(bar-6) <= at(bar-40) || at(bar+30) != 110 {
		t.Errorf("luma %d just behind, %d far behind, %d in front", at(bar-6), at(bar-40), at(bar+30))
	}
	still := run(t, DefaultConfig(), Setup{Format: format, Frames: 30, Looks: []Look{{Kind: EchoTrails, Strength: 0.6}}}, true)
	if d := difference(still[15], scene(format, 0)); d > 0.01 {
		t.Errorf("a still picture is changed by %.2f codes", d)
	}
}

// TestDoubleExposure holds that light is only added, to the dark most, and white stays white.
func TestDoubleExposure(t *testing.T) {
	before, after := middle(t, formats["landscape"], DoubleExposure, 0.6)
	added := [2]float64{}
	var n [2]float64
	for i, v := range before.Y {
		d := float64(after.Y[i]) - float64(v)
		if d < 0 {
			t.Fatalf("luma falls from %d to %d", v, after.Y[i])
		}
		if v < 70 {
			added[0], n[0] = added[0]+d, n[0]+1
		} else if v > 150 {
			added[1], n[1] = added[1]+d, n[1]+1
		}
	}
	if n[0] > 0 && n[1] > 0 && added[0]/n[0] <= added[1]/n[1] {
		t.Errorf("shadows gain %.1f codes, lights %.1f", added[0]/n[0], added[1]/n[1])
	}
}

// TestFlashesTogether holds that effects which flash never do so more than three times in a second together: a flash is a rise of luma by a
// tenth of what there is from black to white, and a fall (WCAG 2.2, 2.3.1).
func TestFlashesTogether(t *testing.T) {
	format := formats["full"]
	second := int(frequency(format))
	for _, kinds := range [][]Kind{{Flash, Lightning}, {Flicker, Lightning}, {Flash, Flicker}, {Flash, Flicker, Lightning}} {
		for _, seed := range []int64{2, 3} {
			setup := Setup{Format: format, Frames: 4 * second, Seed: seed}
			for _, k := range kinds {
				setup.Looks = append(setup.Looks, Look{Kind: k, Strength: 1, Detail: wish.Detail{Count: 1000}})
			}
			var peaks []int
			trough, peak, at := 255.0, 0.0, 0
			for i, f := range run(t, DefaultConfig(), setup, true) {
				switch now := mean(f.Y); {
				case now > peak:
					peak, at = now, i
				case peak-trough > 22 && now < peak-22:
					peaks = append(peaks, at)
					trough, peak = now, now
				case now < trough:
					trough, peak = now, now
				}
			}
			if len(peaks) == 0 {
				t.Errorf("%v: no flash", kinds)
			}
			for i := 3; i < len(peaks); i++ {
				if peaks[i]-peaks[i-3] < second {
					t.Errorf("%v, seed %d: pictures %v are four flashes in a second", kinds, seed, peaks[i-3:i+1])
				}
			}
		}
	}
}
