package sound

import (
	"math"
	"math/rand/v2"
	"slices"
)

// planes holds one slice of samples for each channel, all of one length.
type planes [][]float32

func newPlanes(channels, frames int) planes {
	p := make(planes, channels)
	for c := range p {
		p[c] = make([]float32, frames)
	}
	return p
}

// split makes planes of interleaved sound. What is not a number becomes 0, so that one broken sample can't spread
// through a filter.
func split(interleaved []float32, channels int) planes {
	frames := len(interleaved) / channels
	p := newPlanes(channels, frames)
	for c := range p {
		for i := range p[c] {
			v := interleaved[i*channels+c]
			if v != v || math.IsInf(float64(v), 0) {
				v = 0
			}
			p[c][i] = v
		}
	}
	return p
}

func (p planes) interleave() []float32 {
	out := make([]float32, len(p)*p.frames())
	for c, ch := range p {
		for i, v := range ch {
			out[i*len(p)+c] = v
		}
	}
	return out
}

func (p planes) frames() int {
	if len(p) == 0 {
		return 0
	}
	return len(p[0])
}

func (p planes) scale(gain float64) {
	for _, ch := range p {
		for i := range ch {
			ch[i] = float32(float64(ch[i]) * gain)
		}
	}
}

func (p planes) add(q planes) {
	for c, ch := range p {
		for i, v := range q[c] {
			ch[i] += v
		}
	}
}

func (p planes) clone() planes {
	q := make(planes, len(p))
	for c := range p {
		q[c] = append([]float32(nil), p[c]...)
	}
	return q
}

// join puts parts, at least one and all of the same channels, after one another.
func join(parts ...planes) planes {
	out := make(planes, len(parts[0]))
	for c := range out {
		var channel [][]float32
		for _, p := range parts {
			channel = append(channel, p[c])
		}
		out[c] = slices.Concat(channel...)
	}
	return out
}

func (p planes) peak() float64 {
	var top float32
	for _, ch := range p {
		for _, v := range ch {
			top = max(top, v, -v)
		}
	}
	return float64(top)
}

// speaker is one channel's place.
type speaker struct {
	azimuth float64 // degrees, 0 ahead, positive to the right
	lfe     bool
	weight  float64 // in loudness, ITU-R BS.1770-4 table 3
	bed     float64 // share of a diffuse sound
}

var (
	left         = speaker{azimuth: -30, weight: 1, bed: 1}
	right        = speaker{azimuth: 30, weight: 1, bed: 1}
	centre       = speaker{azimuth: 0, weight: 1, bed: 0.6}
	bass         = speaker{lfe: true}
	leftSide     = speaker{azimuth: -110, weight: 1.41, bed: 0.75}
	rightSide    = speaker{azimuth: 110, weight: 1.41, bed: 0.75}
	leftBack     = speaker{azimuth: -145, weight: 1.41, bed: 0.7}
	rightBack    = speaker{azimuth: 145, weight: 1.41, bed: 0.7}
	back         = speaker{azimuth: 180, weight: 1.41, bed: 0.7}
	speakerTable = [maxChannels + 1][]speaker{
		1: {centre}, 2: {left, right}, 3: {left, right, centre}, 4: {left, right, centre, back},
		5: {left, right, centre, leftSide, rightSide},
		6: {left, right, centre, bass, leftSide, rightSide},
		7: {left, right, centre, bass, back, leftSide, rightSide},
		8: {left, right, centre, bass, leftBack, rightBack, leftSide, rightSide},
	}
)

// speakers returns the usual places for a number of channels, in the order of ffmpeg's default layouts (AAC's for 3).
func speakers(channels int) []speaker { return speakerTable[channels] }

// pan writes each speaker's gain for a sound at azimuth degrees into dst; the powers sum to 1.
func pan(dst []float64, sp []speaker, azimuth float64) {
	var power float64
	for c, s := range sp {
		dst[c] = 0
		if !s.lfe {
			near := 0.5 + 0.5*math.Cos((azimuth-s.azimuth)*math.Pi/180)
			dst[c] = near * near * near * near
		}
		power += dst[c] * dst[c]
	}
	if power < 1e-6 { // nobody near: everybody
		power = 0
		for c, s := range sp {
			if !s.lfe {
				dst[c] = 1
				power++
			}
		}
	}
	for c := range dst {
		dst[c] /= math.Sqrt(max(power, 1e-6))
	}
}

// someAzimuth draws a place: mostly ahead, also behind where there are speakers behind.
func someAzimuth(rng *rand.Rand, sp []speaker) float64 {
	if len(sp) < 4 {
		return rng.Float64()*130 - 65
	}
	return min(max(rng.NormFloat64()*75, -180), 180)
}

// hasCentre returns the index of the speaker straight ahead, or -1.
func hasCentre(sp []speaker) int {
	for c, s := range sp {
		if !s.lfe && s.azimuth == 0 {
			return c
		}
	}
	return -1
}
