package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

var drawnFormat = retake.PictureFormat{Width: 640, Height: 360, Rate: rate30, Matrix: "bt709"}

// TestInk holds that ink is black or not there: shadows are filled, light ground is bare, and little lies between.
func TestInk(t *testing.T) {
	f := settled(t, drawnFormat, Ink, 1, halved(drawnFormat, 35, 225))[0]
	w := drawnFormat.Width
	if dark, bright := column(f, w/4), column(f, w*3/4); dark > 40 || bright < 215 {
		t.Errorf("a shadow has luma %.0f, bare paper %.0f", dark, bright)
	}
	hatched := settled(t, drawnFormat, Ink, 1, func(int) *retake.Frame { return even(drawnFormat, 90) })[0]
	black, between := 0, 0
	for _, v := range hatched.Y {
		switch {
		case v < 60:
			black++
		case v < 190:
			between++
		}
	}
	if all := len(hatched.Y); black < all/12 || black > all*2/3 || between > all/3 {
		t.Errorf("of a middle tone %d samples are black and %d neither black nor white, of %d", black, between, all)
	}
}

// TestBlueprint holds that paper is blue, lines are white, and that the grid shows.
func TestBlueprint(t *testing.T) {
	f := settled(t, drawnFormat, Blueprint, 1, halved(drawnFormat, 80, 200))[0]
	w := drawnFormat.Width
	line := 0.0
	for x := w/2 - 6; x < w/2; x++ {
		line = max(line, column(f, x))
	}
	if paper := column(f, w/4); paper > 110 || line < paper+60 {
		t.Errorf("paper has luma %.0f, the line %.0f", paper, line)
	}
	if mean(f.Cb) < 145 || mean(f.Cr) > 120 {
		t.Errorf("the paper isn't blue: %.0f, %.0f", mean(f.Cb), mean(f.Cr))
	}
	most, least := 0.0, 255.0
	for x := 8; x < w/2-16; x++ {
		most, least = max(most, column(f, x)), min(least, column(f, x))
	}
	if most < least+8 {
		t.Errorf("columns of the paper have a luma of %.0f to %.0f: no grid", least, most)
	}
}

// TestWatercolour holds that washes are lighter than what they are of, uneven, darker along their rim, and that white paper stays.
func TestWatercolour(t *testing.T) {
	f := settled(t, drawnFormat, Watercolour, 1, halved(drawnFormat, 90, 235))[0]
	w := drawnFormat.Width
	wash, paper, rim := column(f, w/4), column(f, w*3/4), 255.0
	for x := w/2 - 16; x < w/2-2; x++ {
		rim = min(rim, column(f, x))
	}
	if wash < 94 || paper < 222 || rim > wash-15 {
		t.Errorf("a wash of 90 has luma %.0f, its rim %.0f, paper %.0f", wash, rim, paper)
	}
	half := f.Y[100*w : 100*w+w/2-24]
	if deviation := math.Sqrt(spread(half) / float64(len(half))); deviation < 3 {
		t.Errorf("the wash is even: a deviation of %.1f", deviation)
	}
}

// TestPixelArt holds that pixels are square, that the palette is small, and that a colour near a border of two is kept.
func TestPixelArt(t *testing.T) {
	format := formats["landscape"]
	_, f := middle(t, format, PixelArt, 1)
	p := newPixelArt(stage{format: format, crew: crew{threads: 1}, levels: levelsOf(format)}, 1)
	side := p.side * p.step
	colours := map[[3]byte]bool{}
	for y := range format.Height {
		for x := range format.Width {
			i, c := y*format.Width+x, y/2*format.ChromaWidth()+x/2
			if f.Y[i] != f.Y[y/side*side*format.Width+x/side*side] {
				t.Fatalf("the pixel at %d, %d has two tones", x, y)
			}
			colours[[3]byte{f.Y[i], f.Cb[c], f.Cr[c]}] = true
		}
	}
	if len(colours) > 40 {
		t.Errorf("%d colours", len(colours))
	}
	step := p.palette[0].step
	p.palette[0].gain = 1
	border := p.stage.levels.black + (2.5-0.38*(4.5/16-0.5))*step
	p.choose(0, 1, 1, border+0.2*step)
	p.fresh = true
	was := p.codes[0][p.gw+1]
	p.choose(0, 1, 1, border-0.1*step)
	kept := p.codes[0][p.gw+1]
	p.choose(0, 1, 1, border-1.2*step)
	if kept != was || p.codes[0][p.gw+1] == was {
		t.Errorf("a pixel of %d becomes %d after a small change, %d after a large one", was, kept, p.codes[0][p.gw+1])
	}
}

// TestGlitch holds that bursts come and go, that what moves is the clip's own, and that red and blue part to both sides.
func TestGlitch(t *testing.T) {
	format := formats["landscape"]
	g := &glitch{stage: stage{format: format, frames: 300, crew: crew{threads: 2}, levels: levelsOf(format), seed: 4}, strength: 0.6, from: retake.NewFrame(format)}
	bursts, changes, last := 0, 0, false
	for index := range 300 {
		power, _ := g.burst(index)
		if power > 0 {
			bursts++
		}
		if (power > 0) != last {
			changes++
		}
		last = power > 0
	}
	if bursts < 60 || bursts > 210 || changes < 10 {
		t.Errorf("%d of 300 pictures are in bursts, with %d changes", bursts, changes)
	}
	for index := 1; index < 60; index++ {
		f := scene(format, 0)
		g.apply(f, index, 1)
		if d := math.Abs(mean(f.Y) - mean(scene(format, 0).Y)); d > 8 {
			t.Errorf("picture %d is %.1f codes brighter or darker", index, d)
		}
	}
	f := barred(format)
	g.from.CopyFrom(f)
	g.part(f, 0, format.Height, 4)
	w, cw := format.Width, format.ChromaWidth()
	left, right := f.Cb[20*cw+w/4-2], f.Cr[20*cw+w/4-2]
	if left <= 128 || right > 128 {
		t.Errorf("left of the bar Cb is %d and Cr %d: blue isn't to the left alone", left, right)
	}
	row := []byte{1, 2, 3, 4, 5}
	ring(row, make([]byte, 5), 7)
	if !bytes.Equal(row, []byte{4, 5, 1, 2, 3}) {
		t.Errorf("a row turned by 7 is %v", row)
	}
}
