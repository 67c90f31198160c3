package sound

import (
	"math"
	"math/cmplx"
)

// The names of things that a sound comes out of.
const (
	Radio     Kind = "radio"
	Megaphone Kind = "megaphone"
	Robot     Kind = "robot"
)

var (
	onRadio = Entry{Kind: Radio, Doc: "a small old set: a narrow band, levelling, a little bending, hiss and the crackle of the air",
		Line: func(s *scene, mono []float32, item Item) []float32 { return s.radio(mono, item) }}
	byMegaphone = Entry{Kind: Megaphone, Doc: "a horn: hard and nasal, overdriven, with the slap of a wall across the street",
		Line: func(s *scene, mono []float32, item Item) []float32 { return s.megaphone(mono, item) }}
	asRobot = Entry{Kind: Robot, Doc: "a voice on one note with a metal ring: what was its pitch becomes that of a machine",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.robot(p, item), nil }}
)

// driven sends x through a band and a bend, at the level it had.
func driven(x []float32, low, high, drive, rate float64, shape func(x []float32)) []float32 {
	before := rms(planes{x})
	if before == 0 {
		return x
	}
	band := func() {
		butterworth(4, low, rate, highPass).run(x)
		if high < 0.45*rate {
			butterworth(4, high, rate, lowPass).run(x)
		}
	}
	band()
	compress(x, rate)
	shape(x)
	level := max(rms(planes{x}), 1e-12)
	for i, v := range x {
		x[i] = float32(math.Tanh(drive*float64(v)/level/3+0.08) - math.Tanh(0.08))
	}
	band()
	planes{x}.scale(before / max(rms(planes{x}), 1e-12))
	return x
}

// radio is a set with a small loudspeaker, on a station that isn't quite there.
func (s *scene) radio(mono []float32, item Item) []float32 {
	x := append([]float32(nil), mono...)
	before := rms(planes{x})
	strong := item.strength()
	x = driven(x, 260, 4300-1500*strong, 1.2+1.5*strong, s.rate, func(x []float32) {
		box, cone := peaking(420, 1.2, 3, s.rate), peaking(1700, 0.9, 5, s.rate)
		box.run(x)
		cone.run(x)
	})
	hiss := make([]float32, len(x))
	fading := s.wander(0.35)
	level := before * gainOf(-30+10*strong)
	for i := range hiss {
		hiss[i] = float32(level * s.white() * math.Exp(0.8*fading.at(i)))
	}
	for n := int(s.seconds() * (2 + 6*strong)); n > 0; n-- { // crackle
		at, size := s.rng.IntN(len(hiss)), level*s.between(4, 14)
		for i := 0; i < int(0.002*s.rate)+2 && at+i < len(hiss); i++ {
			hiss[at+i] += float32(size * s.white() * math.Exp(-float64(i)/(0.0006*s.rate)))
		}
	}
	butterworth(2, 300, s.rate, highPass).run(hiss)
	if s.rate > 10000 {
		butterworth(2, 4500, s.rate, lowPass).run(hiss)
	}
	for i, v := range hiss {
		x[i] += v
	}
	return x
}

// megaphone is a horn that is driven too hard.
func (s *scene) megaphone(mono []float32, item Item) []float32 {
	x := append([]float32(nil), mono...)
	strong := item.strength()
	x = driven(x, 520, 3900, 2.2+4*strong, s.rate, func(x []float32) {
		for _, hz := range []float64{900, 1500, 2600} {
			ring := peaking(hz, 4, 7, s.rate)
			ring.run(x)
		}
	})
	slap, dry := int(0.115*s.rate), append([]float32(nil), x...)
	butterworth(2, 2200, s.rate, lowPass).run(dry)
	for i := slap; i < len(x); i++ {
		x[i] += 0.22 * dry[i-slap]
	}
	return x
}

const (
	robotHz    = 105.0  // the note it speaks on
	robotSpan  = 0.021  // seconds of each piece
	robotSlide = 0.006  // seconds over which each piece is spread, low before high
	robotTop   = 6000.0 // hertz of the last of it
)

// robotPhases are those of all pieces: a short slide, as all at once would be a click (M. Schroeder, "Synthesis of low-peak-factor
// signals", 1970).
func robotPhases(size int, rate float64) []complex128 {
	list := make([]complex128, size)
	for k := 0; k <= size/2; k++ {
		hz := min(float64(k)*rate/float64(size), robotTop)
		late := robotSlide * (hz*hz/(2*robotTop) - hz/2) // in turns: the sum of delays from -half to +half of the slide
		list[k] = cmplx.Rect(1, -2*math.Pi*late)
		if k > 0 && k < size/2 {
			list[size-k] = cmplx.Conj(list[k])
		}
	}
	list[0], list[size/2] = 1, 1
	return list
}

// robot gives every piece of sound the same phases, so that all that is left of its pitch is how often the pieces come (after
// U. Zölzer, DAFX, "robotization").
func (s *scene) robot(p planes, item Item) planes {
	size := 1 << int(math.Round(math.Log2(robotSpan*s.rate)))
	if size < 16 {
		return p
	}
	hop := max(int(s.rate/robotHz), 1)
	window, transform, phases := hann(size), newFFT(size), robotPhases(size, s.rate)
	wet := math.Min(0.55+0.7*item.strength(), 1)
	for _, ch := range p {
		out := make([]float32, len(ch))
		for start := -size / 2; start < len(ch); start += hop {
			x := transform.buffer
			for i := range x {
				x[i] = 0
				if k := start + i; k >= 0 && k < len(ch) {
					x[i] = complex(float64(ch[k])*window[i], 0)
				}
			}
			transform.run(x, false)
			for k, v := range x {
				x[k] = complex(math.Hypot(real(v), imag(v)), 0) * phases[k]
			}
			transform.run(x, true)
			for i := range x { // the pulse lies at 0 and is moved to the middle
				if k := start + i; k >= 0 && k < len(ch) {
					out[k] += float32(real(x[(i+size/2)%size]) * window[i])
				}
			}
		}
		still := highPass(lowestHeard, 0.7, s.rate) // pieces that are all alike in phase have an offset
		still.run(out)
		had, have := rms(planes{ch}), rms(planes{out})
		if have == 0 {
			continue
		}
		for i := range ch {
			ch[i] = float32(wet*float64(out[i])*had/have + (1-wet)*float64(ch[i]))
		}
	}
	return p
}
