package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

// TestStillStaysStill holds that looks whose light stands still make the same picture of the same picture: dither and tables add no noise in time.
func TestStillStaysStill(t *testing.T) {
	for _, kind := range []Kind{Sepia, Noir, BleachBypass, TealAndOrange, Infrared, Thermal, GoldenHour, Dawn, Overcast, HarshNoon, Autumn, Spring, Summer,
		Winter, Neon, Vignette, LUT, Recolour} {
		got := run(t, Config{Threads: 2, Ramp: 0.1}, Setup{Format: formats["landscape"], Frames: 40, Looks: []Look{asking(kind, 0.8)}, Seed: 3}, true)
		for i := 31; i < 34; i++ { // what is judged over time has settled
			if !bytes.Equal(got[i].Data, got[30].Data) {
				t.Errorf("%s: pictures 30 and %d of a still differ by %.3f codes in the mean", kind, i, difference(got[30], got[i]))
				break
			}
		}
	}
}

// TestRolled holds that highlights never pass white, keep their order and their hue, and pale as they near it.
func TestRolled(t *testing.T) {
	last, pale := 0.0, 1.0
	for _, k := range []float64{0.3, 0.6, 0.9, 1.2, 1.6, 2.2, 3, 5} {
		in := rgb{k, 0.5 * k, 0.3 * k}
		out := in.rolled(0.7)
		top := max(out[0], out[1], out[2])
		if top > 1 || top <= last {
			t.Errorf("%.1f becomes %.3f, after %.3f", k, top, last)
		}
		if d := turn(toLab(out).hue() - toLab(in).hue()); math.Abs(d) > 8 {
			t.Errorf("%.1f turns by %.0f°", k, d)
		}
		if share := 1 - out[2]/out[0]; share > pale+1e-9 || k > 1.5 && share > 0.65 {
			t.Errorf("%.1f: %.2f of colour left, %.2f before", k, share, pale)
		} else {
			pale = share
		}
		last = top
	}
}

// TestGlowColour holds that what glows in neon light lends its colour to what is beside it.
func TestGlowColour(t *testing.T) {
	format := formats["landscape"]
	l := levelsOf(format)
	f := even(format, 40)
	y, cb, cr := l.toCodes(rgb{1, 0.25, 0.2})
	for row := 70; row < 110; row++ {
		for x := 130; x < 190; x++ {
			f.Y[row*format.Width+x] = toByte(y)
			f.Cb[row/2*format.ChromaWidth()+x/2], f.Cr[row/2*format.ChromaWidth()+x/2] = toByte(cb), toByte(cr)
		}
	}
	was := retake.NewFrame(format)
	was.CopyFrom(f)
	chain, err := NewChain(Config{Threads: 1}, Setup{Format: format, Frames: 3, Looks: []Look{asking(Neon, 0.6)}})
	if err != nil {
		t.Fatal(err)
	}
	chain.Apply(f, 1)
	near, far := 66/2*format.ChromaWidth()+80, 10/2*format.ChromaWidth()+80
	if d := int(f.Cr[near]) - int(f.Cr[far]); d < 4 {
		t.Errorf("Cr beside the red light is %d, far from it %d", f.Cr[near], f.Cr[far])
	}
}
