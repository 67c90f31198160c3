package picture

import (
	"bytes"
	"testing"
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
