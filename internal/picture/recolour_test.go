package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

var named = map[string]wish.Colour{
	"red": {Name: "red", R: 208, G: 32, B: 42}, "blue": {Name: "blue", R: 36, G: 80, B: 200}, "green": {Name: "green", R: 42, G: 154, B: 60},
	"yellow": {Name: "yellow", R: 240, G: 208, B: 32}, "brown": {Name: "brown", R: 122, G: 74, B: 36}, "black": {Name: "black", R: 16, G: 16, B: 16},
	"white": {Name: "white", R: 245, G: 245, B: 245}, "grey": {Name: "grey", R: 128, G: 128, B: 128},
}

var redToBlue = Look{Kind: Recolour, Strength: 0.6, Detail: wish.Detail{From: named["red"], To: named["blue"]}}

// TestRecolour holds that colours of the range become the new one, with their light and shade, and that all others stay, in every matrix and range.
func TestRecolour(t *testing.T) {
	shades := [][3]uint8{{190, 40, 40}, {120, 25, 25}, {36, 80, 200}, {42, 154, 60}, {18, 18, 18}, {240, 208, 32}, {240, 240, 240}, {194, 150, 130}, {115, 82, 68}, {212, 140, 108}}
	const red, darkRed, blue, green, black, yellow, white, skin, darkSkin, sunlit = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	for _, format := range standards {
		for _, tt := range []struct {
			from, to  string
			changed   int
			untouched []int
		}{
			{"red", "blue", red, []int{blue, green, black, white, skin, darkSkin, sunlit}},
			{"red", "yellow", red, []int{blue, green, black, white, skin, darkSkin, sunlit}},
			{"red", "green", red, []int{blue, green, black, white, skin, darkSkin, sunlit}},
			{"green", "red", green, []int{red, blue, black, white, skin, darkSkin, sunlit}},
			{"blue", "white", blue, []int{red, green, black, white, skin, darkSkin, sunlit}},
			{"black", "red", black, []int{red, blue, green, white, skin, darkSkin, sunlit}},
			{"white", "blue", white, []int{red, blue, green, black, skin, darkSkin, sunlit}},
			{"yellow", "black", yellow, []int{red, blue, green, black, white, skin, darkSkin, sunlit}},
		} {
			look := Look{Kind: Recolour, Strength: 0.6, Detail: wish.Detail{From: named[tt.from], To: named[tt.to]}}
			before, after := patches(t, format, look, shades...)
			name := standardName(format) + ": " + tt.from + " to " + tt.to
			to := toLab(srgb(named[tt.to]))
			got := after[tt.changed]
			switch {
			case to.chroma() < neutral && got.chroma() > 0.03:
				t.Errorf("%s: %+v still has colour", name, got)
			case to.chroma() >= neutral && (math.Abs(turn(got.hue()-to.hue())) > 15 || got.chroma() < 0.35*to.chroma()):
				t.Errorf("%s: %+v, want the hue %.0f° and chroma of %.2f", name, got, to.hue(), to.chroma())
			case math.Abs(got.l-to.l) > 0.7*math.Abs(before[tt.changed].l-to.l)+0.05:
				t.Errorf("%s: lightness went from %.2f to %.2f, wanted %.2f", name, before[tt.changed].l, got.l, to.l)
			}
			if tt.changed == red && after[darkRed].l >= after[red].l-0.05 {
				t.Errorf("%s: shade is gone: %.2f and %.2f", name, after[darkRed].l, after[red].l)
			}
			for _, i := range tt.untouched {
				if d := math.Hypot(after[i].a-before[i].a, after[i].b-before[i].b) + math.Abs(after[i].l-before[i].l); d > 0.01 {
					t.Errorf("%s: %v went from %+v to %+v", name, shades[i], before[i], after[i])
				}
			}
		}
	}
}

// TestRecolourAsksForSkin holds that skin is changed where it or a colour like it is asked for.
func TestRecolourAsksForSkin(t *testing.T) {
	for _, d := range []wish.Detail{{From: named["brown"], To: named["blue"]}, {Object: "skin", From: wish.Colour{Name: "orange", R: 240, G: 138, B: 28}, To: named["blue"]}} {
		before, after := patches(t, swatch, Look{Kind: Recolour, Strength: 0.6, Detail: d}, [3]uint8{130, 92, 67}, [3]uint8{130, 92, 67})
		if math.Abs(turn(after[0].hue()-before[0].hue())) < 60 {
			t.Errorf("%v leaves brown skin at %.0f°", d, after[0].hue())
		}
	}
}

// TestRecolourStands holds that the colour that stands out is found, and that noise at the range's edge does not make it breathe.
func TestRecolourStands(t *testing.T) {
	format := formats["landscape"]
	before, after := scene(format, 4), run(t, Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 9, Looks: []Look{redToBlue}, Seed: 5}, false)[4]
	look := Look{Kind: Recolour, Strength: 0.6, Detail: wish.Detail{Object: "figure", To: named["blue"]}}
	found := run(t, Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 9, Looks: []Look{look}, Seed: 5}, false)[4]
	at := 130/2*format.ChromaWidth() + 150/2
	if after.Cb[at] < before.Cb[at]+40 || math.Abs(float64(found.Cb[at])-float64(after.Cb[at])) > 25 {
		t.Errorf("Cb of the figure goes from %d to %d where it is named, %d where it is found", before.Cb[at], after.Cb[at], found.Cb[at])
	}
}

// TestRecolourSteady holds that on a colour at the edge of the range, with noise of four codes in its chroma, the mean of a part moves from picture to
// picture by hardly more than a code.
func TestRecolourSteady(t *testing.T) {
	format := retake.PictureFormat{Width: 64, Height: 64, Rate: rate30, Matrix: "bt709"}
	l := levelsOf(format)
	red := toLab(srgb(named["red"]))
	for _, off := range []float64{-44, -30, 30, 38, 44, 50} {
		chain, err := NewChain(Config{Threads: 1}, Setup{Format: format, Frames: 100, Looks: []Look{redToBlue}})
		if err != nil {
			t.Fatal(err)
		}
		y, cb, cr := l.toCodes(red.turned(off, 0.7).light())
		worst, last := 0.0, -1.0
		for i := range 60 {
			f := retake.NewFrame(format)
			for n := range f.Y {
				f.Y[n] = toByte(y + 4*(unit(hash(1, uint64(i), uint64(n)))-0.5))
			}
			for n := range f.Cb {
				f.Cb[n] = toByte(cb + 8*(unit(hash(2, uint64(i), uint64(n)))-0.5))
				f.Cr[n] = toByte(cr + 8*(unit(hash(3, uint64(i), uint64(n)))-0.5))
			}
			chain.Apply(f, i)
			now := mean(f.Cb)
			if i > 20 {
				worst = max(worst, math.Abs(now-last))
			}
			last = now
		}
		if worst > 1.2 { // of about 80 between the two colours
			t.Errorf("%.0f° off red, the mean of Cb jumps by %.2f codes from picture to picture", off, worst)
		}
	}
}
