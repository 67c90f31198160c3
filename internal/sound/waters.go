package sound

import "math"

// Sounds of water, and of rain on things.
const (
	RoofRain     Kind = "rain on roof"
	UmbrellaRain Kind = "rain on umbrella"
	LeafRain     Kind = "rain on leaves"
	River        Kind = "river"
	Drip         Kind = "drip"
)

var (
	roofRain = Entry{Kind: RoofRain, Doc: "rain heard from below a roof: dull, with the drumming of drops on panels overhead",
		Paint: func(s *scene, item Item) error {
			return s.rainOn(item, drops{perSecond: 140, lo: 130, hi: 620, decay: 0.022, below: 2200, wash: 0.28})
		}}
	umbrellaRain = Entry{Kind: UmbrellaRain, Doc: "rain all around, and the pops of drops on a stretched cloth close overhead",
		Paint: func(s *scene, item Item) error {
			return s.rainOn(item, drops{perSecond: 55, lo: 300, hi: 1100, decay: 0.006, below: 5200, wash: 0.30})
		}}
	leafRain = Entry{Kind: LeafRain, Doc: "soft rain, and the patting of drops on leaves of many sizes",
		Paint: func(s *scene, item Item) error {
			return s.rainOn(item, drops{perSecond: 170, lo: 900, hi: 4200, decay: 0.0022, below: 7500, wash: 0.22})
		}}
	river = Entry{Kind: River, Doc: "the rush of running water with hundreds of bubbles a second of all sizes, each a damped tone, and gulps where it falls over stones", Takes: placed, Paint: (*scene).river}
	drip  = Entry{Kind: Drip, Doc: "single drops into still water, in a room that rings", Takes: repeated, Timed: true, ByPeak: true, Level: brief, Paint: (*scene).drips}
)

// drops is what rain falls on: how often a drop is told apart, the lowest resonances of what it strikes in hertz, how long
// these ring in seconds, and what of the rain around comes through: its upper end and how much.
type drops struct{ perSecond, lo, hi, decay, below, wash float64 }

func (s *scene) rainOn(item Item, d drops) error {
	if err := s.rain(item.strength()); err != nil {
		return err
	}
	for _, ch := range s.out {
		butterworth(2, d.below, s.rate, lowPass).run(ch)
	}
	s.out.scale(d.wash)
	hits := several(24, func() []float32 {
		x := s.struck(s.wood(s.between(d.lo, d.hi), d.decay*s.between(0.7, 1.4)))
		return upon(x, s.burst(min(4*d.hi, 5000), 0.6, 0.0005, d.decay/5, 0.6))
	})
	for _, t := range s.random(d.perSecond * (0.3 + 1.4*item.strength())) {
		s.put(t, hits[s.rng.IntN(len(hits))], someAzimuth(s.rng, s.speakers), 0.10*min(s.spread(0.7), 4))
	}
	for _, ch := range s.out {
		butterworth(2, 60, s.rate, highPass).run(ch)
	}
	return s.stopped()
}

// river is the rush of the water, and bubbles of many sizes that it draws under: small ones all the time, and large ones in gulps where it
// falls over a stone.
func (s *scene) river(item Item) error {
	flow := s.wander(0.3)
	for _, b := range []struct{ lo, hi, gain, turns float64 }{{120, 600, 0.10, 2.5}, {500, 2200, 0.10, 7}, {2000, 7000, 0.05, 13}} {
		filter := append(butterworth(2, b.lo, s.rate, highPass), butterworth(2, b.hi, s.rate, lowPass)...)
		if err := s.noise(b.gain*(0.5+0.9*item.strength()), filter, func(int) curve {
			own := s.wander(b.turns)
			for i := range own {
				own[i] = (1 + 0.2*flow[i]) * (1 + 0.35*own[i])
			}
			return own
		}); err != nil {
			return err
		}
	}
	s.bubbling(s.random(220+330*item.strength()), func() float64 { return 0.5 + 0.22*min(max(s.rng.NormFloat64(), -2.4), 2.4) }, 0.10)
	s.gulps(2.5+2*item.strength(), 0.11)
	return s.recede(item, 0.4)
}

// gulps are large bubbles, some at a time, so often a second.
func (s *scene) gulps(perSecond, amp float64) {
	var times []float64
	for _, t := range s.random(perSecond) {
		for range 3 + s.rng.IntN(7) {
			times = append(times, t)
			t += s.rng.ExpFloat64() * 0.045
		}
	}
	s.bubbling(times, func() float64 { return s.between(-0.45, 0.35) }, amp)
}

// bubbling adds a bubble at each time, of the pitch that size draws: 0 for 600 Hz to 1 for 5 kHz. The smaller ones are softer and sooner over
// (K. van den Doel, "Physically based models for liquid sounds", 2005: damping grows with the pitch), and most stay on their note.
func (s *scene) bubbling(times []float64, size func() float64, amp float64) {
	gains := make([]float64, len(s.speakers))
	for _, t := range times {
		at, hz := int(t*s.rate), 600*math.Pow(5000.0/600, size())
		if at >= s.frames {
			continue
		}
		decay := s.between(0.7, 1.3) / (0.043*hz + 0.0014*math.Pow(hz, 1.5))
		rise := 0.03 * s.rng.ExpFloat64() / decay
		pan(gains, s.speakers, someAzimuth(s.rng, s.speakers))
		s.bubbleOf(at, gains, amp*math.Pow(600/hz, 0.35)*min(s.spread(0.7), 3), hz, decay, min(rise, 0.15/decay))
	}
}

func (s *scene) drips(item Item) error {
	side := s.side(item, 30)
	gains := make([]float64, len(s.speakers))
	for _, t := range s.turns(item, 1.15, 0.5) {
		pan(gains, s.speakers, side)
		size := s.between(1.2, 1.9)
		s.put(t, s.burst(4200, 0.8, 0.0005, 0.0015, 0.25), side, 1)
		s.bubble(int((t+0.012)*s.rate), gains, 0.6*s.between(0.8, 1), size)
		s.bubble(int((t+0.034)*s.rate), gains, 0.25*s.between(0.5, 1), size*0.7)
	}
	return s.recede(item, 1.5)
}
