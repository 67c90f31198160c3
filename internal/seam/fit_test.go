package seam

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"retake/internal/measure"
	"retake/internal/retake"
)

const (
	testHandle = 4
	testLength = 8
)

func testScene() scene {
	return scene{format: retake.PictureFormat{Width: 320, Height: 180}, grain: 1.5, pan: 1}
}

func gamma(g float64) func(*retake.Frame, int) {
	return func(f *retake.Frame, _ int) {
		colour(f, func(y, cb, cr float64) (float64, float64, float64) {
			return 16 + 219*math.Pow(max(y-16, 0)/219, g), cb, cr
		})
	}
}

func soft(f *retake.Frame, _ int) {
	p := plane{f.Format.Width, f.Format.Height, f.Y}
	p.blur(1, make([]uint16, len(f.Y)))
}

func noisy(f *retake.Frame, i int) {
	rng := rand.New(rand.NewPCG(99, uint64(i)))
	for k, v := range f.Y {
		f.Y[k] = clip8(int32(v) + int32(math.Round(4*rng.NormFloat64())))
	}
}

var hue = func() affine {
	s, c := math.Sincos(12 * math.Pi / 180)
	return affine{{1, 0, 0, 0}, {0, c, -s, 0}, {0, s, c, 0}}
}()

// drifts are what engines do to all of a window.
var drifts = []struct {
	name  string
	drift func(*retake.Frame, int)
	late  int
	said  string
}{
	{"none", func(*retake.Frame, int) {}, 0, ""},
	{"gain", linear(affine{{0.93, 0, 0, 0}, {0, 1.1, 0, 0}, {0, 0, 0.9, 0}}), 0, "colours had drifted"},
	{"offset", linear(affine{{1, 0, 0, 6}, {0, 1, 0, -3}, {0, 0, 1, 2}}), 0, "colours had drifted"},
	{"growing", func(f *retake.Frame, at int) {
		linear(affine{{1, 0, 0, 0.5 * float64(at)}, {0, 1, 0, 0}, {0, 0, 1, 0}})(f, at)
	}, 0, "colours had drifted"},
	{"gamma", gamma(1.25), 0, "colours had drifted"},
	{"hue", linear(hue), 0, "colours had drifted"},
	{"noisier", noisy, 0, ""},
	{"softer", soft, 0, ""},
	{"late", func(*retake.Frame, int) {}, 1, "one picture too late"},
	{"early", func(*retake.Frame, int) {}, -1, "one picture too early"},
	{"matrix 601 for 709", linear(rematrix(luminance{0.2126, 0.0722}, luminance{0.299, 0.114})), 0, "BT.601 in place of BT.709"},
	{"matrix 709 for 601", linear(rematrix(luminance{0.299, 0.114}, luminance{0.2126, 0.0722})), 0, "BT.709 in place of BT.601"},
	{"squeezed range", linear(affine{{219.0 / 255, 0, 0, 16}, {0, 224.0 / 255, 0, 0}, {0, 0, 224.0 / 255, 0}}), 0, "limited range in place of full"},
	{"stretched range", linear(affine{{255.0 / 219, 0, 0, -16 * 255.0 / 219}, {0, 255.0 / 224, 0, 0}, {0, 0, 255.0 / 224, 0}}), 0, "full range in place of limited"},
}

// fitted runs a drifting answer through the fit and returns the segment with the pictures around it: the original's, the
// uncorrected and the corrected.
func fitted(t *testing.T, s scene, drift func(*retake.Frame, int), late int, edit func(*retake.Frame)) (original, raw, fixed []*retake.Frame, fit *Fit) {
	t.Helper()
	total := testLength + 2*testHandle
	answer := func(f *retake.Frame, i int) { // picture i of the window
		at := min(max(i-late, 0), total-1)
		s.draw(f, at)
		if edit != nil && at >= testHandle && at < testHandle+testLength {
			edit(f)
		}
		drift(f, at)
	}
	handle := func(first int) Handle {
		load := func(draw func(*retake.Frame, int)) Load {
			return func(i int, dst *retake.Frame) (bool, error) {
				if k := first + i; k < 0 || k >= total {
					return false, nil
				}
				draw(dst, first+i)
				return true, nil
			}
		}
		return Handle{Count: testHandle, Shown: load(s.draw), Answer: load(answer)}
	}
	fit, err := Measure(s.format, handle(0), handle(testHandle+testLength), 5)
	if err != nil {
		t.Fatal(err)
	}
	shift := fit.HeadShift
	r := fit.Reader(&film{make: func(f *retake.Frame, i int) { s.draw(f, testHandle+i) }, end: testLength},
		&film{make: func(f *retake.Frame, i int) { answer(f, testHandle+i+shift) }, end: testLength}, testLength)
	for i := range testLength {
		a, b, c := retake.NewFrame(s.format), retake.NewFrame(s.format), retake.NewFrame(s.format)
		s.draw(a, testHandle+i)
		answer(b, testHandle+i)
		if err := r.Next(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		original, raw, fixed = append(original, a), append(raw, b), append(fixed, c)
	}
	return original, raw, fixed, fit
}

// step is how the result steps at the segment's start, in multiples of the original's largest own step.
func step(s scene, original []*retake.Frame, first *retake.Frame) (luma, chroma float64) {
	before := retake.NewFrame(s.format)
	s.draw(before, testHandle-1)
	own := []measure.Means{means(before)}
	for _, f := range original {
		own = append(own, means(f))
	}
	ownY, ownC := measure.LargestSteps(own)
	y, c := means(before).Step(means(first))
	return retake.NewStep(y, ownY).Times, retake.NewStep(c, ownC).Times
}

func TestDriftIsUndone(t *testing.T) {
	s := testScene()
	for _, d := range drifts {
		t.Run(d.name, func(t *testing.T) {
			original, raw, fixed, fit := fitted(t, s, d.drift, d.late, nil)
			y0, c0 := step(s, original, raw[0])
			y1, c1 := step(s, original, fixed[0])
			a, _ := measure.Compare(original[6].Y, raw[6].Y, s.format.Width, s.format.Height)
			b, _ := measure.Compare(original[6].Y, fixed[6].Y, s.format.Width, s.format.Height)
			t.Logf("luma %.2f → %.2f, chroma %.2f → %.2f; %.1f → %.1f dB; tolerance %+v; %q", y0, y1, c0, c1, a.PSNR, b.PSNR, fit.tolerance, fit.Notes)
			if y1 > retake.StepLimit || c1 > retake.StepLimit {
				t.Errorf("steps of %.2f and %.2f", y1, c1)
			}
			if b.PSNR < 60 {
				t.Errorf("where nothing was edited the result has %.1f dB", b.PSNR)
			}
			if said := fmt.Sprint(fit.Notes); !strings.Contains(said, d.said) || d.said == "" && len(fit.Notes) > 0 {
				t.Errorf("notes %q, want %q", fit.Notes, d.said)
			}
		})
	}
}

// What an edit draws stays, in the colours meant, and what lies away from it is the original's to the byte.
func TestEditIsKept(t *testing.T) {
	s := testScene()
	for _, d := range drifts {
		if !slices.Contains([]string{"gain", "gamma", "noisier", "softer", "late"}, d.name) {
			continue // slow
		}
		t.Run(d.name, func(t *testing.T) {
			original, _, fixed, _ := fitted(t, s, d.drift, d.late, object)
			w := s.format.Width
			f, o := fixed[6], original[6]
			var inside float64
			for y := 80; y < 100; y++ {
				for x := 150; x < 190; x++ {
					inside += float64(f.Y[y*w+x]) / (20 * 40)
				}
			}
			if math.Abs(inside-40) > 3.5 {
				t.Errorf("the object has luma %.1f, 40 was meant", inside)
			}
			if !bytes.Equal(f.Y[:w*40], o.Y[:w*40]) || !bytes.Equal(f.Y[w*140:], o.Y[w*140:]) {
				t.Error("pixels that nothing touched changed")
			}
			touched := 0
			for i := range f.Y {
				if f.Y[i] != o.Y[i] {
					touched++
				}
			}
			t.Logf("object %.1f; %d pixels of %d changed for an object of 2400", inside, touched, len(f.Y))
			if touched > 9000 {
				t.Errorf("%d pixels changed", touched)
			}
		})
	}
}

// An edit of the whole picture has no mask to hide behind: the fit alone has to close the seam. This one changes no mean.
func TestWholePictureEdit(t *testing.T) {
	s := testScene()
	weave := func(f *retake.Frame) {
		for i, v := range f.Y {
			if x, y := i%f.Format.Width, i/f.Format.Width; (x/10+y/10)%2 == 0 {
				f.Y[i] = clip8(int32(v) + 12)
			} else {
				f.Y[i] = clip8(int32(v) - 12)
			}
		}
	}
	for _, d := range drifts {
		if !slices.Contains([]string{"gain", "growing", "hue", "softer", "matrix 601 for 709"}, d.name) {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			original, raw, fixed, _ := fitted(t, s, d.drift, d.late, weave)
			y0, c0 := step(s, original, raw[0])
			y1, c1 := step(s, original, fixed[0])
			t.Logf("luma %.2f → %.2f, chroma %.2f → %.2f", y0, y1, c0, c1)
			if y1 > retake.StepLimit || c1 > retake.StepLimit {
				t.Errorf("steps of %.2f and %.2f", y1, c1)
			}
			if m, _ := measure.Compare(original[6].Y, fixed[6].Y, s.format.Width, s.format.Height); m.PSNR > 32 {
				t.Errorf("the edit is gone: %.1f dB", m.PSNR)
			}
		})
	}
}
