package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// barAt is a picture of grey with a bright upright bar, 12 samples wide, at a column.
func barAt(format retake.PictureFormat, x int) *retake.Frame {
	f := retake.NewFrame(format)
	for i := range f.Data {
		f.Data[i] = 128
	}
	for i := range f.Y {
		f.Y[i] = byte(60 + 10*unit(hash(uint64(i))))
		if c := i % format.Width; c >= x && c < x+12 {
			f.Y[i] = 220
		}
	}
	return f
}

// TestMotionBlur holds that what moves is drawn out along its way and what stands still stays as it is, to the byte.
func TestMotionBlur(t *testing.T) {
	format := formats["landscape"]
	spread := func(step int, l Look) (rows int, still bool) {
		chain, err := NewChain(Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 21, Looks: []Look{l}})
		if err != nil {
			t.Fatal(err)
		}
		var f, plain *retake.Frame
		for i := range 12 {
			f, plain = barAt(format, 60+step*i), barAt(format, 60+step*i)
			chain.Apply(f, i)
		}
		row := f.Y[90*format.Width : 91*format.Width]
		for _, v := range row {
			if v > 85 {
				rows++
			}
		}
		return rows, bytes.Equal(f.Data, plain.Data)
	}
	look := Look{Kind: MotionBlur, Strength: 0.6}
	if n, same := spread(0, look); !same {
		t.Errorf("a still picture is changed: the bar is %d wide", n)
	}
	if n, _ := spread(6, look); n < 19 || n > 36 {
		t.Errorf("a bar of 12 that moves by 6 is drawn over %d samples", n)
	}
	look.Direction = wish.Right
	if n, _ := spread(0, look); n < 18 {
		t.Errorf("drawn out to the right, a bar of 12 is %d wide", n)
	}
	look.Direction = wish.Down
	if n, _ := spread(0, look); n != 12 {
		t.Errorf("drawn out downwards, a bar of 12 is %d wide", n)
	}
}

// TestNoiseIsNoMotion holds that grain, which is another in each picture, isn't drawn out.
func TestNoiseIsNoMotion(t *testing.T) {
	format := formats["landscape"]
	chain, err := NewChain(Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 21, Looks: []Look{{Kind: MotionBlur, Strength: 0.8}}})
	if err != nil {
		t.Fatal(err)
	}
	var f, plain *retake.Frame
	for i := range 10 {
		f = retake.NewFrame(format)
		for n := range f.Data {
			f.Data[n] = 128
		}
		for n := range f.Y {
			f.Y[n] = byte(100 + 24*unit(hash(uint64(i), uint64(n))))
		}
		plain = retake.NewFrame(format)
		plain.CopyFrom(f)
		chain.Apply(f, i)
	}
	if d := difference(f, plain); d > 0.3 {
		t.Errorf("grain changes by %.2f codes", d)
	}
}

// sharpness is the mean step from a sample of luma to the next in a part of the picture.
func sharpness(f *retake.Frame, x0, y0, x1, y1 int) float64 {
	sum, w := 0.0, f.Format.Width
	for y := y0; y < y1; y++ {
		for x := x0; x < x1-1; x++ {
			sum += math.Abs(float64(f.Y[y*w+x+1]) - float64(f.Y[y*w+x]))
		}
	}
	return sum / float64((x1-x0-1)*(y1-y0))
}

// checkered has detail everywhere.
func checkered(format retake.PictureFormat) *retake.Frame {
	f := retake.NewFrame(format)
	for i := range f.Data {
		f.Data[i] = 100
	}
	for i := range f.Y {
		f.Y[i] = byte(60 + 120*((i%format.Width/3+i/format.Width/3)%2))
	}
	return f
}

// after is a picture after a look, in the middle of the segment.
func after(t *testing.T, f *retake.Frame, l Look, seed int64) *retake.Frame {
	t.Helper()
	chain, err := NewChain(Config{Threads: 2, Ramp: 0.1}, Setup{Format: f.Format, Frames: 21, Looks: []Look{l}, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	chain.Apply(f, 10)
	return f
}

// TestTiltShift holds where the picture is sharp: in a band, upright where a side is named.
func TestTiltShift(t *testing.T) {
	format := formats["landscape"]
	plain := sharpness(checkered(format), 0, 0, 320, 180)
	for place, band := range map[wish.Place][4]int{"": {0, 92, 320, 110}, wish.Top: {0, 40, 320, 52}, wish.AtLeft: {76, 0, 104, 180}} {
		f := after(t, checkered(format), Look{Kind: TiltShift, Strength: 0.6, Detail: wish.Detail{Place: place}}, 1)
		if s := sharpness(f, band[0], band[1], band[2], band[3]); s < 0.95*plain {
			t.Errorf("%q: the band has lost its detail, %.1f of %.1f", place, s, plain)
		}
		if s := sharpness(f, 280, 165, 320, 180); s > 0.2*plain {
			t.Errorf("%q: the far corner is sharp, %.1f of %.1f", place, s, plain)
		}
		if d := int(f.Cb[0]); d >= 100 {
			t.Errorf("%q: colour is %d, no stronger than 100", place, d)
		}
	}
}

// TestHeatHaze holds that the air over the ground bends what is seen by some samples, the sky little, and otherwise a moment later.
func TestHeatHaze(t *testing.T) {
	format := formats["landscape"]
	look := Look{Kind: HeatHaze, Strength: 0.8}
	plain, f := scene(format, 3), after(t, scene(format, 3), look, 5)
	part := func(a, b *retake.Frame, y0, y1 int) float64 {
		sum, w := 0.0, format.Width
		for i := y0 * w; i < y1*w; i++ {
			sum += math.Abs(float64(a.Y[i]) - float64(b.Y[i]))
		}
		return sum / float64((y1-y0)*w)
	}
	board, bent := checkered(format), after(t, checkered(format), look, 5)
	if sky, ground := part(board, bent, 0, 20), part(board, bent, 90, 130); sky > 0.75*ground || ground < 8 {
		t.Errorf("the sky changes by %.1f codes, the ground by %.1f", sky, ground)
	}
	if d := math.Abs(mean(plain.Y) - mean(f.Y)); d > 0.5 {
		t.Errorf("the mean luma changes by %.2f codes", d)
	}
}

// TestKaleidoscope holds that the picture is the same on both sides of a mirror and again a sixth of a turn on.
func TestKaleidoscope(t *testing.T) {
	format := formats["landscape"]
	f := after(t, scene(format, 3), Look{Kind: Kaleidoscope, Strength: 0.6}, 2)
	at := func(angle, radius float64) float64 {
		x, y := 159.5+radius*math.Cos(angle), 89.5+radius*math.Sin(angle)
		return float64(bilinear(f.Y, 320, 180, int64(x*65536), int64(y*65536)))
	}
	turn := 0.11*10.0/30 - math.Pi/2
	off, n := 0.0, 0.0
	for r := 20.0; r < 80; r += 4 {
		for a := 0.1; a < math.Pi/6; a += 0.1 {
			off += math.Abs(at(turn+a, r)-at(turn-a, r)) + math.Abs(at(turn+a, r)-at(turn+a+math.Pi/3, r))
			n += 2
		}
	}
	if off/n > 5 {
		t.Errorf("what is mirrored differs by %.1f codes", off/n)
	}
}
