package sound

import (
	"math"

	"retake/internal/wish"
)

// Sounds of one moment.
const (
	Glass  Kind = "glass"
	Whoosh Kind = "whoosh"
)

var (
	glass = Entry{Kind: Glass, Doc: "a pane that breaks: the crack, splinters that ring each on their own note, and those that fall and skip on the ground", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).glass}
	whoosh = Entry{Kind: Whoosh, Doc: "something quick that goes by: a rush of air that brightens as it comes, from one side to the other",
		Takes: append([]wish.Param{wish.Heading}, repeated...), Timed: true, ByPeak: true, Level: brief, Paint: (*scene).whoosh}
)

// glass breaks once, unless it is said how often.
func (s *scene) glass(item Item) error {
	if item.Count == 0 {
		item.Count = 1
	}
	splinters := several(24, func() []float32 {
		hz := 2000 * math.Pow(4.5, s.rng.Float64())
		decay := s.between(0.012, 0.05) * math.Sqrt(3000/hz)
		return s.struck([]mode{{hz, decay, 0.5}, {hz * s.between(1.4, 1.7), decay * 0.8, 0.4}, {hz * s.between(2.1, 2.6), decay * 0.5, 0.25}})
	})
	for _, t := range s.turns(item, 2.5, 0.1) {
		side := s.side(item, 25)
		s.put(t, s.struck([]mode{{s.between(260, 330), 0.014, 0.6}, {s.between(640, 800), 0.012, 0.6}, {s.between(1300, 1700), 0.008, 0.5}}), side, 0.8)
		s.put(t, s.burst(min(5200, 0.4*s.rate), 0.4, 0.0006, 0.045, 1.1), side, 1)
		for range 90 { // of the pane
			late := 0.09 * s.rng.ExpFloat64()
			s.put(t+late, splinters[s.rng.IntN(len(splinters))], side+s.between(-14, 14), 0.4*math.Exp(-late/0.2)*min(s.spread(0.6), 3))
		}
		for range 45 { // on the ground, where each skips once or twice
			late, gain := 0.28+0.28*s.rng.ExpFloat64(), 0.16*min(s.spread(0.7), 3)
			for skip, n := 0, 1+s.rng.IntN(3); skip < n; skip++ {
				s.put(t+late, splinters[s.rng.IntN(len(splinters))], side+s.between(-25, 25), gain)
				late, gain = late+s.between(0.03, 0.09), 0.5*gain
			}
		}
	}
	return s.recede(item, 0.6)
}

// whoosh goes by once, unless it is said how often.
func (s *scene) whoosh(item Item) error {
	if item.Count == 0 {
		item.Count = 1
	}
	length := 0.85 / item.pace()
	was, now := make([]float64, len(s.speakers)), make([]float64, len(s.speakers))
	for _, t := range s.turns(item, 1.6, 0.1) {
		heading, middle := s.heading(item), s.side(item, 0)
		var first, second svf
		var pink pinkener
		from := int(t * s.rate)
		pan(was, s.speakers, middle-65*heading)
		for i := 0; i < int(length*s.rate) && from+i < s.frames; i++ {
			x := float64(i) / (length * s.rate)
			near := math.Exp(-math.Pow((x-0.55)/0.17, 2))
			if i%block == 0 {
				first.set(260+1900*near, 1.1, s.rate)
				second.set(700+3600*near*near, 0.8, s.rate)
				copy(was, now)
				pan(now, s.speakers, middle+heading*(130*x-65))
				if i == 0 {
					copy(was, now)
				}
			}
			w := s.white()
			_, body := first.tick(pink.tick(w))
			_, air := second.tick(w)
			v := (0.5*body + 0.18*air) * near * (0.5 - 0.5*math.Cos(2*math.Pi*x))
			mix := float64(i%block) / block
			for c, out := range s.out {
				out[from+i] += float32(v * (was[c] + (now[c]-was[c])*mix))
			}
		}
	}
	return s.recede(item, 0.4)
}
