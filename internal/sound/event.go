package sound

import (
	"math"

	"retake/internal/wish"
)

// mode is one resonance of a thing that is struck.
type mode struct{ hz, decay, amp float64 } // decay to 1/e, seconds

// struck is a thing's resonances, set ringing at once. Modes that the rate has no room for are left out.
func (s *scene) struck(modes []mode) []float32 {
	var longest float64
	for _, m := range modes {
		longest = max(longest, m.decay)
	}
	x := make([]float32, min(int(7*longest*s.rate)+1, s.frames))
	for _, m := range modes {
		if m.hz > 0.45*s.rate {
			continue
		}
		step, fall, level := 2*math.Pi*m.hz/s.rate, math.Exp(-1/(m.decay*s.rate)), m.amp
		for i := range min(int(7*m.decay*s.rate), len(x)) {
			x[i] += float32(level * math.Sin(step*float64(i)))
			level *= fall
		}
	}
	return x
}

// burst is noise around hz that rises and then falls to 1/e in the given seconds.
func (s *scene) burst(hz, q, rise, decay, amp float64) []float32 {
	x := make([]float32, min(int((3*rise+7*decay)*s.rate)+1, s.frames))
	band := bandPass(hz, q, s.rate)
	for i := range x {
		t := float64(i) / s.rate
		x[i] = float32(amp * band.tick(s.white()) * min(1, t/rise) * math.Exp(-max(t-rise, 0)/decay))
	}
	return x
}

// upon adds one sound to the beginning of another, as far as that goes, and returns it.
func upon(x, more []float32) []float32 {
	for i, v := range more[:min(len(more), len(x))] {
		x[i] += v
	}
	return x
}

// put adds x from a second on, heard from azimuth. What reaches past the segment is cut off.
func (s *scene) put(second float64, x []float32, azimuth, gain float64) {
	at := int(second * s.rate)
	if at < 0 || at >= s.frames {
		return
	}
	gains := make([]float64, len(s.speakers))
	pan(gains, s.speakers, azimuth)
	x = x[:min(len(x), s.frames-at)]
	for c, g := range gains {
		if g < 0.01 {
			continue
		}
		dst, g := s.out[c][at:], float32(g*gain)
		for i, v := range x {
			dst[i] += v * g
		}
	}
}

// turns lists seconds at which something happens again and again: so often as was said, else as the time allows, gap seconds
// apart or closer where they would not fit, each early or late by up to the given share of the gap.
func (s *scene) turns(item Item, gap, uneven float64) []float64 {
	from, to := item.When.Span(s.seconds())
	from += min(0.3, 0.15*(to-from)) // behind the fade
	if item.Speed > 0 {
		gap /= item.Speed
	}
	count := item.Count
	if count > 0 {
		gap = min(gap, (to-from)*0.9/float64(count))
	} else {
		count = max(1, int((to-from)/gap))
	}
	var list []float64
	for k := range min(count, 2000) {
		list = append(list, from+gap*(float64(k)+uneven*s.between(0, 1)))
	}
	return list
}

// side is where a sound comes from: where it was said, else within the given degrees of the middle.
func (s *scene) side(item Item, within float64) float64 {
	switch item.Place {
	case wish.AtLeft, wish.TopLeft, wish.BottomLeft:
		return -45
	case wish.AtRight, wish.TopRight, wish.BottomRight:
		return 45
	}
	return s.between(-within, within)
}

// recede puts what is painted into a room that dies away in the given seconds, and, where a distance was said, into the distance:
// dull, and with more of the room than of the sound.
func (s *scene) recede(item Item, decay float64) error {
	if err := s.stopped(); err != nil {
		return err
	}
	d := item.Distance
	if item.Place == wish.Background {
		d = max(d, 0.6)
	}
	if d > 0 {
		for _, ch := range s.out {
			butterworth(2, 11000*math.Pow(0.09, d), s.rate, lowPass).run(ch)
		}
	}
	newReverb(s.rate, min(0.3+0.4*decay, 1.4), decay+0.8*d, 3800, 0.08+0.2*d).add(s.out, s.speakers, 0.12+0.4*d)
	return s.stopped()
}

// farLU is how much softer a sound is at a distance.
func farLU(distance float64) float64 { return -10 * max(distance-0.3, 0) }

// brief is the level of what is over soon: that of ambience, 4 LU louder, in its loudest 400 ms.
func brief(strength, programme float64) float64 {
	return within(programme, lowestReference, highestReference) - 4 + 10*strength
}

// placed is what sounds take that come from somewhere.
var placed = []wish.Param{wish.Placing, wish.Nearness}

// repeated is what sounds take that happen again and again.
var repeated = []wish.Param{wish.Placing, wish.Nearness, wish.Counted, wish.Pace}

// random lists seconds at which something happens by chance, so often a second on average. At least one lies in the segment.
func (s *scene) random(perSecond float64) []float64 {
	var list []float64
	for t := s.rng.ExpFloat64() / perSecond; t < s.seconds(); t += s.rng.ExpFloat64() / perSecond {
		list = append(list, t)
	}
	if len(list) == 0 {
		list = append(list, s.seconds()*s.between(0.25, 0.45))
	}
	return list
}
