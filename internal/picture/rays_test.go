package picture

import (
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// patch is the mean luma of a part of a picture.
func patch(f *retake.Frame, x0, y0, x1, y1 int) float64 {
	sum, w := 0.0, f.Format.Width
	for y := y0; y < y1; y++ {
		sum += mean(f.Y[y*w+x0:y*w+x1]) / float64(y1-y0)
	}
	return sum
}

// TestLightRays holds that light comes from the place that is named, in shafts, and that what is dark on its way keeps it off.
func TestLightRays(t *testing.T) {
	format := formats["landscape"]
	look := Look{Kind: LightRays, Strength: 0.8, Detail: wish.Detail{Place: wish.TopLeft}}
	f := after(t, even(format, 120), look, 3)
	near, far := patch(f, 0, 0, 80, 45), patch(f, 240, 135, 320, 180)
	if near < far+8 || near < 125 {
		t.Errorf("near the source luma is %.0f, away from it %.0f", near, far)
	}
	// Across the shafts: on a line from the lower left to the upper right.
	least, most := 255.0, 0.0
	for i := range 16 {
		v := patch(f, 10+i*10, 160-i*9, 18+i*10, 168-i*9)
		least, most = min(least, v), max(most, v)
	}
	if most-least < 8 {
		t.Errorf("across the shafts luma goes from %.0f to %.0f", least, most)
	}
	walled := even(format, 120)
	for y := 40; y < 90; y++ {
		for x := 60; x < 140; x++ {
			walled.Y[y*format.Width+x] = 20
		}
	}
	after(t, walled, look, 3)
	if free, behind := patch(f, 160, 95, 180, 110), patch(walled, 160, 95, 180, 110); behind > free-1.5 {
		t.Errorf("behind a wall luma is %.1f, without it %.1f", behind, free)
	}
}

// TestLensDrops holds that a drop shows the scene upside down, and that the picture between the drops is left as it is.
func TestLensDrops(t *testing.T) {
	format := formats["landscape"]
	chain, err := NewChain(Config{Threads: 2, Ramp: 0.1}, Setup{Format: format, Frames: 21, Looks: []Look{{Kind: LensDrops, Strength: 1}}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	f := even(format, 200)
	for i := 90 * format.Width; i < len(f.Y); i++ {
		f.Y[i] = 40
	}
	chain.Apply(f, 10)
	kept, turned, seen := 0, 0, 0
	for i, v := range f.Y {
		if y := i / format.Width; y < 90 && v == 200 || y >= 90 && v == 40 {
			kept++
		}
	}
	if part := float64(kept) / float64(len(f.Y)); part < 0.6 || part > 0.97 {
		t.Errorf("%.0f %% of the picture are as they were", 100*part)
	}
	for _, d := range chain.effects[0].effect.(*drops).list {
		x, top, bottom := int(d.x), int(d.y-0.6*d.radius), int(d.y+0.6*d.radius)
		if d.radius < 3 || d.alpha < 0.9 || x < 0 || x >= format.Width || top < 72 || bottom > 108 {
			continue // where both sky and ground are seen in it
		}
		seen++
		if int(f.Y[bottom*format.Width+x]) > int(f.Y[top*format.Width+x])+60 {
			turned++
		}
	}
	if seen < 5 || turned < seen*3/4 {
		t.Errorf("%d of %d drops show the sky below", turned, seen)
	}
}

// TestBubbles holds that bubbles rise, and sink where the prompt says so, and that they are clear within their rim.
func TestBubbles(t *testing.T) {
	s := sprite{shape: bubble}
	if rim, middle := s.cover(0.95, 0, 0.1), s.cover(0.1, 0, 0.1); rim < 4*middle || middle <= 0 {
		t.Errorf("the rim gives %.2f of light, the middle %.2f", rim, middle)
	}
	for direction, way := range map[wish.Direction]float64{"": -1, wish.Down: 1} {
		chain, err := NewChain(Config{Threads: 1, Ramp: 0.1}, Setup{Format: formats["landscape"], Frames: 31, Seed: 2,
			Looks: []Look{{Kind: Bubbles, Strength: 0.6, Detail: wish.Detail{Direction: direction}}}})
		if err != nil {
			t.Fatal(err)
		}
		e := chain.effects[0].effect.(*flying)
		chain.Apply(scene(formats["landscape"], 0), 14)
		before := append([]sprite(nil), e.list...)
		chain.Apply(scene(formats["landscape"], 0), 16)
		moved := 0
		for i, b := range before {
			if (e.list[i].y-b.y)*way > 0 {
				moved++
			}
		}
		if len(before) < 20 || moved < len(before)*9/10 {
			t.Errorf("%q: %d of %d bubbles go that way", direction, moved, len(before))
		}
	}
}
