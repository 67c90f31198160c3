package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/wish"
)

// bullseye is a picture with one bright dot, and where its light is after a look, in the middle of the segment or at another picture.
func dotAfter(t *testing.T, l Look, x, y, at int) (cx, cy float64) {
	t.Helper()
	format := formats["landscape"]
	chain, err := NewChain(Config{Threads: 2, Ramp: 0.2}, Setup{Format: format, Frames: 61, Looks: []Look{l}, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	f := scene(format, 0)
	for i := range f.Y {
		f.Y[i] = 16
	}
	for j := y - 3; j <= y+3; j++ {
		for i := x - 3; i <= x+3; i++ {
			f.Y[j*format.Width+i] = 235
		}
	}
	chain.Apply(f, at)
	var sum float64
	for i, v := range f.Y {
		w := float64(v) - 16
		sum += w
		cx += w * float64(i%format.Width)
		cy += w * float64(i/format.Width)
	}
	return cx / sum, cy / sum
}

// TestCamera holds which way each move goes.
func TestCamera(t *testing.T) {
	for _, tt := range []struct {
		name   string
		look   Look
		x, y   int
		at     int
		dx, dy float64 // about where the dot goes, in samples
	}{
		{"zoom in", Look{Kind: Zoom, Strength: 0.6}, 220, 90, 40, 9, 0},
		{"zoom in, 2 times", Look{Kind: Zoom, Strength: 0.6, Detail: wish.Detail{Amount: 2}}, 200, 90, 30, 17, 0},
		{"zoom in by 90 %", Look{Kind: Zoom, Strength: 0.6, Detail: wish.Detail{Amount: 0.9}}, 200, 90, 30, 15, 0},
		{"zoom out", Look{Kind: Zoom, Strength: 0.6, Detail: wish.Detail{Direction: wish.Out}}, 220, 90, 20, 9, 0},
		{"pan right", Look{Kind: Pan, Strength: 0.6}, 160, 90, 50, -23, 0},
		{"pan left", Look{Kind: Pan, Strength: 0.6, Detail: wish.Detail{Direction: wish.Left}}, 160, 90, 50, 23, 0},
		{"tilt", Look{Kind: Tilt, Strength: 0.6}, 220, 90, 30, 13, 9},
		{"mirror", Look{Kind: Mirror, Strength: 0.6}, 220, 90, 30, -121, 0},
		{"upside down", Look{Kind: Mirror, Strength: 0.6, Detail: wish.Detail{Direction: wish.Down}}, 220, 60, 30, 0, 59},
	} {
		x, y := dotAfter(t, tt.look, tt.x, tt.y, tt.at)
		if dx, dy := x-float64(tt.x), y-float64(tt.y); math.Abs(dx-tt.dx) > 6 || math.Abs(dy-tt.dy) > 6 {
			t.Errorf("%s: the dot moves by %.1f, %.1f, want about %.0f, %.0f", tt.name, dx, dy, tt.dx, tt.dy)
		}
	}
}

// TestNoEdgeShows holds that no move shows what lies outside the picture: on a picture whose border is black and all else white, no more of it is seen.
func TestNoEdgeShows(t *testing.T) {
	format := formats["landscape"]
	for _, kind := range []Kind{Zoom, Pan, Tilt, Handheld} {
		for _, at := range []int{15, 30, 45} {
			chain, err := NewChain(Config{Threads: 1, Ramp: 0.2}, Setup{Format: format, Frames: 61, Looks: []Look{{Kind: kind, Strength: 1}}, Seed: 4})
			if err != nil {
				t.Fatal(err)
			}
			f := scene(format, 0)
			for i := range f.Y {
				f.Y[i] = 200
				if x, y := i%format.Width, i/format.Width; x == 0 || y == 0 || x == format.Width-1 || y == format.Height-1 {
					f.Y[i] = 0
				}
			}
			chain.Apply(f, at)
			dark := 0
			for _, v := range f.Y {
				if v < 60 {
					dark++
				}
			}
			if most := 2 * (format.Width + format.Height); dark > most {
				t.Errorf("%s, picture %d: %d samples of the border are seen, of %d", kind, at, dark, most)
			}
		}
	}
}

// TestFrames holds what is done to the picture's frame: bars of the right height, black at the end of a fade, squares where they are asked for.
func TestFrames(t *testing.T) {
	format := formats["landscape"]
	at := func(l Look, index int) []byte {
		chain, err := NewChain(Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 31, Looks: []Look{l}})
		if err != nil {
			t.Fatal(err)
		}
		f := scene(format, 3)
		chain.Apply(f, index)
		return f.Y
	}
	plain, w := scene(format, 3).Y, format.Width
	got := at(Look{Kind: Letterbox, Strength: 0.6}, 15)
	if got[10*w+50] != 16 || got[170*w+50] != 16 || got[30*w+50] != plain[30*w+50] {
		t.Errorf("bars: luma %d, %d and %d", got[10*w+50], got[170*w+50], got[30*w+50])
	}
	if m := mean(at(Look{Kind: Fade, Strength: 0.6}, 26)); m > 24 {
		t.Errorf("near the end of a fade to black: luma %.0f", m)
	}
	if m := mean(at(Look{Kind: Fade, Strength: 0.6, Detail: wish.Detail{Direction: wish.In}}, 4)); m > 24 {
		t.Errorf("near the start of a fade from black: luma %.0f", m)
	}
	if m := mean(at(Look{Kind: Fade, Strength: 0.6, Detail: wish.Detail{To: wish.Colour{Name: "white", R: 255, G: 255, B: 255}}}, 26)); m < 220 {
		t.Errorf("near the end of a fade to white: luma %.0f", m)
	}
	got = at(Look{Kind: BlurRegion, Strength: 0.6, Detail: wish.Detail{Place: wish.TopRight}}, 15)
	if bytes.Equal(got[5*w+250:5*w+310], plain[5*w+250:5*w+310]) || !bytes.Equal(got[150*w:151*w], plain[150*w:151*w]) {
		t.Error("squares stand in another place than the corner that was named")
	}
}
