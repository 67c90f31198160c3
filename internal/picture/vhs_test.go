package picture

import (
	"testing"

	"retake/internal/retake"
)

// barred is grey with a bright red bar upright in its middle.
func barred(format retake.PictureFormat) *retake.Frame {
	f := even(format, 90)
	w, cw := format.Width, format.ChromaWidth()
	for i := range f.Y {
		if x := i % w; x >= w/2 && x < w*5/8 {
			f.Y[i] = 150
		}
	}
	for i := range f.Cr {
		if x := 2 * (i % cw); x >= w/2 && x < w*5/8 {
			f.Cr[i] = 200
		}
	}
	return f
}

// TestVHS holds that colour lies to the right of what it belongs to and is softer, that rims are overdone, and that the lower edge is torn.
func TestVHS(t *testing.T) {
	format := retake.PictureFormat{Width: 640, Height: 360, Rate: rate30, Matrix: "bt709"}
	f := barred(format)
	tape := newTape(stage{format: format, frames: 90, crew: crew{threads: 2}, levels: levelsOf(format), seed: 4}, 0.6)
	tape.apply(f, 20, 1)
	w, h, cw := format.Width, format.Height, format.ChromaWidth()
	column := func(p []byte, w, h, x int) float64 { // the mean of the rows between the edges
		sum := 0.0
		for y := h / 4; y < h*3/4; y++ {
			sum += float64(p[y*w+x])
		}
		return sum / float64(h*3/4-h/4)
	}
	rise := func(p []byte, w, h int, low, high float64) (from, to float64) {
		for x := range w {
			v := (column(p, w, h, x) - low) / (high - low)
			if v > 0.2 && from == 0 {
				from = float64(x) / float64(w)
			}
			if v > 0.8 {
				return from, float64(x) / float64(w)
			}
		}
		return from, 1
	}
	lumaFrom, lumaTo := rise(f.Y, w, h, column(f.Y, w, h, w/4), column(f.Y, w, h, w*9/16))
	from, to := rise(f.Cr, cw, h/2, 128, column(f.Cr, cw, h/2, cw*19/32))
	if to-from < 1.5*(lumaTo-lumaFrom) || (from+to)/2 < (lumaFrom+lumaTo)/2+0.001 {
		t.Errorf("luma rises from %.3f to %.3f of the width, colour from %.3f to %.3f", lumaFrom, lumaTo, from, to)
	}
	if rim := column(f.Y, w, h, w/2-4) - column(f.Y, w, h, w/4); rim > -1 {
		t.Errorf("beside the bar luma is %.1f above that of the ground", rim)
	}
	torn, whole := f.Y[(h-3)*w:(h-1)*w], f.Y[h/2*w:(h/2+2)*w]
	if spread(torn) < 1.3*spread(whole) {
		t.Errorf("the lower edge spreads by %.0f, the middle by %.0f", spread(torn), spread(whole))
	}
}

// TestTracking holds that only a bad tape has a band of bad tracking, and that it wanders up.
func TestTracking(t *testing.T) {
	format := formats["landscape"]
	st := stage{format: format, frames: 900, crew: crew{threads: 1}, levels: levelsOf(format), seed: 4}
	if m := newTape(st, 0.3).moment(30, 1); m.bad != 0 {
		t.Errorf("a good tape has bad tracking: %.2f", m.bad)
	}
	bad := newTape(st, 1)
	up := 0
	last := bad.moment(0, 1).tracks
	for index := 1; index < 300; index++ {
		m := bad.moment(index, 1)
		if m.tracks < last {
			up++
		}
		last = m.tracks
		if _, noise := m.tremble(int(m.tracks)); m.tracks > 0 && m.tracks < m.total && noise < 2 {
			t.Fatalf("in the band noise is %.1f times the usual", noise)
		}
	}
	if up < 295 {
		t.Errorf("the band goes up in %d of 299 pictures", up)
	}
}
