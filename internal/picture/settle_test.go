package picture

import (
	"testing"

	"retake/internal/retake"
)

// yard draws a still picture: sky, dark ground from three fifths down, and a post on it with a bright sky behind its upper edge. shift moves all of it, and
// a light square walks over the ground by walk.
func yard(format retake.PictureFormat, shift, walk int) *retake.Frame {
	f := retake.NewFrame(format)
	for i := range f.Cb {
		f.Cb[i], f.Cr[i] = 128, 128
	}
	w, h := format.Width, format.Height
	for y := range h {
		for x := range w {
			v := byte(170)
			at := x + shift
			switch post := at >= w/5 && at < w/5+w/16 && y >= h/2 && y < h*9/10; {
			case post:
				v = 20
			case y >= h*3/5:
				v = 75 + byte(hash(uint64(at/5), uint64(y/5))%40)
			}
			if left := w/2 + walk; x >= left && x < left+w/12 && y >= h*7/10 && y < h*9/10 {
				v = 150
			}
			f.Y[y*w+x] = v
		}
	}
	return f
}

// TestSettledSnow holds that snow lies on ground that is still, and on upper edges, but neither on the sky, nor on the front of a post, nor on
// what moves; that more of it lies later, and nothing at the end; and that nothing settles where the camera moves.
func TestSettledSnow(t *testing.T) {
	format := formats["landscape"]
	w, h := format.Width, format.Height
	const frames = 120
	// show returns how much lighter a part of a picture became.
	show := func(last, shift, walk int) (light func(index, x0, x1, y0, y1 int) float64) {
		chain, err := NewChain(Config{Threads: 2, Ramp: 0.5}, Setup{Format: format, Frames: frames, Looks: []Look{{Kind: SettledSnow, Strength: 0.9}}, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		var before, after []*retake.Frame
		for i := range last + 1 {
			f := yard(format, i*shift, i*walk)
			before = append(before, retake.NewFrame(format))
			before[i].CopyFrom(f)
			chain.Apply(f, i)
			after = append(after, f)
		}
		return func(index, x0, x1, y0, y1 int) float64 {
			sum := 0.0
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					sum += float64(after[index].Y[y*w+x]) - float64(before[index].Y[y*w+x])
				}
			}
			return sum / float64((x1-x0)*(y1-y0))
		}
	}
	still := show(frames-1, 0, 0)
	ground := []int{w * 8 / 10, w * 95 / 100, h * 8 / 10, h * 95 / 100}
	at := func(light func(index, x0, x1, y0, y1 int) float64, index int) float64 {
		return light(index, ground[0], ground[1], ground[2], ground[3])
	}
	if a, b, c := at(still, 20), at(still, 70), at(still, frames-2); b < 60 || a > b/2 || c > 3 {
		t.Errorf("the ground is lighter by %.0f early, %.0f in the middle, %.0f at the end", a, b, c)
	}
	for i := 1; i < frames; i++ {
		if step := at(still, i) - at(still, i-1); step > 10 || step < -10 {
			t.Errorf("the ground steps by %.1f at picture %d", step, i)
		}
	}
	post := w/5 + w/32
	sky, front, top := still(70, 0, w, 0, h/3), still(70, post-2, post+2, h*7/10, h*8/10), still(70, post-3, post+3, h/2, h/2+6)
	if sky != 0 || front > 6 || top < 30 {
		t.Errorf("the sky is lighter by %.1f, the post's front by %.1f, its top by %.1f", sky, front, top)
	}
	if d := show(70, 0, 1)(70, w/2+70+4, w/2+70+w/12-4, h*3/4, h*17/20); d > 4 {
		t.Errorf("what walks is lighter by %.1f", d)
	}
	if d := at(show(70, 3, 0), 70); d > 4 {
		t.Errorf("before a moving camera the ground is lighter by %.1f", d)
	}
}
