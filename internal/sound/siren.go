package sound

import (
	"math"

	"retake/internal/wish"
)

// Siren is the sound's name. Its variant is "two-tone", of which Europe is fond.
const Siren Kind = "siren"

var siren = Entry{Kind: Siren, Doc: "the wail of a siren that comes, goes by with its pitch falling, and is gone; two tones a fourth apart where the prompt says so",
	Takes: []wish.Param{wish.Placing, wish.Nearness, wish.Heading, wish.Pace, wish.Variation}, Paint: (*scene).siren}

func (s *scene) siren(item Item) error {
	one := s.single()
	hz := func(t float64) float64 { // up and down in 4.4 s, quicker up than down
		x := math.Mod(t/4.4, 1)
		if x < 0.4 {
			x /= 0.4
		} else {
			x = (1 - x) / 0.6
		}
		return 620 * math.Pow(1430.0/620, 0.5-0.5*math.Cos(math.Pi*x))
	}
	level := func(float64) float64 { return 0.3 }
	if item.Variant == "two-tone" { // DIN 14610
		hz = func(t float64) float64 {
			if math.Mod(t, 1.5) < 0.75 {
				return 440
			}
			return 585
		}
		level = func(t float64) float64 { return 0.3 * min(1, math.Mod(t, 0.75)/0.02, (0.75-math.Mod(t, 0.75))/0.02) }
	}
	copy(one.out[0], one.sung(one.seconds(), hz, level, 1, 0.35, 0.6, 0.25, 0.3, 0.15, 0.12, 0.08))
	horn := append(butterworth(2, 420, s.rate, highPass), butterworth(2, 3600, s.rate, lowPass)...)
	horn.run(one.out[0])
	c := course{at: s.between(0.45, 0.6) * s.seconds(), speed: 16 * item.pace(), heading: s.heading(item), aside: s.side(item, 0), metres: 22 - 10*item.strength()}
	c.metres = max(c.metres, 0.1*c.speed*s.seconds()) // so that it is heard throughout
	if item.Distance > 0 {
		c.metres *= 1 + 5*item.Distance
	}
	s.passes(c, one.out[0], 1)
	newReverb(s.rate, 1.4, 1.7, 2600, 0.7).add(s.out, s.speakers, 0.3) // between houses
	return s.recede(item, 0.8)
}
