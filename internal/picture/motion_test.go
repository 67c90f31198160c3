package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

// pan draws a textured ground that moves left by 7 samples a picture, behind a disc that moves right and down.
func pan(format retake.PictureFormat, n float64) *retake.Frame {
	f := retake.NewFrame(format)
	w := format.Width
	at := func(x, y float64) float64 {
		if dx, dy := x-(90+5*n), y-(70+2*n); dx*dx+dy*dy < 40*40 {
			return 190 + 20*math.Sin(dx/4)*math.Cos(dy/5)
		}
		u := x + 7*n
		return 90 + 30*math.Sin(u/9+math.Sin(y/23))*math.Cos(y/7) + 15*math.Sin(u/3.7+y/11)
	}
	for i := range f.Y {
		f.Y[i] = toByte(at(float64(i%w), float64(i/w)))
	}
	cw := format.ChromaWidth()
	for i := range f.Cb {
		v := at(float64(i%cw*2), float64(i/cw*2))
		f.Cb[i], f.Cr[i] = toByte(148-v/8), toByte(110+v/6)
	}
	return f
}

// TestInterpolation holds that the picture between two others is close to the true one: much closer than their mean,
// which shows everything twice.
func TestInterpolation(t *testing.T) {
	format := retake.PictureFormat{Width: 360, Height: 200, Rate: rate30}
	m := newMixer(crew{threads: 2}, format)
	got, plain := retake.NewFrame(format), retake.NewFrame(format)
	weights := [4]int32{128, 128}
	for n := range 4 {
		window := []*retake.Frame{pan(format, float64(n)), pan(format, float64(n+1))}
		m.mix(got, window, n, 0.5, 0.5)
		weighted(plain.Data, window, &weights, 0, len(plain.Data))
		want := pan(format, float64(n)+0.5)
		a, b := square(got, want), square(plain, want)
		if a > b/3 {
			t.Errorf("pictures %d and %d: mean square error %.1f, that of the plain mean is %.1f", n, n+1, a, b)
		}
	}
}

// TestInterpolationEnds holds that at the very start of the way the picture is the first one, and near the end almost the second.
func TestInterpolationEnds(t *testing.T) {
	format := retake.PictureFormat{Width: 360, Height: 200, Rate: rate30}
	window := []*retake.Frame{pan(format, 0), pan(format, 1)}
	m, got := newMixer(crew{threads: 1}, format), retake.NewFrame(format)
	m.mix(got, window, 0, 0, 0.5)
	if !bytes.Equal(got.Data, window[0].Data) {
		t.Error("share 0 is not the first picture")
	}
	m.mix(got, window, 0, 1, 0.5)
	if e := square(got, window[1]); e > 1 {
		t.Errorf("share 1 differs from the second picture by %.2f", e)
	}
}

// TestStill holds that where nothing moves nothing changes.
func TestStill(t *testing.T) {
	for name, format := range formats {
		window := []*retake.Frame{scene(format, 0), scene(format, 0)}
		m, got := newMixer(crew{threads: 2}, format), retake.NewFrame(format)
		m.mix(got, window, 0, 0.5, 0.5)
		if !bytes.Equal(got.Data, window[0].Data) {
			t.Errorf("%s: a still picture was changed", name)
		}
	}
}

// TestShutter holds that the weights of a fast part add up and follow the way.
func TestShutter(t *testing.T) {
	m := mixer{}
	for _, tt := range []struct{ share, span float64 }{{0, 1.2}, {0.5, 1.7}, {0.9, 2.4}, {0.99, 3}} {
		var w [4]int32
		m.weigh(&w, 4, tt.share, tt.span)
		sum := int32(0)
		for _, v := range w {
			if v < 0 {
				t.Errorf("%v: weights %v", tt, w)
			}
			sum += v
		}
		if sum != 256 {
			t.Errorf("%v: weights %v add up to %d", tt, w, sum)
		}
	}
}

func square(a, b *retake.Frame) float64 {
	sum := 0.0
	for i := range a.Data {
		d := float64(a.Data[i]) - float64(b.Data[i])
		sum += d * d
	}
	return sum / float64(len(a.Data))
}

// TestVectors holds that the ground's vectors are found exactly: 7 samples, an odd number that half-size vectors miss.
func TestVectors(t *testing.T) {
	format := retake.PictureFormat{Width: 360, Height: 200, Rate: rate30}
	m := newMotion(crew{threads: 1}, format)
	m.estimate(pan(format, 0), pan(format, 1), 0)
	right, all := 0, 0
	for i, v := range m.fine {
		if x := i % m.bw; x < m.bw/2 || x >= m.bw-2 {
			continue // the disc is on the left
		}
		all++
		if v == (vector{-7, 0}) {
			right++
		}
	}
	if right*10 < all*8 {
		t.Errorf("%d of %d vectors are right", right, all)
	}
}
