package sound

import "math"

// Sounds of things in a house.
const (
	Knock     Kind = "knock"
	Door      Kind = "door"
	Bell      Kind = "bell"
	Ringing   Kind = "phone ringing"
	Clock     Kind = "clock"
	Typing    Kind = "typing"
	Heartbeat Kind = "heartbeat"
)

var (
	knocking = Entry{Kind: Knock, Doc: "knuckles on a wooden door, three times unless the prompt says how often", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).knocks}
	door = Entry{Kind: Door, Doc: "hinges that creak in two or three goes, and a door that falls into its frame and latches", Takes: placed,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).doorShuts}
	bell = Entry{Kind: Bell, Doc: "a church bell with hum, prime, tierce, quint and nominal, struck every three seconds", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).bells}
	phoneRings = Entry{Kind: Ringing, Doc: "the two gongs of a telephone: two seconds of ringing, then a pause", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).phoneRings}
	clock = Entry{Kind: Clock, Doc: "the escapement of a wall clock, a tick a second and its tock between", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).clock}
	typing = Entry{Kind: Typing, Doc: "keys pressed and let go in bursts of words with pauses between them, and a deeper space bar", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).typing}
	heartbeat = Entry{Kind: Heartbeat, Doc: "both sounds of a heart, 66 times a minute, faster when strong", Takes: repeated,
		Timed: true, ByPeak: true, Level: brief, Paint: (*scene).heart}
)

// wood is a panel of wood: broad low resonances that die at once.
func (s *scene) wood(lowest, decay float64) []mode {
	var list []mode
	for n, hz := 0, lowest; n < 9; n, hz = n+1, hz*s.between(1.28, 1.6) {
		list = append(list, mode{hz, decay / (1 + 0.35*float64(n)) * s.between(0.8, 1.2), s.between(0.6, 1) / (1 + 0.3*float64(n))})
	}
	return list
}

func (s *scene) knocks(item Item) error {
	if item.Count == 0 {
		item.Count = 3
	}
	panel, side := s.wood(115, 0.034), s.side(item, 25)
	for _, t := range s.turns(item, 0.30, 0.12) {
		force := s.between(0.75, 1)
		s.put(t, s.struck(panel), side, 0.5*force)
		s.put(t, s.burst(1500, 0.8, 0.0006, 0.004, 0.7), side, force)
	}
	return s.recede(item, 0.5)
}

func (s *scene) doorShuts(item Item) error {
	side := s.side(item, 30)
	from, to := item.When.Span(s.seconds())
	shut := from + min(1.5, 0.6*(to-from))
	s.creak(from+min(0.25, 0.2*(shut-from)), shut-0.15, side)
	s.put(shut, s.struck(s.wood(62, 0.075)), side, 0.8)
	s.put(shut, s.burst(320, 0.5, 0.001, 0.035, 1.4), side, 1)
	for _, late := range []float64{0.012, 0.047} { // the latch
		s.put(shut+late, s.struck([]mode{{1900, 0.007, 0.3}, {3150, 0.006, 0.3}, {4700, 0.004, 0.2}}), side, 1)
	}
	return s.recede(item, 0.7)
}

// creak is that of hinges, which stick and slip: clicks that ring in the wood of the door and the iron of the hinge. They come faster as it
// is moved faster, in two or three goes, and never quite evenly, so that what is heard as a tone slides and is rough.
func (s *scene) creak(from, to, side float64) {
	var bodies [][]float32
	body := s.between(0.85, 1.15)
	for range 3 {
		bodies = append(bodies, s.struck([]mode{{370 * body, 0.014, 0.35}, {690 * body * s.between(0.97, 1.03), 0.016, 0.6}, {1240 * body, 0.012, 0.7}, {1830 * body * s.between(0.97, 1.03), 0.009, 0.5},
			{2660 * body, 0.006, 0.35}, {3900 * body, 0.003, 0.15}}))
	}
	for start := from; start < to-0.05; {
		end := min(start+s.between(0.3, 0.7), to)
		low, high := s.between(35, 60), s.between(110, 190)
		push := arch(end-start, s.between(0.3, 0.7))
		for t := 0.0; t < end-start; {
			force := push(t)
			s.put(start+t, bodies[s.rng.IntN(len(bodies))], side, 0.11*force*s.between(0.6, 1))
			t += s.between(0.86, 1.14) / (low + (high-low)*force)
		}
		start = end + s.between(0.02, 0.16)
	}
}

// bells have the partials of a tuned church bell (N. Fletcher and T. Rossing, "The Physics of Musical Instruments", 21.1), in
// pairs a little apart, which beat.
func (s *scene) bells(item Item) error {
	strike, side := s.between(390, 470), s.side(item, 20)
	var modes []mode
	for _, m := range []mode{{0.5, 4.2, 0.5}, {1, 2.3, 0.45}, {1.2, 2, 0.6}, {1.5, 1.3, 0.3}, {2, 1.5, 0.7}, {2.5, 0.7, 0.25}, {2.67, 0.6, 0.25}, {3, 0.5, 0.3}, {4, 0.35, 0.2}, {5.3, 0.2, 0.12}} {
		hz := strike * m.hz
		modes = append(modes, mode{hz, m.decay, m.amp * 0.6}, mode{hz*1.0004 + s.between(0.3, 0.9), m.decay * 0.9, m.amp * 0.4})
	}
	sound := s.struck(modes)
	for _, t := range s.turns(item, 3, 0.03) {
		s.put(t, sound, side, 0.3*s.between(0.85, 1))
		s.put(t, s.burst(2600, 0.7, 0.0008, 0.01, 0.25), side, 1)
	}
	return s.recede(item, 1.8)
}

func (s *scene) phoneRings(item Item) error {
	side, clapper := s.side(item, 25), s.between(19, 22)
	low := s.struck([]mode{{1180, 0.14, 0.5}, {2620, 0.08, 0.35}, {4390, 0.04, 0.2}})
	high := s.struck([]mode{{1420, 0.14, 0.5}, {3150, 0.08, 0.35}, {5210, 0.04, 0.2}})
	_, to := item.When.Span(s.seconds())
	for _, t := range s.turns(item, 4, 0) {
		for k := 0; k < int(2*clapper) && t < to; k++ {
			gong := low
			if k%2 == 1 {
				gong = high
			}
			s.put(t, gong, side, 0.4*s.between(0.85, 1))
			t += s.between(0.96, 1.04) / clapper
		}
	}
	return s.recede(item, 0.6)
}

func (s *scene) clock(item Item) error {
	side, body := s.side(item, 30), s.between(0.93, 1.07)
	for n, t := range s.turns(item, 0.5, 0.006) {
		pitch := body
		if n%2 == 1 {
			pitch *= 0.8
		}
		for _, part := range []struct{ late, gain float64 }{{0, 0.5}, {0.011, 1}, {0.019, 0.35}} { // unlock, impulse, drop
			s.put(t+part.late, s.struck([]mode{{820 * pitch, 0.008, 0.3}, {2350 * pitch, 0.006, 0.5}, {3900 * pitch, 0.004, 0.4}, {6100 * pitch, 0.003, 0.2}}), side, part.gain*s.between(0.9, 1.1))
		}
	}
	return s.recede(item, 0.5)
}

func (s *scene) typing(item Item) error {
	side := s.side(item, 15)
	for _, k := range s.keys(item) {
		where := side + s.between(-8, 8)
		pitch, force := s.between(0.85, 1.2), k.force
		if k.space {
			pitch = 0.55
		}
		s.put(k.at, s.burst(3400*pitch, 0.9, 0.0005, 0.003, 0.8), where, force)
		s.put(k.at, s.struck([]mode{{330 * pitch, 0.009, 0.35}, {760 * pitch, 0.007, 0.3}, {1900 * pitch, 0.004, 0.25}}), where, force)
		s.put(k.at+s.between(0.05, 0.09), s.burst(4300*pitch, 1.1, 0.0005, 0.002, 0.4), where, force)
	}
	return s.recede(item, 0.3)
}

// key is one that is pressed.
type key struct {
	at, force float64
	space     bool
}

// keys are those of words typed in bursts, quick where fingers take turns, with pauses to think. So many as were said come in one go.
func (s *scene) keys(item Item) (list []key) {
	if item.Count > 0 {
		for _, t := range s.turns(item, 0.15, 0.4) {
			list = append(list, key{at: t, force: s.between(0.5, 1)})
		}
		return list
	}
	from, to := item.When.Span(s.seconds())
	hurry := s.between(0.9, 1.1) / item.pace()
	t := from + min(0.3, 0.15*(to-from))
	for words := 0; t < to; words++ {
		for left := 2 + s.rng.IntN(8); left >= 0 && t < to; left-- {
			k := key{at: t, force: s.between(0.45, 0.9), space: left == 0}
			if k.space {
				k.force = 1
			}
			list = append(list, k)
			gap := 0.13 * min(s.spread(0.35), 2.2)
			if s.rng.Float64() < 0.25 {
				gap = s.between(0.045, 0.08) // two fingers, one after the other
			}
			t += gap * hurry
		}
		switch {
		case s.rng.Float64() < 0.25 && words > 0:
			t += s.between(0.6, 1.8) * hurry // a thought
		default:
			t += s.between(0.04, 0.2) * hurry
		}
	}
	return list
}

func (s *scene) heart(item Item) error {
	beat := 60 / (58 + 34*item.strength())
	for _, t := range s.turns(item, beat, 0.02) {
		for _, part := range []struct{ late, hz, decay, gain float64 }{{0, 52, 0.050, 1}, {0.30 * math.Sqrt(beat), 68, 0.036, 0.65}} {
			hz := part.hz * s.between(0.97, 1.03)
			thump := s.struck([]mode{{hz, part.decay, 1}, {2.1 * hz, part.decay * 0.6, 0.45}, {3.3 * hz, part.decay * 0.4, 0.22}})
			s.put(t+part.late, thump, 0, part.gain*s.between(0.92, 1))
		}
	}
	for _, ch := range s.out {
		butterworth(2, 260, s.rate, lowPass).run(ch)
	}
	s.lowEnd(120, 0.5)
	return s.stopped()
}
