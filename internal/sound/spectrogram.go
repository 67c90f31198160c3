package sound

import (
	"math"
	"math/cmplx"

	"retake/internal/retake"
)

// Spectrogram returns the level in dB of a sound in rows of equal steps of log frequency from lo to hi hertz, the highest first, and
// columns of equal steps of time. 0 dB is a sine at full scale. The channels are added in power.
func Spectrogram(interleaved []float32, f retake.SoundFormat, lo, hi float64, rows, columns int) [][]float64 {
	const size = 4096
	p, out := split(interleaved, f.Channels), make([][]float64, rows)
	for r := range out {
		out[r] = make([]float64, columns)
	}
	transform, window := newFFT(size), hann(size)
	for c := range columns {
		power := make([]float64, size/2)
		from := c*p.frames()/columns - size/2
		for _, ch := range p {
			for i := range size {
				transform.buffer[i] = 0
				if at := from + i; at >= 0 && at < len(ch) {
					transform.buffer[i] = complex(float64(ch[at])*window[i], 0)
				}
			}
			transform.run(transform.buffer, false)
			for k := range power {
				a := cmplx.Abs(transform.buffer[k]) * 4 / size
				power[k] += a * a
			}
		}
		for r := range rows {
			edge := func(row int) float64 {
				return hi * math.Pow(lo/hi, float64(row)/float64(rows)) * size / float64(f.Rate)
			}
			var top float64
			for k := int(edge(r + 1)); k <= int(edge(r)) && k < len(power); k++ {
				top = max(top, power[k])
			}
			out[r][c] = decibels(math.Sqrt(top))
		}
	}
	return out
}
