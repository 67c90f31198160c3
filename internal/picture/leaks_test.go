package picture

import "testing"

// TestVignette holds that the middle stays, that corners darken alike, and that the fall is even.
func TestVignette(t *testing.T) {
	format := formats["landscape"]
	f := even(format, 160)
	chain, err := NewChain(Config{Threads: 1}, Setup{Format: format, Frames: 3, Looks: []Look{{Kind: Vignette, Strength: 0.6}}})
	if err != nil {
		t.Fatal(err)
	}
	chain.Apply(f, 1)
	w, h := format.Width, format.Height
	at := func(x, y int) int { return int(f.Y[y*w+x]) }
	if m := at(w/2, h/2); m < 159 {
		t.Errorf("the middle fell from 160 to %d", m)
	}
	corner := at(2, 2)
	for _, v := range []int{at(w-3, 2), at(2, h-3), at(w-3, h-3)} {
		if v < corner-2 || v > corner+2 {
			t.Errorf("corners are %d and %d", corner, v)
		}
	}
	if corner > 110 || corner < 30 {
		t.Errorf("a corner fell from 160 to %d", corner)
	}
	for x := w / 2; x < w-8; x++ {
		if at(x+8, h/2) > at(x, h/2)+1 || at(x+1, h/2) < at(x, h/2)-3 {
			t.Fatalf("luma goes from %d over %d to %d at %d", at(x, h/2), at(x+1, h/2), at(x+8, h/2), x)
		}
	}
}

// TestLightLeaks holds that leaks are warm, brighten the edges and leave the middle nearly alone, and that they move.
func TestLightLeaks(t *testing.T) {
	format := formats["landscape"]
	got := run(t, DefaultConfig(), Setup{Format: format, Frames: 121, Looks: []Look{{Kind: LightLeaks, Strength: 0.6}}, Seed: 3}, true)
	a, b, was := got[40], got[80], scene(format, 0)
	if mean(a.Y) < mean(was.Y)+3 || mean(a.Cr) < mean(was.Cr)+3 || mean(a.Cb) > mean(was.Cb)-2 {
		t.Errorf("means go from %.1f, %.1f, %.1f to %.1f, %.1f, %.1f", mean(was.Y), mean(was.Cb), mean(was.Cr), mean(a.Y), mean(a.Cb), mean(a.Cr))
	}
	middle := format.Height/2*format.Width + format.Width/2
	edge := 0
	for y := range format.Height {
		edge = max(edge, int(a.Y[y*format.Width])-int(was.Y[y*format.Width]), int(a.Y[y*format.Width+format.Width-1])-int(was.Y[y*format.Width+format.Width-1]))
	}
	if d := int(a.Y[middle]) - int(was.Y[middle]); d > edge/2 || edge < 25 {
		t.Errorf("the middle gains %d codes, the brightest edge %d", d, edge)
	}
	if difference(a, b) < 1 {
		t.Error("the leaks stand still")
	}
}
