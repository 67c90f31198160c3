package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
)

// noisy is a ground with a bar that moves, and grain that is another in each picture.
func noisy(format retake.PictureFormat, index, grain int) *retake.Frame {
	f := even(format, 110)
	for y := range format.Height {
		row := f.Y[y*format.Width : (y+1)*format.Width]
		for x := range row {
			if at := 20 + 3*index; x >= at && x < at+12 {
				row[x] = 200
			}
			if grain > 0 {
				row[x] = byte(int(row[x]) + int(hash(uint64(index), uint64(x), uint64(y))%uint64(2*grain+1)) - grain)
			}
		}
	}
	return f
}

// TestDenoise holds that grain goes where nothing moves, and that what moves keeps its edges and its brightness and leaves nothing behind.
func TestDenoise(t *testing.T) {
	format := formats["landscape"]
	const frames, grain, at = 41, 6, 30
	c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{{Kind: Denoise, Strength: 0.6}}})
	if err != nil {
		t.Fatal(err)
	}
	var f *retake.Frame
	for i := range at + 1 {
		f = noisy(format, i, grain)
		c.Apply(f, i)
	}
	clean, before := noisy(format, at, 0), noisy(format, at, grain)
	bar := 20 + 3*at
	off := func(g *retake.Frame, x0, x1 int) float64 {
		sum, n := 0.0, 0.0
		for y := range format.Height {
			for x := x0; x < x1; x++ {
				d := float64(g.Y[y*format.Width+x]) - float64(clean.Y[y*format.Width+x])
				sum, n = sum+d*d, n+1
			}
		}
		return math.Sqrt(sum / n)
	}
	if a, b := off(f, bar+60, format.Width), off(before, bar+60, format.Width); a > 0.4*b {
		t.Errorf("grain of %.2f codes becomes %.2f where nothing moves", b, a)
	}
	for _, part := range [][2]int{{bar - 14, bar}, {bar, bar + 12}} { // behind the bar, and the bar
		if a, b := off(f, part[0], part[1]), off(before, part[0], part[1]); a > b+1.5 {
			t.Errorf("columns %d to %d: %.2f codes off the clean picture, %.2f before", part[0], part[1], a, b)
		}
	}
}

// TestDeband holds that steps of a smooth ramp become finer, in the mean of neighbours, and that an edge stays where it is.
func TestDeband(t *testing.T) {
	format := formats["landscape"]
	ramp := func(x int) float64 { return 60 + 0.07*float64(x) }
	f := even(format, 0)
	edge := format.Width - 40
	for i := range f.Y {
		x := i % format.Width
		if f.Y[i] = byte(ramp(x)); x >= edge {
			f.Y[i] = 180
		}
	}
	before := retake.NewFrame(format)
	before.CopyFrom(f)
	c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: 40, Looks: []Look{{Kind: Deband, Strength: 0.6}}})
	if err != nil {
		t.Fatal(err)
	}
	c.Apply(f, 20)
	// The greatest change of the mean over a square beside it: an eye sees steps, not levels.
	step := func(g *retake.Frame) float64 {
		most, last := 0.0, -1.0
		for x := 30; x+8 < edge-30; x += 4 {
			sum := 0.0
			for y := 20; y < 60; y++ {
				for k := range 8 {
					sum += float64(g.Y[y*format.Width+x+k])
				}
			}
			if last >= 0 {
				most = max(most, math.Abs(sum-last)/320)
			}
			last = sum
		}
		return most
	}
	if a, b := step(f), step(before); a > 0.75*b {
		t.Errorf("the greatest step is %.3f codes, %.3f before", a, b)
	}
	for y := range format.Height {
		if a, b := f.Y[y*format.Width+edge-1], f.Y[y*format.Width+edge]; a > 90 || b != 180 {
			t.Fatalf("row %d: the edge is now %d to %d", y, a, b)
		}
	}
}
