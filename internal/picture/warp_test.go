package picture

import (
	"bytes"
	"math"
	"testing"

	"retake/internal/retake"
)

// TestRows holds that the quick ways along a row give what taking each sample by itself does, to the byte.
func TestRows(t *testing.T) {
	const one = 1 << 16
	for _, format := range []retake.PictureFormat{formats["landscape"], formats["odd"], formats["line"], formats["dot"]} {
		w, h := format.Width, format.Height
		src := scene(format, 3)
		for _, p := range []placing{magnified(1, 0, 0, 0), magnified(1.13, 0, 3.3, -2.2), magnified(1.3, 0, -20, 9), magnified(1.02, 0.7, 1, 1), {a: -1, e: 1}} {
			for _, weight := range []int32{256, 100} {
				got, want := retake.NewFrame(format), retake.NewFrame(format)
				p.rows(got.Y, src.Y, w, h, 0, h, weight)
				mx, my := float64(w-1)/2, float64(h-1)/2
				for y := range h {
					dy := float64(y) - my
					x, v := int64(math.Round((-p.a*mx+p.b*dy+p.c+mx)*one)), int64(math.Round((-p.d*mx+p.e*dy+p.f+my)*one))
					for i := range w {
						want.Y[y*w+i] = blended(want.Y[y*w+i], bilinear(src.Y, w, h, x, v), weight)
						x, v = x+int64(math.Round(p.a*one)), v+int64(math.Round(p.d*one))
					}
				}
				if !bytes.Equal(got.Y, want.Y) {
					t.Errorf("%d×%d, %v of %d: the rows differ", w, h, p, weight)
				}
			}
		}
	}
}
