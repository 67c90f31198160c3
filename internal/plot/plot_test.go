package plot

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"retake/internal/measure"
	"retake/internal/retake"
	"retake/internal/verify"
)

// sample is ten seconds of which [2, 6) were edited and [6, 8) re-encoded.
func sample() (*verify.Trace, *retake.Report) {
	t := &verify.Trace{To: 10, End: 10}
	for i := range 100 {
		m := verify.Moment{Time: float64(i) / 10, Original: 100, Result: 100, PSNR: measure.MaxPSNR}
		switch {
		case i >= 20 && i < 60:
			m.Result, m.PSNR = 160, 25
		case i >= 60 && i < 80:
			m.PSNR = 50
		}
		t.Pictures = append(t.Pictures, m)
		t.Original = append(t.Original, verify.Level{Time: m.Time, DB: -20})
		t.Result = append(t.Result, verify.Level{Time: m.Time, DB: -40})
	}
	near := 50.0
	return t, &retake.Report{
		Holds: true, Mode: retake.ReplaceVideo, Summary: "All is well.", Segment: retake.Segment{Start: 2, End: 6},
		Video: &retake.TrackReport{Spans: []retake.SpanReport{
			{Kind: retake.SpanHead, Count: 20, End: 2, Kept: true}, {Kind: retake.SpanEdit, First: 20, Count: 40, Start: 2, End: 6},
			{Kind: retake.SpanBridge, First: 60, Count: 20, Start: 6, End: 8, PSNR: &near}, {Kind: retake.SpanTail, First: 80, Count: 20, Start: 8, End: 10, Kept: true},
		}},
		Audio: &retake.TrackReport{Spans: []retake.SpanReport{{Kind: retake.SpanHead, Count: 100, End: 10, Kept: true}}},
	}
}

func drawn(t *testing.T, trace *verify.Trace, report *retake.Report) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, "b.mp4 beside a.mp4", trace, report); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// has reports whether a colour is anywhere in a part of a picture.
func has(img image.Image, part image.Rectangle, want color.RGBA) bool {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if img.At(x, y) == want {
				return true
			}
		}
	}
	return false
}

func TestWriteShowsWhatHappened(t *testing.T) {
	trace, report := sample()
	img := drawn(t, trace, report)
	if img.Bounds().Dx() != width || img.Bounds().Dy() != height {
		t.Fatalf("%v", img.Bounds())
	}
	// Columns in the middle of the head, the edit, the bridge and the tail; the panels from the strip on.
	column := func(seconds float64) image.Rectangle {
		x := int(left + (right-left)*seconds/10)
		return image.Rect(x-3, int(stripTop), x+4, height-60)
	}
	for _, tt := range []struct {
		at        float64
		has, lack []color.RGBA
	}{
		{1, []color.RGBA{keptTint, after, alike}, []color.RGBA{newTint, nearTint, unlike}},
		{4, []color.RGBA{newTint, before, after, unlike}, []color.RGBA{nearTint, alike}},
		{7, []color.RGBA{nearTint, after, alike}, []color.RGBA{newTint, unlike}},
		{9, []color.RGBA{keptTint, after, alike}, []color.RGBA{newTint, nearTint}},
	} {
		for _, c := range tt.has {
			if !has(img, column(tt.at), c) {
				t.Errorf("at %v s there is no %v", tt.at, c)
			}
		}
		for _, c := range tt.lack {
			if has(img, column(tt.at), c) {
				t.Errorf("at %v s there is %v", tt.at, c)
			}
		}
	}
	verdict := image.Rect(0, 50, width, 100)
	if !has(img, verdict, alike) || has(img, verdict, bad) {
		t.Error("the verdict is not written as a good one")
	}
	report.Holds = false
	if img = drawn(t, trace, report); !has(img, verdict, bad) {
		t.Error("the verdict is not written as a bad one")
	}
}

// Nothing that a comparison may lack keeps a plot from being drawn.
func TestWriteTakesLittle(t *testing.T) {
	drawn(t, &verify.Trace{To: 5, End: 5, SoundNote: "there is no sound"}, &retake.Report{Summary: "The promise does not hold."})
}

// A name stands where no seam crosses it, in the widest place there is.
func TestWidest(t *testing.T) {
	for _, tt := range []struct{ x0, x1, in, out, from, to float64 }{
		{0, 100, 20, 50, 50, 100}, {0, 100, 70, 90, 0, 70}, {0, 100, 10, 90, 10, 90},
		{50, 100, 10, 50, 50, 100}, {0, 100, -5, 200, 0, 100}, {20, 50, 20, 50, 20, 50},
	} {
		if from, to := widest(tt.x0, tt.x1, tt.in, tt.out); from != tt.from || to != tt.to {
			t.Errorf("[%v, %v) with seams %v and %v: [%v, %v)", tt.x0, tt.x1, tt.in, tt.out, from, to)
		}
	}
}

func TestRound(t *testing.T) {
	for size, want := range map[float64]float64{10: 2, 255: 100, 1: 0.2, 47: 10} {
		if got := round(size, 5); got != want {
			t.Errorf("a range of %v: steps of %v, want %v", size, got, want)
		}
	}
}
