package sound

import "math"

const (
	duckMono  = 0.65 // share of a sound taken away under words, where a voice can't be told from the rest: 9 dB
	duckRest  = 0.29 // where it can: 3 dB of everything,
	duckVoice = 0.75 // and 12 dB more of what is the same on both sides between 150 Hz and 7 kHz, which is where voices are mixed
)

// duck lowers p while words are spoken over it. A voice in the middle of a pair of channels goes further than what lies
// around it, and in a clip with a centre channel that channel does.
func duck(p planes, sp []speaker, s *speech, rate float64) {
	weight := s.presence(p.frames(), rate)
	centre, left, right := hasCentre(sp), pair(sp, -30), pair(sp, 30)
	if left < 0 || right < 0 {
		for c := range p {
			under(p[c], weight, duckMono)
		}
		return
	}
	if centre < 0 {
		middle := make([]float32, p.frames())
		for i := range middle {
			middle[i] = (p[left][i] + p[right][i]) / 2
		}
		butterworth(2, 150, rate, highPass).bothWays(middle)
		if rate > 16000 {
			butterworth(2, 7000, rate, lowPass).bothWays(middle)
		}
		for i, w := range weight {
			taken := middle[i] * w * duckVoice
			p[left][i] -= taken
			p[right][i] -= taken
		}
	}
	for c := range p {
		share := duckRest
		if c == centre {
			share = 1 - (1-duckRest)*(1-duckVoice)
		}
		under(p[c], weight, share)
	}
}

func under(x, weight []float32, share float64) {
	for i, w := range weight {
		x[i] *= 1 - w*float32(share)
	}
}

// presence is 1 while the words are spoken, and rises before and falls after them without corners.
func (s *speech) presence(frames int, rate float64) []float32 {
	w := make([]float32, frames)
	before, after := int(0.15*rate), int(0.30*rate)
	for i := range w {
		x := min(float64(i-s.start+before)/float64(before), float64(s.end+after-i)/float64(after))
		if x > 0 {
			w[i] = float32(0.5 - 0.5*math.Cos(math.Pi*min(x, 1)))
		}
	}
	return w
}

// pair returns the channel that stands at an angle, -1 where there is none.
func pair(sp []speaker, azimuth float64) int {
	for c, s := range sp {
		if !s.lfe && s.azimuth == azimuth {
			return c
		}
	}
	return -1
}
