package picture

import (
	"math"

	"retake/internal/wish"
)

// The names of what hangs in the air.
const (
	Fog   Kind = "fog"
	Smoke Kind = "smoke"
)

var foggy = Entry{Kind: Fog, Takes: []wish.Param{wish.Heading},
	Doc: "a pale veil that takes contrast and colour, thickest at the height of the horizon and thin near the ground before the camera; it drifts in slow banks",
	Make: func(s stage, l Look) effect {
		way := -1.0
		if l.Direction == wish.Right {
			way = 1
		}
		aspect := float64(s.format.Width) / float64(s.format.Height)
		thick, veil := 0.25+0.85*l.Strength, mix(0.78, 0.24, s.night)
		return newShining(s, func(c rgb) rgb { return c }, func(f *field, index int, amount float64) {
			f.tinted = true
			t := s.seconds(index)
			f.draw(s.crew, func(x, y float64) (gain, luma, cb, cr float64) {
				far := math.Exp(-math.Pow((y-0.42)/0.36, 2))
				banks := cloud(s.seed, 2.2*x*aspect+way*0.09*t, 4.4*y, 0.05*t)
				d := clamp01(amount * thick * (0.28 + 0.72*far) * (0.55 + 0.9*banks))
				d = 1 - math.Exp(-1.5*d)
				return 1 - d, d * veil * s.levels.span, 1.5 * d * s.levels.chroma / 224, -d * s.levels.chroma / 224
			})
		})
	}}

var smoky = Entry{Kind: Smoke, Takes: []wish.Param{wish.Placing, wish.Heading},
	Doc: "grey smoke that rises in billows from the lower edge, or from the side that the prompt names, and thins out as it does",
	Make: func(s stage, l Look) effect {
		px, _ := placeOf(l.Place)
		lean := 0.0
		switch l.Direction {
		case wish.Left:
			lean = 0.12
		case wish.Right:
			lean = -0.12
		}
		aspect := float64(s.format.Width) / float64(s.format.Height)
		veil := mix(0.52, 0.2, s.night)
		return newShining(s, func(c rgb) rgb { return c }, func(f *field, index int, amount float64) {
			f.tinted = true
			t := s.seconds(index)
			f.draw(s.crew, func(x, y float64) (gain, luma, cb, cr float64) {
				up := 1 - y
				side := 1.0
				if px != 0 {
					side = math.Exp(-math.Pow((x-0.5-0.42*px+lean*up)/(0.18+0.25*up), 2))
				}
				billow := cloud(s.seed, 3.1*x*aspect+lean*t*3, 3.4*y+0.55*t, 0.16*t)
				d := clamp01((billow-0.34)*2.3) * side * math.Exp(-up*up/(0.35+0.5*l.Strength))
				d = clamp01(amount * (0.35 + 0.9*l.Strength) * d)
				return 1 - d, d * veil * s.levels.span, 0, 0.6 * d * s.levels.chroma / 224
			})
		})
	}}

// cloud is soft noise of four octaves between 0 and 1 about 0.5 at a place that moves on with time, z.
func cloud(seed uint64, x, y, z float64) float64 {
	sum, share, whole := 0.0, 1.0, 0.0
	for octave := range uint64(4) {
		sum += share * lattice(hash(seed, 'c', octave), x, y, z)
		whole += share
		x, y, z, share = 2.03*x+7.1, 2.03*y+3.7, 1.4*z+1.3, share*0.5
	}
	return smooth(0.5 + 1.25*(sum/whole-0.5))
}

// lattice is noise that has a value at each point of whole numbers and goes smoothly between (K. Perlin's lattice of values).
func lattice(seed uint64, x, y, z float64) float64 {
	i, j, k := math.Floor(x), math.Floor(y), math.Floor(z)
	u, v, w := smooth(x-i), smooth(y-j), smooth(z-k)
	at := func(dx, dy, dz float64) float64 {
		return unit(hash(seed, uint64(int64(i+dx)), uint64(int64(j+dy)), uint64(int64(k+dz))))
	}
	plane := func(dz float64) float64 {
		return mix(mix(at(0, 0, dz), at(1, 0, dz), u), mix(at(0, 1, dz), at(1, 1, dz), u), v)
	}
	return mix(plane(0), plane(1), w)
}
