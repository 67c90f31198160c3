package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Hail is the effect's name.
const Hail Kind = "hail"

var hailing = Entry{Kind: Hail, Takes: []wish.Param{wish.Heading, wish.Pace},
	Doc:   "white stones in four depths fall fast and steep, and jump where they hit the ground; the light turns dull and cool",
	Falls: true,
	Make:  func(s stage, l Look) effect { return newHail(s, l) }}

// stones is one layer of hail, in reference pixels and seconds.
type stones struct {
	count        float64 // in a 1920×1080 picture at the usual strength
	small, large float64 // radius
	soft         float64 // share of the radius
	fall, drift  float64
	alpha, light float64
}

// stonesDepths runs from far to near.
var stonesDepths = []stones{
	{count: 1300, small: 0.7, large: 1.3, soft: 0.8, fall: 700, drift: 0.5, alpha: 0.80, light: 0.94},
	{count: 460, small: 1.5, large: 2.7, soft: 0.5, fall: 1150, drift: 0.8, alpha: 0.95, light: 0.98},
	{count: 120, small: 3.2, large: 5.4, soft: 0.4, fall: 1900, drift: 1.2, alpha: 0.95, light: 1},
	{count: 14, small: 7.5, large: 13, soft: 0.8, fall: 3200, drift: 1.7, alpha: 0.60, light: 0.99},
}

// hailShutter is the share of the time between two pictures that the shutter is open: so short that stones are not taken for rain.
const hailShutter = 0.16

type hail struct {
	stage
	behind
	strength float64
	pace     float64
	wind     gusts
	counts   []int
	jumps    int
	list     []streak
	grade    grade
}

func newHail(s stage, l Look) *hail {
	e := &hail{stage: s, behind: newBehind(s), strength: l.Strength, pace: pick(l.Speed, 1), wind: newGusts(hash(s.seed, 'w'), s.wind).heading(l.Direction, 260)}
	area := s.area()
	density := math.Pow(l.Strength/usual, 1.5)
	for _, d := range stonesDepths {
		e.counts = append(e.counts, int(math.Ceil(d.count*density*area)))
	}
	e.jumps = int(math.Ceil(260 * density * area))
	return e
}

func (e *hail) apply(f *retake.Frame, index int, amount float64) {
	e.light(amount)
	e.list = e.list[:0]
	t := e.seconds(index) * e.pace
	speed, way := e.wind.at(t)
	for layer, d := range stonesDepths {
		for i := range e.counts[layer] {
			e.stone(layer, d, uint64(i), t, speed, way, amount)
		}
	}
	for i := range e.jumps {
		e.jump(uint64(i), t, speed, amount)
	}
	e.crew.rows(f.Format.Height, func(y0, y1 int) {
		e.grade.rows(f, y0, y1)
		draw(f, e.list, y0, y1)
	})
}

// light makes the overcast of a shower: rain's, less dark.
func (e *hail) light(amount float64) {
	l, s := e.levels, e.strength*amount
	veil := mix(0.62, 0.13, e.night)
	e.grade.prepare(amount,
		func(code int, height float64) float64 {
			v := l.luma(code)
			if v > 0 {
				v *= 1 - s*(0.14+0.18*math.Min(v, 1)+0.10*(1-height))
			}
			fog := s * (0.08 + 0.10*math.Exp(-math.Pow((height-0.55)/0.3, 2)))
			return l.code(v + fog*(veil-v))
		},
		func(code int) float64 { return 128 + (float64(code)-128)*(1-0.36*s) + 2.4*s*l.chroma/224 },
		func(code int) float64 { return 128 + (float64(code)-128)*(1-0.36*s) - 2*s*l.chroma/224 })
}

// stone adds one that falls.
func (e *hail) stone(layer int, d stones, id uint64, t, speed, way, amount float64) {
	seed := hash(e.seed, 'h', uint64(layer), id)
	grown := smooth((amount - 0.6*unit(hash(seed, 1))) / 0.4)
	if grown == 0 {
		return
	}
	k, size := e.scale(), unit(hash(seed, 2))
	margin := (d.fall*0.03 + 20) * k
	width, height := float64(e.format.Width)+2*margin, float64(e.format.Height)+2*margin
	fall := d.fall * mix(0.85, 1.15, size) * mix(0.93, 1.07, unit(hash(seed, 3)))
	down := unit(hash(seed, 4))*height + fall*k*t
	round := math.Floor(down / height)
	x := unit(hash(seed, 5, uint64(int64(round))))*width + way*d.drift*k
	x -= math.Floor(x/width)*width + margin
	y := down - round*height - margin
	if layer < farDepths {
		grown *= e.shown(x, y)
	}
	open := hailShutter * e.seconds(1) * e.pace * k
	e.add(x, y, speed*d.drift*open, fall*open, mix(d.small, d.large, size*size), d.soft, d.alpha*grown*mix(0.7, 1, unit(hash(seed, 6))), d.light)
}

// jump adds one that has hit the ground and leaps from it, low and short; far ones less.
func (e *hail) jump(id uint64, t, speed, amount float64) {
	seed := hash(e.seed, 'j', id)
	grown := smooth((amount - 0.6*unit(hash(seed, 1))) / 0.4)
	if grown == 0 {
		return
	}
	const life = 0.42
	beat := t/life + unit(hash(seed, 2))
	age, born := beat-math.Floor(beat), uint64(int64(math.Floor(beat)))
	near := unit(hash(seed, 3, born))
	near *= near
	k := e.scale() * mix(0.3, 1, near)
	high := mix(16, 46, unit(hash(seed, 4, born))) * k
	aside := (mix(-26, 26, unit(hash(seed, 5, born))) + 0.02*speed) * k
	x := unit(hash(seed, 6, born))*float64(e.format.Width) + aside*age
	y := mix(0.72, 1, near)*float64(e.format.Height) - high*4*age*(1-age)
	open := hailShutter * e.seconds(1) * e.pace / life
	e.add(x, y, aside*open, -high*4*(1-2*age)*open, mix(1.2, 3.4, near), 0.6, 0.85*grown*smooth((1-age)/0.25), 0.96)
}

// add puts a stone on the list, in samples but for its radius, with its light spread over the way it moves.
func (e *hail) add(x, y, dx, dy, radius, soft, alpha, light float64) {
	radius *= e.scale()
	if radius < 0.6 {
		alpha *= radius / 0.6 // smaller than a pixel: a fainter pixel
		radius = 0.6
	}
	alpha *= math.Pow(math.Pi*radius/(math.Pi*radius+2*math.Hypot(dx, dy)), 0.45)
	e.list = append(e.list, streak{x: float32(x - dx/2), y: float32(y - dy/2), dx: float32(dx), dy: float32(dy), radius: float32(radius), soft: float32(math.Max(radius*soft, 0.5)),
		alpha: float32(alpha), luma: int32(e.levels.code(light * mix(1, 0.55, e.night))), tint: radius > 1.5})
}
