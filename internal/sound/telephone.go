package sound

import "math"

// Telephone is the treatment's name.
const Telephone Kind = "telephone"

var onTelephone = Entry{Kind: Telephone, Doc: "the band of a telephone line, levelling, the microphone's bend and the line's noise",
	Line: func(s *scene, mono []float32, _ Item) []float32 { return s.telephone(mono) }}

// The band of a telephone line, in hertz (ITU-T G.120 and its kin).
const (
	lineLow  = 300.0
	lineHigh = 3400.0
)

// lineBand filters to the telephone band without shifting anything in time: about 48 dB an octave at either end.
func lineBand(x []float32, rate float64) {
	butterworth(4, lineLow*1.09, rate, highPass).bothWays(x)
	if lineHigh < 0.45*rate {
		butterworth(4, lineHigh*0.93, rate, lowPass).bothWays(x)
	}
}

// telephone sends mono through a telephone line: band, levelling, the carbon microphone's bend, band again, and the
// line's noise about 50 dB below. The result has the RMS level of the source.
func (s *scene) telephone(mono []float32) []float32 {
	line := append([]float32(nil), mono...)
	before := rms(planes{line})
	if before == 0 {
		return line
	}
	lineBand(line, s.rate)
	compress(line, s.rate)
	presence := peaking(2100, 0.8, 5, s.rate)
	presence.run(line)
	level := rms(planes{line})
	if level == 0 {
		return line
	}
	for i, v := range line {
		x := 1.1 * float64(v) / level / 3
		line[i] = float32(math.Tanh(x+0.12) - math.Tanh(0.12))
	}
	crackle := make([]float32, len(line))
	for i := range crackle {
		crackle[i] = float32(0.0035 * s.white())
	}
	for i := range line {
		line[i] += crackle[i]
	}
	lineBand(line, s.rate)
	planes{line}.scale(before / max(rms(planes{line}), 1e-12))
	return line
}

// compress evens the level out, three to one above the mean, with 8 ms attack and 160 ms release.
func compress(x []float32, rate float64) {
	mean := rms(planes{x})
	if mean == 0 {
		return
	}
	attack, release := math.Exp(-1/(0.008*rate)), math.Exp(-1/(0.160*rate))
	var envelope float64
	for i, v := range x {
		power := float64(v) * float64(v)
		if power > envelope {
			envelope = power + (envelope-power)*attack
		} else {
			envelope = power + (envelope-power)*release
		}
		if over := math.Sqrt(envelope) / mean; over > 0.5 {
			x[i] = float32(float64(v) * math.Pow(over/0.5, -2.0/3))
		}
	}
}

// downmix averages what is ahead and around. Where the channels cancel, the loudest one stands for all.
func downmix(p planes, sp []speaker) []float32 {
	mono := make([]float32, p.frames())
	var loudest []float32
	var top, total, n float64
	for c, ch := range p {
		if sp[c].lfe {
			continue
		}
		level := rms(planes{ch})
		total += level * level
		n++
		if level > top {
			top, loudest = level, ch
		}
		for i, v := range ch {
			mono[i] += v
		}
	}
	planes{mono}.scale(1 / max(n, 1))
	if level := rms(planes{mono}); loudest != nil && level*level < 0.1*total/n/n {
		return append([]float32(nil), loudest...)
	}
	return mono
}

// ahead puts mono on the speakers in front: on the centre one, with a little on the pair beside it, or on the pair.
func (s *scene) ahead(mono []float32) planes {
	p := newPlanes(len(s.speakers), len(mono))
	middle := hasCentre(s.speakers)
	for c, sp := range s.speakers {
		if sp.lfe || math.Abs(sp.azimuth) > 60 {
			continue
		}
		copy(p[c], mono)
		if middle >= 0 && c != middle {
			p[c : c+1].scale(0.35)
		}
	}
	return p
}
