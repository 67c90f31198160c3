package sound

import (
	"math"
	"slices"
)

// A small room with something soft in it stands for one that can't be heard.
const ordinaryRoom = 0.32 // seconds

const (
	decayFrame  = 0.010 // seconds
	decayLeast  = 0.040 // seconds that a decay must last to count
	decayDepth  = 10.0  // dB that it must fall
	decaySkip   = 5.0   // dB that the direct sound takes with it (ISO 3382-2 begins there, too)
	decayMargin = 3.0   // dB over the noise floor, where it ends
	decayCount  = 2     // as many must be found
)

// roomDecay estimates the time in which the room around the clip dies away by 60 dB, from how the sound falls where somebody or
// something stops: after its first 5 dB, which are the
// sound's own, a fall is as fast as the room lets it be (after R. Ratnam et al., "Blind estimation of reverberation time", JASA 114, 2003). heard is false where there are
// too few clear falls; the result is that of an ordinary room then.
func roomDecay(around []planes, rate float64, sp []speaker) (seconds float64, heard bool) {
	var falls []float64
	for _, p := range around {
		if p.frames() > 0 {
			falls = append(falls, decays(downmix(p, sp), rate)...)
		}
	}
	if len(falls) < decayCount {
		return ordinaryRoom, false
	}
	slices.Sort(falls)
	return min(max(falls[len(falls)*2/3], 0.12), 3), true
}

// decays lists the 60 dB times of the clear falls of x between 400 Hz and 4 kHz.
func decays(x []float32, rate float64) []float64 {
	x = append([]float32(nil), x...)
	butterworth(2, 400, rate, highPass).run(x)
	if rate > 10000 {
		butterworth(2, 4000, rate, lowPass).run(x)
	}
	size := int(decayFrame * rate)
	if size < 1 {
		return nil
	}
	var level []float64
	for at := 0; at+3*size <= len(x); at += size { // overlapped, as the tail of a room is rough
		level = append(level, decibels(rms(planes{x[at : at+3*size]})))
	}
	floor := append([]float64(nil), level...)
	slices.Sort(floor)
	if len(floor) == 0 {
		return nil
	}
	end := max(floor[len(floor)/10], digitalSilence) + decayMargin
	var out []float64
	for i := 0; i < len(level); {
		j := i
		for j+1 < len(level) && level[j+1] < level[j]+0.3 && level[j+1] > end {
			j++
		}
		k := i // where the direct sound is over, and the room alone is heard
		for k < j && level[k] > level[i]-decaySkip {
			k++
		}
		if float64(j-k)*decayFrame >= decayLeast && level[k]-level[j] >= decayDepth-decaySkip {
			if slope := -steepness(level[k:j+1]) / decayFrame; slope > 0 {
				out = append(out, 60/slope)
			}
		}
		i = j + 1
	}
	return out
}

// steepness is the slope of the straight line through y by least squares, for each step.
func steepness(y []float64) float64 {
	n := float64(len(y))
	var xy, xx, mean float64
	for _, v := range y {
		mean += v / n
	}
	for i, v := range y {
		x := float64(i) - (n-1)/2
		xy += x * (v - mean)
		xx += x * x
	}
	if xx == 0 {
		return 0
	}
	return xy / xx
}

// inRoom puts words into a room that dies away in the given time: the larger the room, the later and the more of it is heard.
func inRoom(p planes, sp []speaker, rate, decay float64) {
	size := min(0.30+0.38*decay, 1.3)
	wet := min(0.06+0.31*math.Sqrt(decay/2), 0.38)
	newReverb(rate, size, decay, 3200+1200*min(decay, 1), 0.06+0.12*min(decay, 1.5)).add(p, sp, wet)
}
