package picture

import (
	"math"
	"testing"

	"retake/internal/wish"
)

// TestBasics holds what each of the plain corrections does to the mean of light and to colours.
func TestBasics(t *testing.T) {
	format := formats["landscape"]
	of := func(kind Kind, d wish.Detail) (light, colour, range_ float64) {
		got := run(t, Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 9, Seed: 5, Looks: []Look{{Kind: kind, Strength: 0.6, Detail: d}}}, false)[4]
		return mean(got.Y), spread(got.Cb) + spread(got.Cr), spread(got.Y)
	}
	plain := scene(format, 4)
	light, colour, contrast := mean(plain.Y), spread(plain.Cb)+spread(plain.Cr), spread(plain.Y)
	if l, _, _ := of(Brighter, wish.Detail{}); l < light+12 {
		t.Errorf("brighter: luma %.0f, was %.0f", l, light)
	}
	if l, _, _ := of(Darker, wish.Detail{}); l > light-12 {
		t.Errorf("darker: luma %.0f, was %.0f", l, light)
	}
	if _, _, r := of(Contrast, wish.Detail{}); r < 1.2*contrast {
		t.Errorf("contrast: %.2f of what it was", r/contrast)
	}
	if _, c, _ := of(MoreColour, wish.Detail{}); c < 1.15*colour {
		t.Errorf("more colour: %.2f of what it was", c/colour)
	}
	if _, c, _ := of(LessColour, wish.Detail{}); c > 0.6*colour {
		t.Errorf("less colour: %.2f of what it was", c/colour)
	}
	if _, c, r := of(Faded, wish.Detail{}); c > 0.8*colour || r > 0.95*contrast {
		t.Errorf("faded: %.2f of the colour, %.2f of the contrast", c/colour, r/contrast)
	}
	if got := run(t, Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 9, Looks: []Look{{Kind: Tinted, Strength: 0.6, Detail: wish.Detail{To: wish.Colour{Name: "red", R: 230, G: 30, B: 30}}}}}, false)[4]; mean(got.Cr) < mean(plain.Cr)+8 {
		t.Errorf("red tint: Cr %.0f, was %.0f", mean(got.Cr), mean(plain.Cr))
	}
	if l, _, r := of(Inverted, wish.Detail{}); math.Abs(l-(251-light)) > 4 || r < 0.9*contrast {
		t.Errorf("inverted: luma %.0f of %.0f, a contrast of %.2f of %.2f", l, light, r, contrast)
	}
}
