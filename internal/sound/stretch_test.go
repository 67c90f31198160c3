package sound

import (
	"math"
	"testing"

	"retake/internal/retake"
)

// TestStretch holds that a note keeps its pitch and its level, that the length is the one asked for, and that nothing clicks.
func TestStretch(t *testing.T) {
	for _, rate := range []int{8000, 44100} {
		for _, by := range []float64{0.6, 0.8, 1, 1.25, 1.9} {
			p := planes{sine(rate, 2*rate, 220, 0.3), sine(rate, 2*rate, 220, 0.15)}
			got := stretch(p, by, float64(rate))
			near(t, "length", float64(got.frames()), by*float64(2*rate), 1)
			middle := got.cut(got.frames()/8, got.frames()*3/4)
			between(t, "share of the note", bandShare(middle, rate, 170, 270), 0.985, 1.001)
			near(t, "level of the left", rms(middle[:1]), 0.3/math.Sqrt2, 0.012)
			near(t, "left over right", rms(middle[:1])/rms(middle[1:]), 2, 1e-3)
			most := 0.0
			for i := 1; i < middle.frames(); i++ {
				most = max(most, math.Abs(float64(middle[0][i]-middle[0][i-1])))
			}
			between(t, "steepest step", most, 0, 1.6*0.3*2*math.Pi*220/float64(rate))
		}
	}
}

// TestStretchKeepsTheBeat holds that what happens at a share of the sound still does.
func TestStretchKeepsTheBeat(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	p := split(talk(f, 6*f.Rate, 3), 1)
	a, b := envelope(p, 320), envelope(stretch(p, 1.5, 16000), 480)
	var xy, xx, yy float64
	am, _ := meanAndSpread(a)
	bm, _ := meanAndSpread(b)
	for i := range min(len(a), len(b)) {
		x, y := a[i]-am, b[i]-bm
		xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
	}
	between(t, "correlation of the envelopes", xy/math.Sqrt(xx*yy), 0.9, 1)
}
