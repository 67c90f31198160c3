package depth

import (
	"math"
	"testing"

	"retake/internal/retake"
)

// Values that the recommendations tell.
func TestTransfers(t *testing.T) {
	for _, c := range []struct {
		name           string
		got, want, tol float64
	}{
		{"PQ, 100 cd/m²", pqSignal(100), 0.508, 0.0005},                     // BT.2408-7, table 1
		{"PQ, 203 cd/m²", pqSignal(203), 0.58, 0.005},                       // the same
		{"PQ, 1,000 cd/m²", pqSignal(1000), 0.752, 0.0005},                  // the same
		{"PQ, full", pqLight(1), 10000, 1e-6},                               // BT.2100-2, table 4
		{"HLG, 75 %", hlgLight(0.75), 203, 1},                               // BT.2408-7, 2.1
		{"HLG, full", hlgLight(1), 1000, 0.1},                               // BT.2100-2, table 5
		{"HLG, the knee", hlgLight(0.5), 1000 * math.Pow(1./12, 1.2), 1e-3}, // the same
		{"peak in the view", compress(1000), 1, 1e-9},
		{"white in the view", math.Pow(compress(203), 1/viewGamma), 0.76, 0.005},
	} {
		if math.Abs(c.got-c.want) > c.tol {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	for v := 0.0; v <= 1; v += 1.0 / 64 {
		for name, back := range map[string]float64{
			"PQ": pqSignal(pqLight(v)), "HLG": hlgSignal(hlgLight(v)),
			"compress": expand(compress(v*1000)) / 1000,
		} {
			if math.Abs(back-v) > 1e-5 {
				t.Errorf("%s: %v comes back as %v", name, v, back)
			}
		}
	}
}

// ITU-R BT.2087-0, 2.2, and back.
func TestGamut(t *testing.T) {
	want := matrix{{0.6274, 0.3293, 0.0433}, {0.0691, 0.9195, 0.0114}, {0.0164, 0.0880, 0.8956}}
	m := gamut("bt709", "bt2020")
	for r := range m {
		for c := range m[r] {
			if math.Abs(m[r][c]-want[r][c]) > 0.0001 {
				t.Errorf("row %d, column %d: %v, want %v", r, c, m[r][c], want[r][c])
			}
		}
	}
}

// A colour that an engine paints into an HDR picture is shown as that colour when the picture is viewed again.
func TestPaintedColoursComeBack(t *testing.T) {
	for _, f := range []Format{
		{Width: 64, Height: 64, Bits: 10, Chroma: Chroma420, Transfer: transferPQ, Matrix: "bt2020nc", Primaries: "bt2020"},
		{Width: 64, Height: 64, Bits: 10, Chroma: Chroma422, Transfer: transferHLG, Matrix: "bt2020nc", Primaries: "bt2020"},
		{Width: 64, Height: 64, Bits: 12, Chroma: Chroma444, Transfer: transferPQ, Matrix: "bt2020nc", Primaries: "smpte432"},
		{Width: 64, Height: 64, Bits: 10, Chroma: Chroma420, Transfer: transferHLG, FullRange: true, Primaries: "bt2020"},
	} {
		v, p := NewView(f), New(f)
		grey := [3]int{1 << f.Bits / 2, 1 << f.Bits / 2, 1 << f.Bits / 2}
		for k, plane := range p.planes() {
			for i := range plane.width * plane.height {
				plane.set(i%plane.width, i/plane.width, grey[k])
			}
		}
		shown, answer, again := retake.NewFrame(v.Format()), retake.NewFrame(v.Format()), retake.NewFrame(v.Format())
		v.Show(p, shown)
		for _, c := range [][3]byte{{40, 128, 128}, {126, 128, 128}, {235, 128, 128}, {100, 140, 120}, {63, 102, 240}, {173, 42, 26}, {32, 240, 118}} {
			near := 1.5
			if c[1] < 110 || c[1] > 146 { // pure red, green and blue: the light of the others is next to none, where a step of the clip's is many of the view's
				near = 6
			}
			for i := range answer.Y {
				answer.Y[i] = c[0]
			}
			for i := range answer.Cb {
				answer.Cb[i], answer.Cr[i] = c[1], c[2]
			}
			q := New(f)
			q.CopyFrom(p)
			v.Return(q, shown, answer)
			v.Show(q, again)
			for k, plane := range [][]byte{again.Y, again.Cb, again.Cr} {
				sum := 0
				for _, b := range plane {
					sum += int(b)
				}
				if mean := float64(sum) / float64(len(plane)); math.Abs(mean-float64(c[k])) > near {
					t.Errorf("%v: painted %v, plane %d is shown as %.2f", f, c, k, mean)
				}
			}
		}
	}
}
