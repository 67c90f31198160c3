package sound

import "math"

// Sounds that are loud at once.
const (
	Boom    Kind = "boom"
	Gunshot Kind = "gunshot"
)

var (
	boom = Entry{Kind: Boom, Doc: "an explosion: a crack, a push of air that sinks below what can be heard, rumble that rolls away, and rubble that comes down", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).boom}
	gunshot = Entry{Kind: Gunshot, Doc: "a shot in the open: the crack and the blast of the muzzle, thrown back by what stands around", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).gunshot}
)

// boom explodes once, unless it is said how often.
func (s *scene) boom(item Item) error {
	if item.Count == 0 {
		item.Count = 1
	}
	stones := several(12, func() []float32 {
		return s.struck(s.wood(s.between(300, 1300), s.between(0.006, 0.014)))
	})
	for _, t := range s.turns(item, 4, 0.1) {
		if err := s.stopped(); err != nil {
			return err
		}
		side := s.side(item, 20)
		s.put(t, s.burst(1400, 0.3, 0.002, 0.035, 1.5), side, 1)
		s.put(t, s.sung(1.4, func(t float64) float64 { return 30 + 62*math.Exp(-t/0.16) },
			func(t float64) float64 { return min(1, t/0.005) * math.Exp(-t/0.34) }, 1, 0.3, 0.1), side, 1.5)
		for _, b := range []struct{ hz, decay, amp float64 }{{95, 0.7, 3.2}, {260, 0.40, 1.8}, {650, 0.22, 1}} { // the cloud, duller and duller
			s.put(t, s.burst(b.hz, 0.5, 0.012, b.decay, b.amp), side+s.between(-25, 25), 1)
		}
		for range 40 {
			late := 0.5 + 0.55*s.rng.ExpFloat64()
			s.put(t+late, stones[s.rng.IntN(len(stones))], side+s.between(-50, 50), 0.10*min(s.spread(0.7), 3))
		}
	}
	newReverb(s.rate, 1.4, 2.6, 1100, 0.6).add(s.out, s.speakers, 0.45)
	s.lowEnd(90, 0.6)
	return s.recede(item, 1.2)
}

// gunshot is fired once, unless it is said how often.
func (s *scene) gunshot(item Item) error {
	if item.Count == 0 {
		item.Count = 1
	}
	for _, t := range s.turns(item, 0.9, 0.35) {
		side := s.side(item, 25)
		shot := s.burst(min(3800, 0.4*s.rate), 0.3, 0.0003, 0.004, 2.4)
		blast := s.burst(480, 0.35, 0.0008, 0.030, 2)
		s.put(t, shot, side, 1)
		s.put(t, blast, side, 1)
		s.put(t, s.struck([]mode{{s.between(85, 105), 0.030, 1}, {s.between(170, 210), 0.020, 0.6}}), side, 0.8)
		dull := append([]float32(nil), blast...)
		butterworth(2, 1500, s.rate, lowPass).run(dull)
		for late, gain := s.between(0.07, 0.11), 0.5; late < 0.9; late, gain = late+s.between(0.05, 0.17), gain*0.68 {
			s.put(t+late, dull, side+s.between(-70, 70), gain)
		}
	}
	newReverb(s.rate, 1.4, 1.6, 1700, 0.8).add(s.out, s.speakers, 0.35)
	return s.recede(item, 0.8)
}
