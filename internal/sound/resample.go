package sound

import "math"

// resample changes the rate of x by a windowed sinc (Kaiser, about 80 dB), band-limited to the lower of both rates.
// The first output sample is at the time of the first input sample.
func resample(x []float32, from, to int) []float32 {
	if from == to || len(x) == 0 {
		return append([]float32(nil), x...)
	}
	const zeros, steps = 24, 512 // zero crossings on either side, table entries for each of them
	band := min(1, float64(to)/float64(from)) * 0.95
	table := sincTable(zeros, steps)
	reach := zeros / band // input samples on either side
	out := make([]float32, int(int64(len(x))*int64(to)/int64(from)))
	for i := range out {
		at := float64(i) * float64(from) / float64(to)
		first, last := max(int(math.Ceil(at-reach)), 0), min(int(math.Floor(at+reach)), len(x)-1)
		var sum float64
		for j := first; j <= last; j++ {
			pos := math.Abs(at-float64(j)) * band * steps
			k := int(pos)
			frac := pos - float64(k)
			sum += float64(x[j]) * (table[k] + frac*(table[k+1]-table[k]))
		}
		out[i] = float32(sum * band)
	}
	return out
}

// sincTable holds half of a Kaiser-windowed sinc with one entry of slack at its end.
func sincTable(zeros, steps int) []float64 {
	const beta = 8.0
	t := make([]float64, zeros*steps+2)
	for i := range t {
		x := float64(i) / float64(steps)
		r := x / float64(zeros)
		if r >= 1 {
			continue
		}
		s := 1.0
		if i > 0 {
			s = math.Sin(math.Pi*x) / (math.Pi * x)
		}
		t[i] = s * bessel0(beta*math.Sqrt(1-r*r)) / bessel0(beta)
	}
	return t
}

// bessel0 is the modified Bessel function of order 0 by its power series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}
