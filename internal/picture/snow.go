package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Snow is the effect's name.
const Snow Kind = "snow"

var snowing = Entry{Kind: Snow,
	Doc:   "flakes in five depths, from pinpoints to soft discs out of focus; they sway, drift with gusts of wind, and are blurred along their way; the air greys and cools a little, most in the distance. Far flakes fall behind a subject that clearly stands out",
	Falls: true, Takes: []wish.Param{wish.Heading, wish.Pace},
	Make: func(s stage, l Look) effect { return newSnow(s, l) }}

// depth is one layer of snow, in reference pixels of a 1080-line picture and seconds.
type depth struct {
	count        float64 // flakes in a 1920×1080 picture at the usual strength
	small, large float64 // radius
	soft         float64 // share of the radius that is edge: out of focus far from the focal plane
	fall         float64 // speed
	drift        float64 // share of the wind's speed
	sway         float64 // of the way from side to side
	alpha        float64
	light        float64 // luma, 0 to 1
	clump        int     // discs a flake is made of
	tint         bool
}

// snowDepths runs from far to near. Sizes and speeds follow 1/distance; the nearest are far out of focus.
var snowDepths = []depth{
	{count: 1700, small: 0.75, large: 1.35, soft: 0.9, fall: 100, drift: 0.26, sway: 4, alpha: 0.70, light: 0.92, clump: 1},
	{count: 620, small: 1.6, large: 2.7, soft: 0.75, fall: 180, drift: 0.45, sway: 9, alpha: 0.88, light: 0.97, clump: 1},
	{count: 190, small: 3.0, large: 5.2, soft: 0.65, fall: 300, drift: 0.72, sway: 16, alpha: 0.92, light: 0.98, clump: 3, tint: true},
	{count: 32, small: 6.5, large: 11, soft: 0.8, fall: 480, drift: 1.05, sway: 24, alpha: 0.74, light: 0.98, clump: 2, tint: true},
	{count: 9, small: 17, large: 32, soft: 0.97, fall: 780, drift: 1.5, sway: 30, alpha: 0.40, light: 0.97, clump: 1, tint: true},
}

// shutter is the share of the time between two pictures in which it is open. A little less than film's half, which
// would turn near flakes into dashes.
const shutter = 0.38

type snow struct {
	stage
	behind
	strength, pace float64
	wind           gusts
	counts         []int
	list           []streak
	grade          grade
}

func newSnow(s stage, l Look) *snow {
	strength := l.Strength
	n := &snow{stage: s, behind: newBehind(s), strength: strength, pace: pick(l.Speed, 1), wind: newGusts(hash(s.seed, 'w'), s.wind).heading(l.Direction, 230)}
	area := s.area()
	// A light snow is a third of the usual one, a blizzard three and a half times as much.
	density := math.Pow(strength/0.6, 2) * (0.85 + 0.15*strength/0.6)
	total := 0
	for _, d := range snowDepths {
		c := int(math.Ceil(d.count * density * area))
		n.counts = append(n.counts, c)
		total += c * d.clump
	}
	n.list = make([]streak, 0, total)
	return n
}

func (n *snow) apply(f *retake.Frame, index int, amount float64) {
	n.haze(amount)
	n.place(index, amount)
	n.crew.rows(f.Format.Height, func(y0, y1 int) {
		n.grade.rows(f, y0, y1)
		draw(f, n.list, y0, y1)
	})
}

// haze lifts and cools the picture as air full of snow does: towards a light grey, more in the distance, which is
// taken to be the upper part. Highlights come down with it, so that flakes show before a bright sky.
func (n *snow) haze(amount float64) {
	l, s := n.levels, n.strength*amount
	veil := mix(0.70, 0.15, n.night)
	thin := mix(1, 0.6, n.night)
	n.grade.prepare(amount,
		func(code int, height float64) float64 {
			v := l.luma(code)
			h := s * (0.44 - 0.20*height) * thin
			return l.code(v + h*(veil-v))
		},
		func(code int) float64 { return 128 + (float64(code)-128)*(1-0.38*s) + 2.6*s*l.chroma/224 },
		func(code int) float64 { return 128 + (float64(code)-128)*(1-0.38*s) - 1.6*s*l.chroma/224 })
}

// place fills the list with where all flakes are, far ones first.
func (n *snow) place(index int, amount float64) {
	n.list = n.list[:0]
	t := n.seconds(index) * n.pace
	speed, way := n.wind.at(t)
	hurry := 1 + 0.5*math.Max(0, n.strength-0.6) + 0.35*n.stage.wind
	for layer, d := range snowDepths {
		for i := range n.counts[layer] {
			n.flake(layer, d, uint64(i), t, speed, way, hurry, amount)
		}
	}
}

// flake adds one flake. Each has its own moment in the growing-in, so that snow begins with single flakes.
func (n *snow) flake(layer int, d depth, id uint64, t, speed, way, hurry, amount float64) {
	seed := hash(n.seed, 's', uint64(layer), id)
	grown := smooth((amount - 0.7*unit(hash(seed, 1))) / 0.3)
	if grown == 0 {
		return
	}
	k := n.scale()
	size := unit(hash(seed, 2))
	radius := mix(d.small, d.large, size*size) * k
	fall := d.fall * hurry * mix(0.85, 1.2, size) * mix(0.9, 1.1, unit(hash(seed, 3)))
	margin := (d.large*3 + 40) * k
	height, width := float64(n.format.Height)+2*margin, float64(n.format.Width)+2*margin
	// Down and round: each round has its own place, so no pattern repeats.
	down := unit(hash(seed, 4))*height + fall*k*t
	round := math.Floor(down / height)
	y := down - round*height - margin
	rate := mix(0.6, 1.7, unit(hash(seed, 5)))
	phase := 2 * math.Pi * unit(hash(seed, 6))
	sway, swaySpeed := math.Sincos(rate*2*t + phase)
	x := unit(hash(seed, 7, uint64(int64(round))))*width + (way*d.drift*mix(0.85, 1.15, unit(hash(seed, 8)))+d.sway*sway)*k
	x -= math.Floor(x/width)*width + margin
	if layer < farDepths {
		grown *= n.shown(x, y)
	}
	open := shutter * n.seconds(1) * n.pace * k
	dx := (speed*d.drift + d.sway*2*rate*swaySpeed) * open
	dy := fall * open
	n.add(d, seed, x, y, dx, dy, radius, grown, rate*t*2+phase)
}

// add puts the discs of one flake on the list, with the light spread over the way it moves.
func (n *snow) add(d depth, seed uint64, x, y, dx, dy, radius, grown, turn float64) {
	length := math.Hypot(dx, dy)
	soft := math.Max(radius*d.soft, 0.55)
	alpha := d.alpha * grown * mix(0.75, 1, unit(hash(seed, 9)))
	if radius < 0.75 {
		alpha *= radius * radius / (0.75 * 0.75) // smaller than a pixel: a fainter pixel
		radius = 0.75
	}
	disc := math.Pi * radius * radius
	alpha *= math.Pow(disc/(disc+2*radius*length), 0.6)
	light := d.light * mix(1, 0.62, n.night)
	s := streak{dx: float32(dx), dy: float32(dy), soft: float32(soft), luma: int32(n.levels.code(light)), tint: d.tint}
	for c := range d.clump {
		r, ox, oy := radius, 0.0, 0.0
		if d.clump > 1 {
			angle := turn + 2*math.Pi*float64(c)/float64(d.clump)
			r = radius * (0.78 - 0.14*float64(c))
			ox, oy = 0.55*radius*math.Cos(angle), 0.4*radius*math.Sin(angle)
		}
		s.x, s.y, s.radius, s.alpha = float32(x+ox-dx/2), float32(y+oy-dy/2), float32(r), float32(alpha)
		n.list = append(n.list, s)
	}
}
