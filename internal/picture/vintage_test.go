package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

// reelOf is a reel of so many pictures a second in a clip of another rate.
func reelOf(format retake.PictureFormat, fps int, rate float64) reel {
	format.Rate = retake.Rate{Num: fps, Den: 1}
	return reel{stage{format: format, frames: 1000, crew: crew{threads: 1}, levels: levelsOf(format), seed: 4}, rate}
}

// TestReel holds that film runs by time: in a clip of twice its rate each of its pictures stands for two, in one of half for none but every other.
func TestReel(t *testing.T) {
	for index := range 400 {
		if got := reelOf(formats["landscape"], 48, 24).tick(index); got != uint64(index/2) {
			t.Fatalf("48 a second: picture %d has the film's picture %d", index, got)
		}
		if got := reelOf(formats["landscape"], 12, 24).tick(index); got != uint64(2*index) {
			t.Fatalf("12 a second: picture %d has the film's picture %d", index, got)
		}
	}
}

// TestGrain holds that grain keeps the mean, is strongest in the middle tones, and is the film's picture's.
func TestGrain(t *testing.T) {
	r := reelOf(formats["landscape"], 48, 24)
	grained := func(luma byte, index int) *retake.Frame {
		f := even(r.format, luma)
		newGrain(r, 2, 8, 0.3).apply(f, index, 1)
		return f
	}
	deviation := func(f *retake.Frame) float64 { return math.Sqrt(spread(f.Y) / float64(len(f.Y))) }
	grey, dark := grained(125, 8), grained(17, 8)
	if d := deviation(grey); d < 6 || d > 10 {
		t.Errorf("the middle tones have a deviation of %.1f codes, want about 8", d)
	}
	if d := deviation(dark); d > 0.6*deviation(grey) {
		t.Errorf("shadows have a deviation of %.1f", d)
	}
	if m := mean(grey.Y); math.Abs(m-125) > 0.4 {
		t.Errorf("mean luma goes from 125 to %.2f", m)
	}
	if !bytes.Equal(grey.Data, grained(125, 9).Data) || bytes.Equal(grey.Data, grained(125, 10).Data) {
		t.Error("grain doesn't change with the film's pictures")
	}
}

// TestSlide holds that a picture moved by whole samples is the same one elsewhere, and by a half the mean of two.
func TestSlide(t *testing.T) {
	format := formats["odd"]
	from, f := scene(format, 0), retake.NewFrame(format)
	w, h := format.Width, format.Height
	crew{threads: 3}.slide(f, from, 3, -2)
	half := retake.NewFrame(format)
	crew{threads: 2}.slide(half, from, -0.5, 0)
	for y := range h {
		for x := range w {
			if want := from.Y[min(y+2, h-1)*w+max(x-3, 0)]; f.Y[y*w+x] != want {
				t.Fatalf("%d, %d: %d, want %d", x, y, f.Y[y*w+x], want)
			}
			if want := (int(from.Y[y*w+x]) + int(from.Y[y*w+min(x+1, w-1)]) + 1) / 2; int(half.Y[y*w+x]) != want {
				t.Fatalf("half at %d, %d: %d, want %d", x, y, half.Y[y*w+x], want)
			}
		}
	}
}

// TestBox holds means of squares against sums that are made plainly.
func TestBox(t *testing.T) {
	for _, name := range []string{"odd", "line", "dot"} {
		format := formats[name]
		from := scene(format, 0)
		w, h := format.Width, format.Height
		for _, radius := range []int{1, 2, 20} {
			b := newBox(from.Y, w, h, 0, radius)
			for y := range h {
				for x, got := range b.next() {
					sum := 0
					for j := -radius; j <= radius; j++ {
						for i := -radius; i <= radius; i++ {
							sum += int(from.Y[min(max(y+j, 0), h-1)*w+min(max(x+i, 0), w-1)])
						}
					}
					want := 256 * float64(sum) / float64((2*radius+1)*(2*radius+1))
					if math.Abs(float64(got)-want) > 0.51 {
						t.Fatalf("%s, radius %d at %d, %d: %d, want %.2f", name, radius, x, y, got, want)
					}
				}
			}
		}
	}
}

// TestWear holds that dust lies on one picture of the film, on few of its samples, and that scratches run from above to below.
func TestWear(t *testing.T) {
	r := reelOf(formats["landscape"], 24, 24)
	touched, alike := 0, 0
	before := even(r.format, 125)
	for index := 1; index < 40; index++ {
		f := even(r.format, 125)
		newWear(r, 6, 0).apply(f, index, 1)
		for i, v := range f.Y {
			if v != 125 {
				touched++
				if before.Y[i] == v {
					alike++
				}
			}
		}
		before = f
	}
	if alike > touched/20 {
		t.Errorf("%d of %d samples with dust have it in the next picture too", alike, touched)
	}
	if share := float64(touched) / float64(39*r.format.Width*r.format.Height); share == 0 || share > 0.01 {
		t.Errorf("dust lies on %.4f of the film", share)
	}
	columns := 0
	for index := 1; index < 60; index++ {
		f := even(r.format, 125)
		newWear(r, 0, scratchers).apply(f, index, 1)
		for x := range r.format.Width {
			marks := 0
			for y := range r.format.Height {
				if f.Y[y*r.format.Width+x] != 125 {
					marks++
				}
			}
			if marks > r.format.Height/3 {
				columns++
			}
		}
	}
	if columns < 10 || columns > 60*scratchers*3 {
		t.Errorf("%d columns are scratched in 59 pictures", columns)
	}
}

// TestSuper8 holds what is seen of the gate, that it is warmer and softer than the vintage print, and that both have lost blue.
func TestSuper8(t *testing.T) {
	format := formats["landscape"]
	before, super := middle(t, format, Super8, 0.6)
	_, old := middle(t, format, VintageFilm, 0.6)
	w, h := format.Width, format.Height
	for _, i := range []int{0, w - 1, (h - 1) * w, h*w - 1} {
		if super.Y[i] > 40 {
			t.Errorf("a corner of the gate has luma %d", super.Y[i])
		}
	}
	if super.Y[h/2*w+w/4] < 90 {
		t.Errorf("inside the gate luma is %d", super.Y[h/2*w+w/4])
	}
	warmth := func(f *retake.Frame) float64 { return mean(f.Cr) - mean(f.Cb) }
	if !(warmth(super) > warmth(old) && warmth(old) > warmth(before)+2) {
		t.Errorf("red less blue goes from %.1f to %.1f, on super 8 to %.1f", warmth(before), warmth(old), warmth(super))
	}
}

// TestScratchedSuper8 holds that "super 8 with scratches" isn't faded, moved and grained twice.
func TestScratchedSuper8(t *testing.T) {
	setup := Setup{Format: formats["landscape"], Frames: 9, Looks: []Look{asking(Super8, 0.6)}, Seed: 5}
	plain := run(t, Config{Threads: 2}, setup, false)[4]
	setup.Looks = append(setup.Looks, asking(VintageFilm, 0.6))
	scratched := run(t, Config{Threads: 2}, setup, false)[4]
	if d := difference(plain, scratched); d == 0 || d > 1 {
		t.Errorf("scratches on super 8 change it by %.2f codes", d)
	}
}
