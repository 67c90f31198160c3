package measure

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// wide writes 8-bit samples as so many bits.
func wide(plane []byte, bits int) []byte {
	out := make([]byte, 2*len(plane))
	for i, v := range plane {
		binary.LittleEndian.PutUint16(out[2*i:], uint16(v)<<(bits-8))
	}
	return out
}

// The same pictures at another depth are as alike, but for a peak that is not quite a multiple of 255.
func TestCompareDepthAgreesWithEightBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const w, h = 45, 31
	a, b := make([]byte, w*h), make([]byte, w*h)
	for i := range a {
		a[i] = byte(100 + i%w + rng.IntN(20))
		b[i] = byte(int(a[i]) + rng.IntN(5) - 2)
	}
	want, err := Compare(a, b, w, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, bits := range []int{10, 12} {
		got, err := CompareDepth(wide(a, bits), wide(b, bits), w, h, bits)
		if err != nil {
			t.Fatal(err)
		}
		scale := 20 * math.Log10(float64(int(1)<<bits-1)/float64(int(255)<<(bits-8)))
		if math.Abs(got.PSNR-want.PSNR-scale) > 1e-6 || math.Abs(got.SSIM-want.SSIM) > 1e-4 {
			t.Errorf("%d bits: %+v, want %+v and %v dB more", bits, got, want, scale)
		}
		if m := meanOf(wide(a, bits), bits); math.Abs(m-meanBytes(a)) > 1e-9 {
			t.Errorf("%d bits: mean luma %v, want %v", bits, m, meanBytes(a))
		}
	}
}

// One code of 10 bits in every sample: 10·log10(1023²) dB.
func TestCompareDepthCountsCodes(t *testing.T) {
	const w, h = 16, 9
	a, b := make([]byte, 2*w*h), make([]byte, 2*w*h)
	for i := range w * h {
		binary.LittleEndian.PutUint16(a[2*i:], 1023)
		binary.LittleEndian.PutUint16(b[2*i:], 1022)
	}
	got, err := CompareDepth(a, b, w, h, 10)
	if err != nil {
		t.Fatal(err)
	}
	if want := 20 * math.Log10(1023); math.Abs(got.PSNR-want) > 1e-9 {
		t.Errorf("PSNR %v, want %v", got.PSNR, want)
	}
	if same, _ := CompareDepth(a, a, w, h, 10); same.PSNR != MaxPSNR || math.Abs(same.SSIM-1) > 1e-12 {
		t.Errorf("of itself: %+v", same)
	}
	if _, err := CompareDepth(a, b[:8], w, h, 10); err != errSize {
		t.Errorf("planes of unlike sizes: %v", err)
	}
	if m := meanOf(a, 10); math.Abs(m-255.75) > 1e-9 {
		t.Errorf("mean luma %v, want 255.75", m)
	}
}
