package picture

import "testing"

// TestBehind holds that far flakes are hidden by a subject that stands out, that near ones and those beside it are not, and that a
// picture in which nothing stands out hides none.
func TestBehind(t *testing.T) {
	format := formats["landscape"]
	s := newStage(DefaultConfig(), Setup{Format: format, Frames: 90, Seed: 4})
	// light is that of all flakes that are far, or that are near, between two columns at the height of the subject.
	light := func(n *snow, far bool, x0, x1 int) float64 {
		sum := 0.0
		for i, k := range n.list {
			x, y := int(k.x), int(k.y)
			if x >= x0 && x < x1 && y > format.Height/2 && y < format.Height*8/10 && (i < n.counts[0]+n.counts[1]) == far {
				sum += float64(k.alpha)
			}
		}
		return sum
	}
	bare, n := newSnow(s, Look{Kind: Snow, Strength: 1}), newSnow(s, Look{Kind: Snow, Strength: 1})
	for i := range 30 {
		n.watch(scene(format, i), i)
	}
	n.place(29, 1)
	bare.place(29, 1)
	left := format.Width*2/5 + 29*format.Width/200
	right := left + format.Width/8
	if far, all := light(n, true, left+4, right-4), light(bare, true, left+4, right-4); all < 3 || far > 0.4*all {
		t.Errorf("before the subject far flakes have %.1f of %.1f", far, all)
	}
	if near, all := light(n, false, left, right), light(bare, false, left, right); all < 1 || near != all {
		t.Errorf("before the subject near flakes have %.1f of %.1f", near, all)
	}
	if beside, all := light(n, true, 0, format.Width/5), light(bare, true, 0, format.Width/5); all < 3 || beside < 0.9*all {
		t.Errorf("beside it far flakes have %.1f of %.1f", beside, all)
	}
	plain := newSnow(s, Look{Kind: Snow, Strength: 1})
	for i := range 10 {
		f := scene(format, 0)
		for y := range f.Y {
			f.Y[y] = byte(90 + y%7)
		}
		for c := range f.Cb {
			f.Cb[c], f.Cr[c] = 120, 130
		}
		plain.watch(f, i)
	}
	if v := plain.shown(float64(format.Width)/2, float64(format.Height)*0.57); v < 1 {
		t.Errorf("where nothing stands out only %.2f is shown", v)
	}
}
