package measure

import "math"

// Silence stands for the level of digital silence in place of minus infinity, so that reports stay finite.
const Silence = -160.0 // dBFS

// Level returns the RMS of samples (full scale 1) in dBFS, where a full-scale square wave has 0.
func Level(samples []float32) float64 {
	var sum float64
	for _, v := range samples {
		sum += float64(v) * float64(v)
	}
	return level(sum, len(samples))
}

// Difference returns the RMS of a-b in dBFS. The longer one's rest counts as it is.
func Difference(a, b []float32) float64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	var sum float64
	for i, v := range a {
		d := float64(v)
		if i < len(b) {
			d -= float64(b[i])
		}
		sum += d * d
	}
	return level(sum, len(a))
}

func level(sum float64, n int) float64 {
	if n == 0 || sum == 0 {
		return Silence
	}
	return max(Silence, 10*math.Log10(sum/float64(n)))
}

// secondDifference returns the largest |x[n-1] - 2x[n] + x[n+1]| over sample frames [from, to) and all channels of
// interleaved sound, full scale 1. A step in the waveform shows in it far above the programme, which is why it finds
// clicks. Frames without a neighbour on both sides count as 0.
func secondDifference(samples []float32, channels, from, to int) float64 {
	frames := len(samples) / max(1, channels)
	from, to = max(from, 1), min(to, frames-1)
	peak := float32(0)
	for i := from * channels; i < to*channels; i++ {
		d := samples[i-channels] - 2*samples[i] + samples[i+channels]
		peak = max(peak, d, -d)
	}
	return float64(peak)
}

// Spans of the click measure, seconds.
const (
	clickSpan   = 0.005 // centred on the seam
	naturalSpan = 0.200 // on either side of it
)

// Click measures a seam before sample frame at of interleaved sound: value is the largest second difference within
// 2.5 ms of it, natural the largest one in the 200 ms before and after that. A value not above natural is no click.
func Click(samples []float32, channels, rate, at int) (value, natural float64) {
	half := int(math.Ceil(clickSpan / 2 * float64(rate)))
	wide := int(naturalSpan * float64(rate))
	value = secondDifference(samples, channels, at-half, at+half)
	natural = max(
		secondDifference(samples, channels, at-half-wide, at-half),
		secondDifference(samples, channels, at+half, at+half+wide))
	return value, natural
}
