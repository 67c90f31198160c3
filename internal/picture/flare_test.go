package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TestFlareFollows holds that the halo stands where the light is, follows it without a jump, and stands where the prompt says.
func TestFlareFollows(t *testing.T) {
	format := formats["landscape"]
	lamp := func(i int) *retake.Frame {
		f := even(format, 60)
		x0, y0 := format.Width/4+i*2, format.Height/3
		for y := y0 - 6; y < y0+6; y++ {
			for x := x0 - 6; x < x0+6; x++ {
				f.Y[y*format.Width+x] = 235
			}
		}
		return f
	}
	const frames = 40
	brightest := func(detail wish.Detail) (xs []float64, y float64) {
		c, err := NewChain(DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{{Kind: LensFlare, Strength: 0.6, Detail: detail}}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range frames {
			f := lamp(i)
			before := retake.NewFrame(format)
			before.CopyFrom(f)
			c.Apply(f, i)
			var sx, sy, sum float64
			for k, v := range f.Y {
				if d := float64(v) - float64(before.Y[k]); d > 40 {
					sx, sy, sum = sx+d*float64(k%format.Width), sy+d*float64(k/format.Width), sum+d
				}
			}
			if i > 15 && i < 25 {
				xs, y = append(xs, sx/sum), sy/sum
			}
		}
		return xs, y
	}
	xs, y := brightest(wish.Detail{})
	for k, x := range xs {
		at := float64(format.Width/4 + (16+k)*2)
		if math.Abs(x-at) > 30 || math.Abs(y-float64(format.Height/3)) > 25 {
			t.Errorf("the halo is at %.0f, %.0f; the light at %.0f, %d", x, y, at, format.Height/3)
		}
		if k > 0 && math.Abs(x-xs[k-1]) > 8 {
			t.Errorf("the halo jumps from %.0f to %.0f", xs[k-1], x)
		}
	}
	if xs, y = brightest(wish.Detail{Place: wish.BottomRight}); xs[0] < 0.7*float64(format.Width) || y < 0.7*float64(format.Height) {
		t.Errorf("bottom right is %.0f, %.0f", xs[0], y)
	}
}

// TestRackFocus holds that the subject is soft and the ground sharp at first, and the other way round at the end.
func TestRackFocus(t *testing.T) {
	format := formats["landscape"]
	w := format.Width
	detail := func(f *retake.Frame, x0, x1 int) float64 {
		sum := 0.0
		for y := format.Height / 3; y < 2*format.Height/3; y++ {
			for x := x0; x < x1; x++ {
				sum += math.Abs(float64(f.Y[y*w+x]) - float64(f.Y[y*w+x-1]))
			}
		}
		return sum
	}
	const frames = 61
	got := run(t, DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{{Kind: RackFocus, Strength: 0.8}}, Seed: 3}, true)
	ground := func(i int) float64 { return detail(got[i], 2, w/6) }
	if early, late, own := ground(18), ground(44), ground(0); early < 0.8*own || late > 0.8*own {
		t.Errorf("detail of the ground: %.0f early, %.0f late, %.0f in the original", early, late, own)
	}
	subject := func(i int) float64 { return detail(got[i], 9*w/20, 11*w/20) }
	if early, late := subject(18), subject(44); early > 0.9*late {
		t.Errorf("detail of the subject: %.0f early, %.0f late", early, late)
	}
}
