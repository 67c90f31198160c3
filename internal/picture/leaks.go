package picture

import "math"

// LightLeaks is the effect's name.
const LightLeaks Kind = "light leaks"

var lightLeaking = Entry{Kind: LightLeaks,
	Doc: "light that got into the camera: soft flares of orange, red and rose at the edges, which wander and swell slowly",
	Make: func(s stage, l Look) effect {
		return newLit(s, newLeaks(s, l.Strength))
	}}

// leak is one flare at an edge.
type leak struct {
	seed          uint64
	colour        rgb // encoded
	along         float64
	side          int // 0 left, 1 top, 2 right, 3 bottom
	length, depth float64
}

func newLeaks(s stage, strength float64) func(*field, int, float64) {
	colours := []rgb{{1, 0.50, 0.10}, {1, 0.26, 0.10}, {1, 0.70, 0.30}, {1, 0.28, 0.34}}
	var list []leak
	var light [4]float64
	first := int(hash(s.seed, 'k') & 3)
	for n := range 4 {
		light[n] = s.levels.luminance(colours[(first+n)%4])
		k := hash(s.seed, 'k', uint64(n))
		// The sides alternate between opposite ones, so that the light is not all in one place.
		list = append(list, leak{seed: k, colour: colours[(first+n)%4], side: []int{0, 2, 1, 3}[(first+n)%4], along: mix(0.15, 0.85, unit(hash(k, 1))),
			length: mix(0.30, 0.60, unit(hash(k, 2))), depth: mix(0.16, 0.34, unit(hash(k, 3)))})
	}
	return func(f *field, index int, amount float64) {
		t := s.seconds(index)
		var power, along, in2, on2 [4]float64
		for n, k := range list {
			power[n] = amount * (0.35 + 0.75*strength) * clamp01(0.62+0.5*wobble(k.seed, 1, t, 0.45))
			along[n] = k.along + 0.22*wobble(k.seed, 2, t, 0.3)
			depth := k.depth * (0.8 + 0.5*strength) * (1 + 0.25*wobble(k.seed, 3, t, 0.4))
			in2[n], on2[n] = 1/(depth*depth), 1/(k.length*k.length)
		}
		f.tinted = true
		f.draw(s.crew, func(x, y float64) (gain, luma, cb, cr float64) {
			gain = 1
			for n, k := range list {
				in, on := k.place(x, y)
				far := in*in*in2[n] + (on-along[n])*(on-along[n])*on2[n]
				if far > 6 { // a quarter of a percent is left
					continue
				}
				p := power[n] * (math.Exp(-far) - 0.0025)
				v := light[n]
				gain *= 1 - 0.75*p
				luma = luma*(1-0.5*p) + p*v*s.levels.span
				cb = cb*(1-0.5*p) + p*(k.colour[2]-v)/(2*(1-s.levels.kb))*s.levels.chroma
				cr = cr*(1-0.5*p) + p*(k.colour[0]-v)/(2*(1-s.levels.kr))*s.levels.chroma
			}
			return gain, luma, cb, cr
		})
	}
}

// place returns how far a place is from the leak's side, and where along it.
func (k leak) place(x, y float64) (in, on float64) {
	switch k.side {
	case 0:
		return x, y
	case 1:
		return y, x
	case 2:
		return 1 - x, y
	}
	return 1 - y, x
}
