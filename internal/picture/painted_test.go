package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

// painted are the looks that are drawn anew from the picture, and must not boil.
var painted = []Kind{Mosaic, Pencil, Ink, Blueprint, Comic, OilPainting, Watercolour, PixelArt}

// settled runs a look over pictures of its own and returns the last so many.
func settled(t *testing.T, format retake.PictureFormat, kind Kind, last int, source func(n int) *retake.Frame) []*retake.Frame {
	t.Helper()
	chain, err := NewChain(Config{Threads: 2}, Setup{Format: format, Frames: 1000, Looks: []Look{asking(kind, 0.6)}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	var out []*retake.Frame
	for n := range 24 {
		f := source(n)
		chain.Apply(f, n)
		if n >= 24-last {
			out = append(out, f)
		}
	}
	return out
}

// TestPaintedStandStill holds that what is painted of a still picture is the same one each time, and that little is left of noise in the clip, even of much.
func TestPaintedStandStill(t *testing.T) {
	format := formats["landscape"]
	noisy := func(codes uint64) func(n int) *retake.Frame {
		return func(n int) *retake.Frame {
			f := scene(format, 0)
			for i, v := range f.Y {
				f.Y[i] = clip(int32(v) + int32(hash(uint64(n), uint64(i))%(2*codes+1)) - int32(codes))
			}
			return f
		}
	}
	for _, kind := range painted {
		still := settled(t, format, kind, 2, func(int) *retake.Frame { return scene(format, 0) })
		if !bytes.Equal(still[0].Data, still[1].Data) {
			t.Errorf("%s: a still picture is painted anew each time, by %.2f codes", kind, difference(still[0], still[1]))
		}
		for _, codes := range []uint64{3, 12} {
			source := noisy(codes)
			noise := difference(source(22), source(23))
			rough := settled(t, format, kind, 2, source)
			if d := difference(rough[0], rough[1]); d > noise/4 {
				t.Errorf("%s: noise of %.2f codes becomes one of %.2f", kind, noise, d)
			}
		}
	}
}

// TestMosaic holds that squares have one colour each, of the clip's.
func TestMosaic(t *testing.T) {
	format := retake.PictureFormat{Width: 320, Height: 180, Rate: rate30, Matrix: "bt709"}
	before, after := middle(t, format, Mosaic, 0.6)
	side := int(math.Round((10+50*0.6)*180.0/1080)) / 2 * 2
	for y := range format.Height {
		for x := range format.Width {
			if after.Y[y*format.Width+x] != after.Y[y/side*side*format.Width+x/side*side] {
				t.Fatalf("the square at %d, %d has two colours", x, y)
			}
		}
	}
	if d := mean(before.Y) - mean(after.Y); math.Abs(d) > 0.5 {
		t.Errorf("mean luma goes by %.2f", d)
	}
}

// column is the mean luma of a column between a quarter and three quarters of the height.
func column(f *retake.Frame, x int) float64 {
	w, h := f.Format.Width, f.Format.Height
	sum := 0.0
	for y := h / 4; y < h*3/4; y++ {
		sum += float64(f.Y[y*w+x])
	}
	return sum / float64(h*3/4-h/4)
}

// halved is dark on the left and bright on the right, without colour.
func halved(format retake.PictureFormat, dark, bright byte) func(int) *retake.Frame {
	return func(int) *retake.Frame {
		f := even(format, dark)
		for i := range f.Y {
			if i%format.Width >= format.Width/2 {
				f.Y[i] = bright
			}
		}
		return f
	}
}

// TestPencil holds that paper is left bare where it's bright, that shadows are hatched, and that there is a line on the dark side of an edge.
func TestPencil(t *testing.T) {
	format := retake.PictureFormat{Width: 640, Height: 360, Rate: rate30, Matrix: "bt709"}
	f := settled(t, format, Pencil, 1, halved(format, 110, 225))[0]
	w := format.Width
	paper, shade, line := column(f, w*3/4), column(f, w/4), 255.0
	for x := w/2 - 6; x < w/2; x++ {
		line = min(line, column(f, x))
	}
	if paper < 205 || shade > paper-15 || line > shade-30 {
		t.Errorf("paper has luma %.0f, shade %.0f, the line %.0f", paper, shade, line)
	}
	row := f.Y[format.Height/2*w : format.Height/2*w+w/2-20]
	if deviation := math.Sqrt(spread(row) / float64(len(row))); deviation < 6 {
		t.Errorf("the shade is even: a deviation of %.1f codes", deviation)
	}
	if mean(f.Cb) != 128 || mean(f.Cr) != 128 {
		t.Errorf("graphite has a colour: %.1f, %.1f", mean(f.Cb), mean(f.Cr))
	}
}

// TestComic holds that a ramp becomes a few tones, that edges get a black line, and that colours are stronger.
func TestComic(t *testing.T) {
	format := retake.PictureFormat{Width: 640, Height: 360, Rate: rate30, Matrix: "bt709"}
	w := format.Width
	ramp := settled(t, format, Comic, 1, func(int) *retake.Frame {
		f := even(format, 128)
		for i := range f.Y {
			f.Y[i] = byte(110 + 90*(i%w)/w)
		}
		return f
	})[0]
	flat := 0
	for x := 8; x < w-8; x++ {
		if math.Abs(column(ramp, x+4)-column(ramp, x-4)) < 0.5 {
			flat++
		}
	}
	if share := float64(flat) / float64(w); share < 0.5 {
		t.Errorf("only %.2f of a ramp is flat", share)
	}
	f := settled(t, format, Comic, 1, func(int) *retake.Frame { return barred(format) })[0]
	line := 255.0
	for x := w/2 - 6; x < w/2; x++ {
		line = min(line, column(f, x))
	}
	if line > 55 {
		t.Errorf("the line at an edge has luma %.0f", line)
	}
	if red := f.Cr[len(f.Cr)/2+format.ChromaWidth()*9/16]; red < 215 {
		t.Errorf("red of 200 became %d", red)
	}
}

// TestOil holds that the dabs keep an edge and take detail away, and that strokes have the direction of edges.
func TestOil(t *testing.T) {
	format := retake.PictureFormat{Width: 640, Height: 360, Rate: rate30, Matrix: "bt709"}
	w := format.Width
	f := settled(t, format, OilPainting, 1, halved(format, 90, 160))[0]
	if left, right := column(f, w/2-4), column(f, w/2+3); right-left < 50 {
		t.Errorf("an edge of 70 codes became one from %.0f to %.0f", left, right)
	}
	d := newDaubs(stage{format: format, crew: crew{threads: 1}, levels: levelsOf(format)}, 18)
	checks := even(format, 100)
	for i := range checks.Y {
		checks.Y[i] += byte(24 * ((i%w/2 + i/w/2) % 2))
	}
	d.watch(checks, 0)
	d.run()
	for _, v := range d.paint.pix[20*d.w+20 : 20*d.w+40] {
		if math.Abs(float64(v)/256-112) > 4 {
			t.Fatalf("of checks between 100 and 124 is left %.1f", float64(v)/256)
		}
	}
	for _, tt := range []struct {
		x, y float64
		want int
	}{{1e9, 0, 4}, {-1e9, 0, 0}, {0, 1e9, 6}, {0, -1e9, 2}} {
		if got := heading(tt.x, tt.y); int(got.first) != tt.want && !(int(got.second) == tt.want && got.part > 250) {
			t.Errorf("a gradient of twice the angle of %v, %v has strokes along %+v, want %d", tt.x, tt.y, got, tt.want)
		}
	}
}
