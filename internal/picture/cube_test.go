package picture

import (
	"fmt"
	"math"
	"testing"

	"retake/internal/retake"
)

// standards are the matrices and ranges that pictures come in.
var standards = func() []retake.PictureFormat {
	var out []retake.PictureFormat
	for _, matrix := range []string{"smpte170m", "bt709", "bt2020nc"} {
		for _, full := range []bool{false, true} {
			out = append(out, retake.PictureFormat{Width: 256, Height: 64, Rate: rate30, Matrix: matrix, FullRange: full})
		}
	}
	return out
}()

func standardName(f retake.PictureFormat) string {
	return fmt.Sprintf("%s full %v", f.Matrix, f.FullRange)
}

// every fills a picture with all codes of luma beside one another and many of chroma.
func every(f retake.PictureFormat) *retake.Frame {
	out := retake.NewFrame(f)
	for i := range out.Y {
		out.Y[i] = byte(i)
	}
	for i := range out.Cb {
		out.Cb[i], out.Cr[i] = byte(i*7), byte(i/3)
	}
	return out
}

// TestCubeIdentity holds that a cube that changes nothing, and a field that does nothing, leave every code, to the byte.
func TestCubeIdentity(t *testing.T) {
	for _, format := range append(standards, formats["odd"], formats["line"], formats["dot"]) {
		f := every(format)
		s := stage{format: format, crew: crew{threads: 1}, levels: levelsOf(format)}
		g := newGraded(s, func(c rgb) rgb { return c })
		g.cube.prepare(0)
		g.apply(f, 1, 0)
		same(t, standardName(format), f, every(format), 0)
		field := newShining(s, func(c rgb) rgb { return c }, func(*field, int, float64) {})
		field.field.tinted = true
		field.apply(f, 1, 0)
		same(t, standardName(format)+" with a field", f, every(format), 0)
		alone := newLit(s, nil)
		alone.field.tinted = true
		alone.apply(f, 1, 0)
		same(t, standardName(format)+" with nothing but a field", f, every(format), 0)
	}
}

// TestLightAlone holds that light without a look is what it is with one that changes nothing.
func TestLightAlone(t *testing.T) {
	for _, format := range append(standards, formats["odd"], formats["line"], formats["dot"]) {
		s := stage{format: format, crew: crew{threads: 1}, levels: levelsOf(format)}
		shine := func(f *field, _ int, _ float64) {
			f.tinted = true
			f.draw(s.crew, func(x, y float64) (float64, float64, float64, float64) { return 0.4 + 2*x*y, 20*x - 10, 9 * y, -12 * x })
		}
		got, want := every(format), every(format)
		newLit(s, shine).apply(got, 1, 1)
		with := newShining(s, func(c rgb) rgb { return c }, shine)
		with.cube.prepare(0)
		with.cube.at = 1 // as it is
		with.apply(want, 1, 1)
		same(t, standardName(format), got, want, 1)
	}
}

// TestCubeLight holds that light that goes through unchanged comes back as the same codes, in every matrix and range: at most 1 off by dither.
func TestCubeLight(t *testing.T) {
	for _, format := range standards {
		l := levelsOf(format)
		f, want := retake.NewFrame(format), retake.NewFrame(format)
		for i := range f.Cb {
			var c rgb
			for n := range c {
				c[n] = toLight(unit(hash(uint64(i), uint64(n))))
			}
			y, cb, cr := l.toCodes(c)
			x := i/format.ChromaWidth()*2*format.Width + i%format.ChromaWidth()*2
			f.Y[x], f.Y[x+1], f.Y[x+format.Width], f.Y[x+format.Width+1] = toByte(y), toByte(y), toByte(y), toByte(y)
			f.Cb[i], f.Cr[i] = toByte(cb), toByte(cr)
		}
		want.CopyFrom(f)
		newGraded(stage{format: format, crew: crew{threads: 1}, levels: l}, func(c rgb) rgb { return c }).apply(f, 1, 1)
		same(t, standardName(format), f, want, 1)
	}
}

func same(t *testing.T, name string, got, want *retake.Frame, within int) {
	t.Helper()
	for i := range want.Data {
		if d := int(got.Data[i]) - int(want.Data[i]); d > within || d < -within {
			t.Fatalf("%s: sample %d is %d, want %d", name, i, got.Data[i], want.Data[i])
		}
	}
}

// TestCubeExact holds what is read between the nodes against the function itself, over the colours that R'G'B' has: half a
// stop down with a change of hue, in every matrix and range.
func TestCubeExact(t *testing.T) {
	to := func(c rgb) rgb { return rgb{c.dot(0.9, 0.1, 0), c[1] * 0.7, c.dot(0.1, 0, 0.6)} }
	for _, format := range standards {
		l := levelsOf(format)
		c := newCube(l, to)
		c.prepare(1)
		worst, sum, n := 0.0, 0.0, 0.0
		for i := range 17 * 17 * 17 {
			in := rgb{float64(i%17) / 16, float64(i/17%17) / 16, float64(i/289) / 16}.each(toLight)
			y, cb, cr := l.toCodes(in)
			code := [3]uint8{toByte(y), toByte(cb), toByte(cr)}
			h := c.hue(code[1], code[2])
			low, rise := h.cell(code[0] / cubeStep)
			word := low + rise*uint64(code[0]%cubeStep)
			wy, wb, wr := l.toCodes(to(l.fromCodes(float64(code[0]), float64(code[1]), float64(code[2]))))
			for _, d := range []float64{float64(lane(word, 0))/4096 - wy, float64(lane(word, 1))/4096 - wb, float64(lane(word, 2))/4096 - wr} {
				worst = max(worst, math.Abs(d))
				sum, n = sum+d*d, n+1
			}
		}
		if rms := math.Sqrt(sum / n); worst > 2.5 || rms > 0.25 {
			t.Errorf("%s: off by up to %.2f codes, %.3f in the root mean square", standardName(format), worst, rms)
		}
	}
}

// TestNoBands holds that a sky, which rises by a code every 16 samples, leaves a look that darkens it without steps: where
// rounding would give plateaus, the means of neighbouring parts rise evenly.
func TestNoBands(t *testing.T) {
	format := retake.PictureFormat{Width: 1024, Height: 64, Rate: rate30, Matrix: "bt709"}
	l := levelsOf(format)
	to := func(c rgb) rgb { return c.times(0.1) }
	f := retake.NewFrame(format)
	for i := range f.Y {
		f.Y[i] = byte(100 + i%format.Width/16)
	}
	for i := range f.Cb {
		f.Cb[i], f.Cr[i] = 140, 118
	}
	newGraded(stage{format: format, crew: crew{threads: 1}, levels: l}, to).apply(f, 1, 1)
	worst := 0.0
	for step := range 64 {
		sum := 0.0
		for y := range 64 {
			for x := range 16 {
				sum += float64(f.Y[y*format.Width+step*16+x])
			}
		}
		want, _, _ := l.toCodes(to(l.fromCodes(float64(100+step), 140, 118)))
		worst = max(worst, math.Abs(sum/1024-want))
	}
	if worst > 0.15 {
		t.Errorf("a part of the gradient is off by %.2f codes in the mean: steps show", worst)
	}
}

// TestDither holds that all thresholds come about equally often, and that no row or column of the tile has a mean of its own that would show.
func TestDither(t *testing.T) {
	var count [16]int
	for y := range dither {
		across, down := 0.0, 0.0
		for x := range dither {
			v := dither[y][x]
			if v < 0 || v >= 4096 {
				t.Fatalf("threshold %d", v)
			}
			count[v>>8]++
			across, down = across+float64(v), down+float64(dither[x][y])
		}
		for _, sum := range []float64{across, down} {
			if m := sum / ditherSize / 4096; math.Abs(m-0.5) > 0.05 {
				t.Errorf("row or column %d has the mean %.3f", y, m)
			}
		}
	}
	for i, n := range count {
		if n < 900 || n > 1150 { // of 1024
			t.Errorf("%d thresholds from %d/16 on", n, i)
		}
	}
}

// TestBlackAndWhiteNoBands holds that codes that are a step apart stay apart in the mean where the contrast curve is flat.
func TestBlackAndWhiteNoBands(t *testing.T) {
	format := retake.PictureFormat{Width: 128, Height: 128, Rate: rate30, Matrix: "bt709"}
	chain, err := NewChain(Config{Threads: 1}, Setup{Format: format, Frames: 3, Looks: []Look{{Kind: BlackAndWhite, Strength: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	last := 0.0
	for code := 17; code < 235; code++ {
		f := even(format, byte(code))
		chain.Apply(f, 1)
		if m := mean(f.Y); code > 17 && (m-last < 0.4 || m-last > 1.6) {
			t.Errorf("luma %d is %.2f above the code below", code, m-last)
		} else {
			last = m
		}
	}
}
