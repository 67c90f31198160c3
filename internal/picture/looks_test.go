package picture

import (
	"math"
	"testing"

	"retake/internal/retake"
)

// middle returns the scene and what a look makes of it, in the middle of a segment.
func middle(t *testing.T, format retake.PictureFormat, kind Kind, strength float64) (before, after *retake.Frame) {
	t.Helper()
	got := run(t, Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 9, Looks: []Look{asking(kind, strength)}, Seed: 5}, false)
	return scene(format, 4), got[4]
}

func TestBlackAndWhiteIsNeutral(t *testing.T) {
	for _, name := range []string{"landscape", "full", "odd"} {
		_, f := middle(t, formats[name], BlackAndWhite, 0.6)
		for i := range f.Cb {
			if f.Cb[i] != 128 || f.Cr[i] != 128 {
				t.Fatalf("%s: chroma %d, %d", name, f.Cb[i], f.Cr[i])
			}
		}
	}
	_, f := middle(t, formats["landscape"], BlackAndWhite, 0.3)
	if spread(f.Cr) == 0 {
		t.Error("a slight black and white left no colour at all")
	}
}

// TestTemperature holds that white balance keeps the luma of greys and moves red and blue apart, in every matrix and range.
func TestTemperature(t *testing.T) {
	for name, format := range formats {
		for kind, sign := range map[Kind]float64{Warmer: 1, Cooler: -1} {
			f := retake.NewFrame(format)
			for i := range f.Y {
				f.Y[i] = 150
			}
			for i := range f.Cb {
				f.Cb[i], f.Cr[i] = 128, 128
			}
			chain, err := NewChain(Config{Threads: 1}, Setup{Format: format, Frames: 3, Looks: []Look{{Kind: kind, Strength: 0.6}}})
			if err != nil {
				t.Fatal(err)
			}
			chain.Apply(f, 1)
			if f.Y[0] != 150 {
				t.Errorf("%s %s: grey's luma went from 150 to %d", name, kind, f.Y[0])
			}
			if d := sign * (float64(f.Cr[0]) - float64(f.Cb[0])); d < 8 {
				t.Errorf("%s %s: red less blue is %.0f", name, kind, d)
			}
		}
	}
}

func TestNight(t *testing.T) {
	for _, name := range []string{"landscape", "full"} {
		format := formats[name]
		before, after := middle(t, format, Night, 0.6)
		if a, b := mean(after.Y), mean(before.Y); a > 0.55*b {
			t.Errorf("%s: mean luma only fell from %.0f to %.0f", name, b, a)
		}
		if mean(after.Cb) <= mean(before.Cb)-20 || mean(after.Cb) < 128 {
			t.Errorf("%s: night is not blue: Cb %.1f", name, mean(after.Cb))
		}
		// The lamp of the scene stays lit.
		lamp := format.Height*3/4*format.Width + format.Width*8/10
		if after.Y[lamp] < 140 {
			t.Errorf("%s: the lamp went out: luma %d", name, after.Y[lamp])
		}
	}
}

// TestStrength holds that more of an effect changes more.
func TestStrength(t *testing.T) {
	for _, kind := range Kinds() {
		if fixed[kind] || darkness[kind] {
			continue
		}
		var last float64
		for _, strength := range []float64{0.2, 0.6, 1} {
			before, after := middle(t, retake.PictureFormat{Width: 480, Height: 270, Rate: rate30, Matrix: "bt709"}, kind, strength)
			d := difference(before, after)
			if d <= last {
				t.Errorf("%s at %.1f changes by %.2f, no more than the step below (%.2f)", kind, strength, d, last)
			}
			last = d
		}
	}
}

// TestBackgroundBlur holds that the figure in the middle stays sharp while the ground beside it does not.
func TestBackgroundBlur(t *testing.T) {
	format := formats["landscape"]
	before, after := middle(t, format, BackgroundBlur, 0.6)
	w := format.Width
	detail := func(f *retake.Frame, x0, x1 int) float64 {
		sum := 0.0
		for y := 120; y < 150; y++ {
			for x := x0; x < x1; x++ {
				sum += math.Abs(float64(f.Y[y*w+x]) - float64(f.Y[y*w+x+1]))
			}
		}
		return sum
	}
	side := detail(after, 5, 60) / detail(before, 5, 60)
	figure := detail(after, 165, 195) / detail(before, 165, 195)
	if side > 0.5 || figure < 0.75 || figure < 2*side {
		t.Errorf("detail left: %.2f at the side, %.2f of the figure", side, figure)
	}
}

// TestSnowFalls follows the nearest flakes: drawn on black, their light must move down from picture to picture, and
// sideways with the wind.
func TestSnowFalls(t *testing.T) {
	format := formats["landscape"]
	st := stage{format: format, crew: crew{threads: 1}, levels: levelsOf(format), seed: 9, wind: 0.8}
	n := newSnow(st, Look{Strength: 0.6})
	n.place(30, 1)
	before := append([]streak(nil), n.list...)
	n.place(31, 1)
	if len(before) != len(n.list) || len(before) < 100 {
		t.Fatalf("%d flakes, then %d", len(before), len(n.list))
	}
	down, side := 0, 0
	for i, s := range n.list {
		if s.y > before[i].y {
			down++
		}
		if (s.x-before[i].x)*s.dx > 0 {
			side++
		}
	}
	if share := float64(down) / float64(len(before)); share < 0.95 {
		t.Errorf("only %.0f%% of the flakes fall", 100*share)
	}
	if share := float64(side) / float64(len(before)); share < 0.8 {
		t.Errorf("only %.0f%% move the way their blur says", 100*share)
	}
}

func TestBoxBlur(t *testing.T) {
	p := newPlane(9, 5)
	for i := range p.pix {
		p.pix[i] = 4000
	}
	p.blur(3)
	for i, v := range p.pix {
		if v != 4000 {
			t.Fatalf("an even plane became %d at %d", v, i)
		}
	}
	p = newPlane(9, 9)
	p.pix[4*9+4] = 9000
	p.blur(1)
	if p.pix[3*9+3] != 1000 || p.pix[5*9+5] != 1000 || p.pix[2*9+4] != 0 {
		t.Errorf("a point spread to %v", p.pix)
	}
}

// TestEnlarge holds that a plane that rises evenly is enlarged to a row that rises evenly.
func TestEnlarge(t *testing.T) {
	p := newPlane(10, 10)
	for i := range p.pix {
		p.pix[i] = uint16(1000 * (i%10 + i/10))
	}
	row := make([]uint16, 77)
	for _, step := range []int{2, 4, 8} {
		for y := 0; y < 10*step-3; y++ {
			p.row(row, y, step)
			for x := step; x < min(77, 9*step); x++ {
				cell := func(i int) float64 { return min(max((float64(i)+0.5)/float64(step)-0.5, 0), 9) }
				want := 1000 * (cell(x) + cell(y))
				if math.Abs(float64(row[x])-want) > 30 {
					t.Fatalf("step %d, row %d, sample %d: %d, want %.0f", step, y, x, row[x], want)
				}
			}
		}
	}
}

// TestShrink holds blocks of every size, whole ones and those cut off at the edges, against the mean of their samples.
func TestShrink(t *testing.T) {
	for _, size := range [][2]int{{64, 64}, {67, 61}, {3, 5}, {130, 9}} {
		w, h := size[0], size[1]
		src := make([]byte, w*h)
		for i := range src {
			src[i] = byte(hash(7, uint64(i))) | byte(-(i / w / 8 & 1)) // every second band of eight rows is as bright as can be
		}
		for step := 1; step <= 9; step++ {
			p := newPlane(cells(w, step), cells(h, step))
			p.shrink(src, w, h, step, 0, p.h)
			for i, got := range p.pix {
				sum, n := 0, 0
				for y := i / p.w * step; y < min((i/p.w+1)*step, h); y++ {
					for x := i % p.w * step; x < min((i%p.w+1)*step, w); x++ {
						sum += int(src[y*w+x])
						n++
					}
				}
				if want := sum << 8 / n; int(got) != want {
					t.Fatalf("%d×%d by %d, cell %d: %d, want %d", w, h, step, i, got, want)
				}
			}
		}
	}
}

func TestReaches(t *testing.T) {
	for _, tt := range []struct {
		v    uint64
		want bool
	}{{0xCCCCCCCCCCCCCCCC, false}, {0x00CD000000000000, true}, {0xFF, true}, {0, false}} {
		if got := reaches(tt.v, 0xCC); got != tt.want {
			t.Errorf("reaches(%x) = %v", tt.v, got)
		}
	}
}

func spread(p []byte) float64 {
	m, sum := mean(p), 0.0
	for _, v := range p {
		sum += (float64(v) - m) * (float64(v) - m)
	}
	return sum
}
