package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// The names of what flies through the air in colour.
const (
	Confetti  Kind = "confetti"
	Leaves    Kind = "falling leaves"
	Petals    Kind = "petals"
	Embers    Kind = "embers"
	Dust      Kind = "dust"
	Fireflies Kind = "fireflies"
	Stars     Kind = "stars"
)

// litter is how a kind of things flies: sizes and speeds in samples of a 1080-line picture and seconds.
type litter struct {
	count        float64 // of things in a 1920×1080 picture at the usual strength
	small, large float64
	fall, sway   float64 // down, and how far from side to side
	drift        float64 // share of the wind's speed
	tumble       float64 // turns a second
	soft         float64
	alpha        float64
	shape        shape
	glows, sky   bool    // sky: only where the picture is dark, in its upper part, and still
	twinkle      float64 // how much their light comes and goes
	colours      []rgb   // encoded
}

var (
	paper   = []rgb{{0.93, 0.20, 0.25}, {0.98, 0.80, 0.15}, {0.15, 0.62, 0.90}, {0.20, 0.75, 0.40}, {0.85, 0.35, 0.80}, {0.97, 0.55, 0.15}}
	foliage = []rgb{{0.78, 0.36, 0.10}, {0.85, 0.60, 0.13}, {0.62, 0.20, 0.09}, {0.55, 0.42, 0.14}, {0.70, 0.48, 0.20}}
	blossom = []rgb{{0.97, 0.70, 0.80}, {0.94, 0.56, 0.70}, {1.0, 0.84, 0.88}}
	coals   = []rgb{{1.0, 0.55, 0.16}, {1.0, 0.72, 0.30}, {0.98, 0.38, 0.10}}
	motes   = []rgb{{1.0, 0.97, 0.90}}
	glimmer = []rgb{{0.78, 1.0, 0.42}, {0.90, 1.0, 0.55}}
	suns    = []rgb{{1.0, 1.0, 1.0}, {0.86, 0.91, 1.0}, {1.0, 0.94, 0.85}}

	confettis = littered(Confetti, "paper in six colours, or the one that is named, turns over as it falls, near pieces large and soft",
		litter{count: 260, small: 8, large: 19, fall: 210, sway: 38, drift: 0.5, tumble: 1.1, soft: 0.1, alpha: 0.97, shape: sheet, colours: paper})
	leafFall = littered(Leaves, "leaves in the colours of autumn rock and tumble down with the wind, near ones large and soft",
		litter{count: 70, small: 13, large: 30, fall: 120, sway: 90, drift: 1.0, tumble: 0.35, soft: 0.1, alpha: 0.95, shape: leaf, colours: foliage})
	petalFall = littered(Petals, "pale petals drift down and sway",
		litter{count: 140, small: 8, large: 18, fall: 75, sway: 70, drift: 0.8, tumble: 0.3, soft: 0.2, alpha: 0.9, shape: leaf, colours: blossom})
	emberRise = littered(Embers, "glowing bits of ash rise, waver and go out",
		litter{count: 220, small: 2.6, large: 8, fall: -150, sway: 42, drift: 0.4, soft: 0.9, alpha: 0.95, shape: disc, glows: true, twinkle: 0.5, colours: coals})
	dusty = littered(Dust, "motes of dust hang in the light and hardly move, the near ones out of focus",
		litter{count: 320, small: 2.2, large: 8, fall: 7, sway: 26, drift: 0.12, soft: 0.95, alpha: 0.6, shape: disc, glows: true, twinkle: 0.6, colours: motes})
	firefly = littered(Fireflies, "small green lights wander low and glow in turn, slowly",
		litter{count: 60, small: 7, large: 13, fall: -5, sway: 130, drift: 0.05, soft: 0.95, alpha: 0.95, shape: disc, glows: true, twinkle: 1, colours: glimmer})
	starry = littered(Stars, "stars where the upper part of the picture is dark, a few of them bright; they twinkle a little and do not move",
		litter{count: 520, small: 1.2, large: 3.4, soft: 0.8, alpha: 0.95, shape: disc, glows: true, sky: true, twinkle: 0.25, colours: suns})
)

func littered(kind Kind, doc string, l litter) Entry {
	return Entry{Kind: kind, Doc: doc, Takes: []wish.Param{wish.Heading, wish.Pace, wish.Tint}, Make: func(s stage, look Look) effect {
		f := &flying{stage: s, litter: l, look: look, wind: newGusts(hash(s.seed, 'l'), 0.12+s.wind)}
		if look.To.Said() {
			f.colours = []rgb{{float64(look.To.R) / 255, float64(look.To.G) / 255, float64(look.To.B) / 255}}
		}
		f.total = int(math.Ceil(l.count * s.area() * math.Pow(look.Strength/usual, 1.6)))
		return f
	}}
}

// flying draws litter.
type flying struct {
	stage
	litter
	look  Look
	wind  gusts
	total int
	list  []sprite
}

func (e *flying) apply(f *retake.Frame, index int, amount float64) {
	e.list = e.list[:0]
	t := e.seconds(index) * pick(e.look.Speed, 1)
	_, way := e.wind.at(t)
	switch {
	case e.look.Direction == wish.Left && way > 0, e.look.Direction == wish.Right && way < 0:
		way = -way
	}
	if e.look.Direction == wish.Left || e.look.Direction == wish.Right {
		way *= 3
	}
	for i := range e.total {
		e.one(f, uint64(i), t, way, amount)
	}
	e.crew.rows(f.Format.Height, func(y0, y1 int) { stamp(f, e.list, y0, y1) })
}

// one adds a thing: the later of them are nearer, larger, faster and softer.
func (e *flying) one(f *retake.Frame, id uint64, t, way, amount float64) {
	seed := hash(e.seed, 'l', id)
	grown := smooth((amount - 0.7*unit(hash(seed, 1))) / 0.3)
	if grown == 0 {
		return
	}
	k, near := e.scale(), float64(id)/float64(max(e.total, 1))
	distance := 0.55 + 0.45*near + 1.1*math.Pow(near, 14)
	size := mix(e.small, e.large, math.Pow(unit(hash(seed, 2)), 2)) * distance * k
	margin := 3*e.large*k + 2
	width, height := float64(e.format.Width)+2*margin, float64(e.format.Height)+2*margin
	phase, rate := 2*math.Pi*unit(hash(seed, 3)), mix(0.5, 1.3, unit(hash(seed, 4)))
	fall := e.fall
	if e.look.Direction == wish.Up && fall > 0 || e.look.Direction == wish.Down && fall < 0 {
		fall = -fall
	}
	down := unit(hash(seed, 5))*height + fall*mix(0.8, 1.25, unit(hash(seed, 6)))*distance*k*t
	round := math.Floor(down / height)
	y := down - round*height - margin + 0.25*e.sway*k*math.Sin(1.7*rate*t+2*phase)
	x := unit(hash(seed, 7, uint64(int64(round))))*width + (way*e.drift*distance+e.sway*math.Sin(rate*2*t+phase))*k
	x -= math.Floor(x/width)*width + margin
	light := 1 - e.twinkle*(0.5-0.5*math.Sin(rate*mix(1.2, 2.4, unit(hash(seed, 8)))*t+3*phase))
	s := sprite{x: x, y: y, size: math.Max(size, 0.7), turn: phase + 2*math.Pi*e.tumble*rate*t, flat: 1, soft: e.soft * (0.7 + 2.2*math.Pow(near, 14)),
		alpha: e.alpha * grown * light * math.Min(size/0.7, 1), shape: e.shape, glows: e.glows}
	switch e.shape {
	case disc:
	case bubble: // stands upright, as its glints do, and trembles
		s.turn, s.flat = 0, 1-0.05*math.Abs(math.Sin(3.1*rate*t+phase))
	default:
		s.flat = math.Abs(math.Cos(phase + 2*math.Pi*e.tumble*1.3*t))
	}
	if e.shape == disc && size > 0.7 {
		s.alpha *= math.Min(1, 6/size+0.35)
	}
	if e.sky {
		if s.alpha *= e.dark(f, x, y); s.alpha < 0.02 {
			return
		}
	}
	c := e.colours[hash(seed, 9)%uint64(len(e.colours))]
	if !e.glows { // what only reflects is darker at night
		c = c.times(mix(0.72+0.28*s.flat, 0.34, e.night))
	}
	s.y0, s.cb, s.cr = e.levels.toCodes(c.each(toLight))
	e.list = append(e.list, s)
}

// dark is how far a place belongs to a dark sky: 0 in the lower half and where it is bright.
func (e *flying) dark(f *retake.Frame, x, y float64) float64 {
	i, j := int(x), int(y)
	if i < 2 || j < 2 || i >= f.Format.Width-2 || j >= f.Format.Height-2 {
		return 0
	}
	at := j*f.Format.Width + i
	top := max(f.Y[at], f.Y[at-2], f.Y[at+2], f.Y[at-2*f.Format.Width], f.Y[at+2*f.Format.Width])
	return smooth((0.56-y/float64(f.Format.Height))/0.2) * smooth((0.42-e.levels.luma(int(top)))/0.16)
}
