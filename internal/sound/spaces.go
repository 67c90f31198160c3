package sound

import "math"

// The names of places that a sound is put into.
const (
	Cathedral  Kind = "cathedral"
	Hall       Kind = "hall"
	SmallRoom  Kind = "small room"
	Echo       Kind = "echo"
	NextRoom   Kind = "next room"
	Underwater Kind = "muffled underwater"
)

var (
	inCathedral = Entry{Kind: Cathedral, Doc: "the long, dark reverberation of stone: more than five seconds, the first of it late",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return s.reverberated(p, item, 1.9, 5.5, 2600, 0.4, 0.55), nil
		}}
	inHall = Entry{Kind: Hall, Doc: "a concert hall, about two seconds",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return s.reverberated(p, item, 1.3, 2.1, 4200, 0.25, 0.42), nil
		}}
	inSmallRoom = Entry{Kind: SmallRoom, Doc: "near, hard walls: a third of a second, at once",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return s.reverberated(p, item, 0.22, 0.36, 7000, 0.02, 0.6), nil
		}}
	echoing = Entry{Kind: Echo, Doc: "repetitions a third of a second apart, from side to side, each softer and duller than the last",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.repeated(p, item), nil }}
	inNextRoom = Entry{Kind: NextRoom, Doc: "as through a wall: only what lies low comes through, softer, with the room on this side", Louder: true,
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.throughWall(p, item), nil }}
	underWater = Entry{Kind: Underwater, Doc: "as heard with one's head under water: dull, swimming, with bubbles",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.underWater(p, item), nil }}
)

// reverberated adds a room to p. wet is how much of it is heard at the usual strength.
func (s *scene) reverberated(p planes, item Item, size, decay, dull, wait, wet float64) planes {
	newReverb(s.rate, size, decay, dull, wait).add(p, s.speakers, wet*item.strength()/usualStrength)
	return p
}

// usualStrength is that of a wish without a word for how much.
const usualStrength = 0.6

// repeated repeats p every third of a second.
func (s *scene) repeated(p planes, item Item) planes {
	gap := int(0.34 * s.rate)
	again := min(0.3+0.45*item.strength(), 0.8)
	dull := math.Exp(-2 * math.Pi * min(3200, 0.45*s.rate) / s.rate)
	lines, state := newPlanes(len(p), p.frames()), make([]float64, len(p))
	other := make([]int, len(p))
	for c := range p {
		other[c] = s.mirror(c)
	}
	for i := gap; i < p.frames(); i++ {
		for c, from := range other {
			x := float64(p[from][i-gap]) + float64(lines[from][i-gap])
			state[c] = x*again + (state[c]-x*again)*dull
			lines[c][i] = float32(state[c])
		}
	}
	p.add(lines)
	return p
}

// mirror is the channel on the other side, or the same one.
func (s *scene) mirror(c int) int {
	for o, sp := range s.speakers {
		if o != c && !sp.lfe && !s.speakers[c].lfe && sp.azimuth == -s.speakers[c].azimuth && sp.azimuth != 0 {
			return o
		}
	}
	return c
}

const wallLU = -6.0 // what a wall takes of the loudness, at the usual strength

// throughWall keeps what a wall lets through.
func (s *scene) throughWall(p planes, item Item) planes {
	before := p.integrated(int(s.rate))
	hz := 900 * math.Pow(0.35, item.strength())
	for _, ch := range p {
		butterworth(4, hz, s.rate, lowPass).run(ch)
		boom := peaking(140, 0.8, 4, s.rate)
		boom.run(ch)
	}
	newReverb(s.rate, 0.5, 0.45, 1200, 0.05).add(p, s.speakers, 0.25)
	if before > Quietest {
		p.toLoudness(before+wallLU*item.strength()/usualStrength, int(s.rate), false)
	}
	return p
}

// underWater dulls p by a filter that moves, lets it swim by a delay that does, and adds bubbles.
func (s *scene) underWater(p planes, item Item) planes {
	base := 620 * math.Pow(0.45, item.strength())
	drift, swim := s.wander(0.5), s.wander(0.9)
	level := rms(p)
	for c, ch := range p {
		dry := append([]float32(nil), ch...)
		var one, two svf
		for i := range ch {
			if i%block == 0 {
				hz := base * math.Exp(0.35*drift.at(i))
				one.set(hz, 0.8, s.rate)
				two.set(hz*1.15, 0.7, s.rate)
			}
			late := (0.006 + 0.0035*swim.at(i) + 0.0007*float64(c%2)) * s.rate
			low, _ := one.tick(between2(dry, float64(i)-late))
			low, _ = two.tick(low)
			ch[i] = float32(low)
		}
	}
	if now := rms(p); now > 0 {
		p.scale(level / now)
	}
	s.bubbles(p, level*0.5)
	return p
}

// between2 is x at a place between two samples, 0 outside.
func between2(x []float32, at float64) float64 {
	k := int(math.Floor(at))
	if k < 0 || k+1 >= len(x) {
		return 0
	}
	return float64(x[k]) + (at-float64(k))*float64(x[k+1]-x[k])
}

// bubbles adds strings of bubbles: each is a decaying note that rises as the bubble does (M. Minnaert, 1933; K. van den Doel, "Physically
// based models for liquid sounds", 2005).
func (s *scene) bubbles(p planes, level float64) {
	gains := make([]float64, len(p))
	for at := s.between(0.1, 0.7); at < s.seconds(); at += s.between(0.35, 1.6) {
		pan(gains, s.speakers, someAzimuth(s.rng, s.speakers))
		when := at
		for range 2 + s.rng.IntN(6) {
			hz, size := s.between(260, 900), s.between(0.3, 1)
			phase := 0.0
			from, length := int(when*s.rate), int(0.12*s.rate)
			for i := 0; i < length && from+i < p.frames(); i++ {
				t := float64(i) / s.rate
				phase += 2 * math.Pi * hz * (1 + 3*t) / s.rate
				v := level * size * math.Sin(phase) * math.Exp(-32*t) * min(t/0.004, 1)
				for c, g := range gains {
					p[c][from+i] += float32(v * g)
				}
			}
			when += s.between(0.04, 0.11)
		}
	}
}
