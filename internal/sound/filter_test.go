package sound

import (
	"fmt"
	"math"
	"math/cmplx"
	"testing"
)

// gainAt is the steady gain of a filter for a tone, in dB.
func gainAt(f chain, rate int, hz float64) float64 {
	x := sine(rate, rate, hz, 1)
	f.rest()
	f.run(x)
	return decibels(rms(planes{x[rate/2:]}) * math.Sqrt2)
}

func TestFilters(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		r := float64(rate)
		for _, test := range []struct {
			name       string
			filter     chain
			hz         float64
			want, near float64
		}{
			{"low-pass, passed", butterworth(4, 1000, r, lowPass), 200, 0, 0.1},
			{"low-pass, corner", butterworth(4, 1000, r, lowPass), 1000, -3.01, 0.1},
			{"low-pass, octave", butterworth(4, 500, r, lowPass), 1000, -24.1, 1.5},
			{"high-pass, corner", butterworth(2, 1000, r, highPass), 1000, -3.01, 0.1},
			{"high-pass, octave", butterworth(4, 1000, r, highPass), 500, -24.1, 1.5},
			{"band-pass, centre", chain{bandPass(800, 5, r)}, 800, 0, 0.05},
			{"band-pass, beside", chain{bandPass(800, 5, r)}, 1600, -17.6, 2},
			{"peaking, centre", chain{peaking(800, 1, 6, r)}, 800, 6, 0.05},
		} {
			near(t, fmt.Sprintf("%s at %d", test.name, rate), gainAt(test.filter, rate, test.hz), test.want, test.near)
		}
	}
}

func TestMovingFilter(t *testing.T) {
	const rate = 48000
	var f svf
	f.set(1000, math.Sqrt2/2, rate)
	x := sine(rate, rate, 4000, 1)
	for i, v := range x {
		low, _ := f.tick(float64(v))
		x[i] = float32(low)
	}
	near(t, "two octaves above", decibels(rms(planes{x[rate/2:]})*math.Sqrt2), -24.2, 1)
}

func TestBothWaysShiftsNothing(t *testing.T) {
	x := make([]float32, 2001)
	x[1000] = 1
	lineBand(x, 48000)
	for i := range 1000 {
		if d := math.Abs(float64(x[1000-i] - x[1000+i])); d > 2e-3 {
			t.Fatalf("the response is not symmetric: %v at %d", d, i)
		}
	}
}

func TestFourier(t *testing.T) {
	const n = 64
	x, want := make([]complex128, n), make([]complex128, n)
	for i := range x {
		x[i] = complex(math.Sin(float64(i*i)), math.Cos(float64(3*i)))
	}
	for k := range want {
		for i, v := range x {
			want[k] += v * cmplx.Rect(1, -2*math.Pi*float64(k*i)/n)
		}
	}
	y := append([]complex128(nil), x...)
	f := newFFT(n)
	f.run(y, false)
	for k := range y {
		if cmplx.Abs(y[k]-want[k]) > 1e-9 {
			t.Fatalf("bin %d is %v, want %v", k, y[k], want[k])
		}
	}
	f.run(y, true)
	for i := range y {
		if cmplx.Abs(y[i]-x[i]) > 1e-12 {
			t.Fatalf("back again, %d is %v, want %v", i, y[i], x[i])
		}
	}
}

func TestResample(t *testing.T) {
	for _, to := range []int{8000, 22050, 44100, 48000, 96000} {
		in := sine(22050, 22050, 1000, 0.5)
		out := resample(in, 22050, to)
		if len(out) != to {
			t.Errorf("a second at %d has %d samples", to, len(out))
		}
		want := sine(to, to, 1000, 0.5)
		diff := make([]float32, to)
		for i := to / 10; i < to*9/10; i++ {
			diff[i] = out[i] - want[i]
		}
		between(t, fmt.Sprintf("error at %d, dBFS", to), decibels(rms(planes{diff})), -300, -65)
	}
	// What the lower rate can't hold must go, not fold back.
	folded := resample(sine(48000, 48000, 7000, 0.5), 48000, 8000)
	between(t, "alias", decibels(rms(planes{folded[800:7200]})), -200, -60)
}

func TestReverbDecays(t *testing.T) {
	const rate = 48000
	p := newPlanes(2, 2*rate)
	p[0][0], p[1][0] = 1, 1
	newReverb(rate, 1, 0.8, 5000, 0).add(p, speakers(2), 1)
	e := envelope(p.cut(rate/10, 2*rate), rate/10)
	for i := 1; i < len(e); i++ {
		if e[i] > e[i-1]+1 {
			t.Errorf("the tail grows from %.1f to %.1f dB", e[i-1], e[i])
		}
	}
	// 60 dB in 0.8 s at low frequencies, so at least 45 dB in 0.6 s.
	between(t, "decay over 0.6 s", e[0]-e[6], 38, 120)
	between(t, "correlation of the channels", correlation(p[0][rate/5:rate], p[1][rate/5:rate]), -0.6, 0.6)
}
