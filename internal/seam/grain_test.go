package seam

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

// New pictures get the grain of the old, where they are new: as much as they lack of it, or less of what they have too much. The
// same seed gives the same grain.
func TestGrainIsMatched(t *testing.T) {
	s := testScene()
	for name, drift := range map[string]func(*retake.Frame, int){
		"cleaned": func(f *retake.Frame, at int) {
			scene{s.format, 0, s.pan}.draw(f, at)
		},
		"noisier": noisy,
	} {
		t.Run(name, func(t *testing.T) {
			clean := func(f *retake.Frame, at int) {
				drift(f, at)
				if name == "cleaned" && at >= testHandle && at < testHandle+testLength {
					object(f)
				}
			}
			var draw func(*retake.Frame)
			if name == "noisier" {
				draw = object
			}
			original, raw, fixed, fit := fitted(t, s, clean, 0, draw)
			if math.Abs(fit.want.fine-s.grain) > 0.4 {
				t.Errorf("the clip's grain is %.1f and was taken for %.1f", s.grain, fit.want.fine)
			}
			inside := func(f *retake.Frame) float64 { // the object is flat
				var patch []byte
				for y := 76; y < 104; y++ {
					patch = append(patch, f.Y[y*s.format.Width+150:y*s.format.Width+190]...)
				}
				return deviation(patch, 40, 28, false)
			}
			t.Logf("inside the object %.2f became %.2f; %.2f in the clip", inside(raw[6]), inside(fixed[6]), fit.want.fine)
			if got := inside(fixed[6]); math.Abs(got-fit.want.fine) > 0.5 || math.Abs(inside(raw[6])-fit.want.fine) < 0.8 {
				t.Errorf("grain of %.2f became %.2f, the clip has %.2f", inside(raw[6]), got, fit.want.fine)
			}
			_, _, again, _ := fitted(t, s, clean, 0, draw)
			if !bytes.Equal(fixed[6].Data, again[6].Data) || bytes.Equal(fixed[6].Data, original[6].Data) {
				t.Error("the same seed gave other pictures, or none")
			}
		})
	}
}

// Coarse grain, as compression leaves it, is told from fine and matched at both sizes.
func TestCoarseGrain(t *testing.T) {
	want := noise{fine: 2, coarse: 1.8, chroma: 1}
	g := newGrain(noise{}, want, 3)
	f := retake.NewFrame(retake.PictureFormat{Width: 512, Height: 256})
	for i := range f.Data {
		f.Data[i] = 120
	}
	m := newMask(f.Format, tolerance{})
	for i := range m.now.v {
		m.now.v[i] = 255
	}
	g.to(f, 0, m)
	got := noiseOf(f)
	for name, v := range map[string][2]float64{"fine": {got.fine, want.fine}, "coarse": {got.coarse, want.coarse}, "chroma": {got.chroma, want.chroma}} {
		if math.Abs(v[0]-v[1]) > 0.25*v[1] {
			t.Errorf("%s grain of %.2f, want %.2f", name, v[0], v[1])
		}
	}
}
