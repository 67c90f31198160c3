package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// patches makes a picture of upright stripes of colours in sRGB, 0 to 255, and returns these in OKLab before a look and in the middle of its
// segment. Each is read as the mean of its inner part, which dither doesn't touch.
func patches(t *testing.T, format retake.PictureFormat, look Look, colours ...[3]uint8) (before, after []lab) {
	t.Helper()
	format.Width, format.Height = 16*len(colours), 48
	l := levelsOf(format)
	f := retake.NewFrame(format)
	for n, srgb := range colours {
		var c rgb
		for i, v := range srgb {
			c[i] = math.Pow(float64(v)/255, 2.2)
		}
		y, cb, cr := l.toCodes(c)
		for x := 16 * n; x < 16*n+16; x++ {
			for row := range format.Height {
				f.Y[row*format.Width+x] = toByte(y)
				i := row/2*format.ChromaWidth() + x/2
				f.Cb[i], f.Cr[i] = toByte(cb), toByte(cr)
			}
		}
	}
	chain, err := NewChain(Config{Threads: 1}, Setup{Format: format, Frames: 31, Looks: []Look{look}, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	got := retake.NewFrame(format)
	for i := range 16 { // some watch what comes before
		got.CopyFrom(f)
		chain.Apply(got, i)
	}
	for n := range colours {
		before, after = append(before, stripe(f, n)), append(after, stripe(got, n))
	}
	return before, after
}

// stripe is the mean colour of the inner part of the stripe n, 16 samples wide.
func stripe(f *retake.Frame, n int) lab {
	mid := func(p []byte, w, h, wide int) float64 {
		sum, count := 0.0, 0.0
		for y := h / 4; y < h-h/4; y++ {
			for x := n*wide + wide/4; x < (n+1)*wide-wide/4; x++ {
				sum, count = sum+float64(p[y*w+x]), count+1
			}
		}
		return sum / count
	}
	cw, ch := f.Format.ChromaWidth(), f.Format.ChromaHeight()
	return toLab(levelsOf(f.Format).fromCodes(mid(f.Y, f.Format.Width, f.Format.Height, 16), mid(f.Cb, cw, ch, 8), mid(f.Cr, cw, ch, 8)))
}

var swatch = retake.PictureFormat{Width: 64, Height: 48, Rate: rate30, Matrix: "bt709"}

// skins are the Monk skin tones (E. Monk, 2019) and the two of the ColorChecker.
var skins = [][3]uint8{{0xf6, 0xed, 0xe4}, {0xf3, 0xe7, 0xdb}, {0xf7, 0xea, 0xd0}, {0xea, 0xda, 0xba}, {0xd7, 0xbd, 0x96}, {0xa0, 0x7e, 0x56},
	{0x82, 0x5c, 0x43}, {0x60, 0x41, 0x34}, {0x3a, 0x31, 0x2a}, {0x29, 0x24, 0x20}, {115, 82, 68}, {194, 150, 130}}

// skinKept are the looks that promise to keep skin plausible, and by how many degrees its hue may turn in OKLab.
var skinKept = map[Kind]float64{BleachBypass: 8, TealAndOrange: 16, GoldenHour: 22, Overcast: 10, HarshNoon: 14, Autumn: 14, Spring: 8, Summer: 14}

// TestSkin holds that what keeps skin turns its hue by little and neither bleaches nor inflames it.
func TestSkin(t *testing.T) {
	for kind, most := range skinKept {
		for _, strength := range []float64{0.3, 0.6, 1} {
			was, is := patches(t, swatch, asking(kind, strength), skins...)
			for i, s := range skins {
				before, after := was[i], is[i]
				if before.chroma() < 0.02 {
					continue // its hue is that of a rounding
				}
				if d := turn(after.hue() - before.hue()); math.Abs(d) > most && after.chroma() > 0.02 {
					t.Errorf("%s at %.1f turns skin %02x by %.0f°, from %.0f°", kind, strength, s, d, before.hue())
				}
				// What is nearly white may burn out; in warm light skin has more colour.
				if k := after.chroma() / before.chroma(); before.l < 0.85 && k < 0.3 || k > 1.6 && after.chroma() > 0.14 {
					t.Errorf("%s at %.1f makes skin %02x %.2f times as colourful, %.3f", kind, strength, s, k, after.chroma())
				}
			}
		}
	}
}

// tones are colours that show what a look does.
type tones struct{ grey, leaf, sky, skin, red, white lab }

func tonesOf(t *testing.T, format retake.PictureFormat, look Look) (before, after tones) {
	t.Helper()
	b, a := patches(t, format, look, [3]uint8{118, 118, 118}, [3]uint8{80, 120, 40}, [3]uint8{90, 140, 210}, [3]uint8{194, 150, 130},
		[3]uint8{190, 40, 40}, [3]uint8{235, 235, 235})
	return tones{b[0], b[1], b[2], b[3], b[4], b[5]}, tones{a[0], a[1], a[2], a[3], a[4], a[5]}
}

// TestFilms holds what each look does to colours that show it.
func TestFilms(t *testing.T) {
	of := func(kind Kind, format retake.PictureFormat) (before, after tones) {
		return tonesOf(t, format, asking(kind, 0.6))
	}
	for _, format := range standards {
		name := standardName(format)
		if _, a := of(Sepia, format); within(a.grey.hue(), 70, 15, 1) < 1 || within(a.sky.hue(), 70, 15, 1) < 1 || a.grey.chroma() < 0.04 {
			t.Errorf("%s: sepia makes grey %+v and sky %+v", name, a.grey, a.sky)
		}
		if _, a := of(Noir, format); a.leaf.chroma() > 0.01 || a.skin.chroma() > 0.01 || a.skin.l < a.sky.l {
			t.Errorf("%s: noir makes a leaf %+v, skin %+v, sky %+v", name, a.leaf, a.skin, a.sky)
		}
		if b, a := of(BleachBypass, format); a.sky.chroma() > 0.88*b.sky.chroma() || a.leaf.l > b.leaf.l {
			t.Errorf("%s: bleach bypass makes sky %+v of %+v, leaf %+v of %+v", name, a.sky, b.sky, a.leaf, b.leaf)
		}
		if b, a := of(TealAndOrange, format); math.Abs(turn(a.sky.hue()+122)) > math.Abs(turn(b.sky.hue()+122)) || math.Abs(turn(a.leaf.hue()-58)) > math.Abs(turn(b.leaf.hue()-58))-8 {
			t.Errorf("%s: teal and orange makes sky %+v of %+v, leaf %+v of %+v", name, a.sky, b.sky, a.leaf, b.leaf)
		}
		if b, a := of(Infrared, format); a.leaf.l < b.leaf.l+0.15 || a.sky.l > b.sky.l-0.25 || a.leaf.chroma() > 0.01 {
			t.Errorf("%s: infrared makes leaf %+v of %+v, sky %+v of %+v", name, a.leaf, b.leaf, a.sky, b.sky)
		}
		if _, a := of(Thermal, format); a.skin.l < a.grey.l+0.08 || a.skin.l < a.sky.l+0.08 || within(a.skin.hue(), 70, 25, 1) < 1 {
			t.Errorf("%s: thermal makes skin %+v, grey %+v, sky %+v", name, a.skin, a.grey, a.sky)
		}
	}
}

// TestLab holds OKLab against the published pairs: white, red, blue and back.
func TestLab(t *testing.T) {
	for _, tt := range []struct {
		c    rgb
		want lab
	}{{rgb{1, 1, 1}, lab{1, 0, 0}}, {rgb{1, 0, 0}, lab{0.6280, 0.2249, 0.1258}}, {rgb{0, 0, 1}, lab{0.4520, -0.0325, -0.3115}}} {
		got := toLab(tt.c)
		if math.Abs(got.l-tt.want.l)+math.Abs(got.a-tt.want.a)+math.Abs(got.b-tt.want.b) > 0.001 {
			t.Errorf("%v is %+v, want %+v", tt.c, got, tt.want)
		}
		for i, v := range got.light() {
			if math.Abs(v-tt.c[i]) > 1e-5 {
				t.Errorf("%v comes back as %v", tt.c, got.light())
			}
		}
	}
}

// even is a grey picture of one luma.
func even(format retake.PictureFormat, luma byte) *retake.Frame {
	f := retake.NewFrame(format)
	for i := range f.Y {
		f.Y[i] = luma
	}
	for i := range f.Cb {
		f.Cb[i], f.Cr[i] = 128, 128
	}
	return f
}

// TestFilters holds that a filter before black and white brightens its own colour and darkens the opposite one, and that greys stay, in every matrix and range.
func TestFilters(t *testing.T) {
	for _, format := range standards {
		shot := func(filter string) tones {
			_, a := tonesOf(t, format, Look{Kind: BlackAndWhite, Strength: 0.6, Detail: wish.Detail{To: named[filter]}})
			return a
		}
		none, red, green, blue := shot(""), shot("red"), shot("green"), shot("blue")
		name := standardName(format)
		if red.red.l < none.red.l+0.1 || red.sky.l > none.sky.l-0.03 || red.leaf.l > green.leaf.l {
			t.Errorf("%s: red filter: red %.2f of %.2f, sky %.2f of %.2f", name, red.red.l, none.red.l, red.sky.l, none.sky.l)
		}
		if blue.sky.l < none.sky.l+0.04 || blue.red.l > none.red.l || blue.skin.l > red.skin.l {
			t.Errorf("%s: blue filter: sky %.2f of %.2f, red %.2f of %.2f", name, blue.sky.l, none.sky.l, blue.red.l, none.red.l)
		}
		for _, a := range []tones{red, green, blue} {
			if math.Abs(a.grey.l-none.grey.l) > 0.01 || a.red.chroma() > 0.01 {
				t.Errorf("%s: grey went from %.3f to %.3f, red has chroma %.3f", name, none.grey.l, a.grey.l, a.red.chroma())
			}
		}
	}
}
