package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Sparks is the effect's name.
const Sparks Kind = "sparks"

var sparking = Entry{Kind: Sparks, Takes: []wish.Param{wish.Placing, wish.Heading, wish.Pace, wish.Tint},
	Doc:  "bursts of sparks fly from one place, low in the middle unless the prompt names another, in bows under their weight, each drawn out along its way, from white over yellow to red",
	Make: func(s stage, l Look) effect { return newSparks(s, l) }}

// sparks is a fountain of glowing grains, in reference pixels and seconds.
type sparks struct {
	stage
	look  Look
	total int
	list  []sprite
	hues  [8][3]float64 // luma and chroma from young to old
}

const (
	sparkLife   = 1.3 // at most
	sparkRound  = 1.6 // time from one burst of a spark to its next
	sparkBursts = 4   // in a round
	sparkDrag   = 1.5 // by which a second slows them
	sparkWeight = 950 // acceleration downwards
)

func newSparks(s stage, l Look) *sparks {
	e := &sparks{stage: s, look: l, total: int(math.Ceil(760 * math.Pow(l.Strength/usual, 1.4)))}
	old := rgb{0.95, 0.16, 0.02}
	young, middle := rgb{1, 0.90, 0.62}, rgb{1, 0.50, 0.08}
	if l.To.Said() {
		middle = srgb(l.To)
		old, young = middle.times(0.6), middle.toward(grey(1), 0.6)
	}
	for i := range e.hues {
		age := float64(i) / float64(len(e.hues)-1)
		c := young.toward(middle, smooth(age/0.45)).toward(old, smooth((age-0.45)/0.55))
		e.hues[i][0], e.hues[i][1], e.hues[i][2] = s.levels.toCodes(c)
	}
	return e
}

func (e *sparks) apply(f *retake.Frame, index int, amount float64) {
	e.list = e.list[:0]
	t := e.seconds(index) * pick(e.look.Speed, 1)
	for i := range e.total {
		e.spark(uint64(i), t, amount)
	}
	e.crew.rows(f.Format.Height, func(y0, y1 int) { stamp(f, e.list, y0, y1) })
}

// spark adds one where it is at t seconds, if it is on its way. Each belongs to one burst of a round and flies anew in the next.
func (e *sparks) spark(id uint64, t, amount float64) {
	seed := hash(e.seed, 'k', id)
	grown := smooth((amount - 0.7*unit(hash(seed, 1))) / 0.3)
	if grown == 0 {
		return
	}
	burst := float64(id%sparkBursts) / sparkBursts
	late := unit(hash(seed, 2))
	at := t/sparkRound - burst - 0.2*late*late*late
	round := math.Floor(at)
	age := (at - round) * sparkRound
	seed = hash(seed, uint64(int64(round)))
	life := sparkLife * mix(0.35, 1, unit(hash(seed, 1)))
	if age >= life {
		return
	}
	k := e.scale()
	angle := (unit(hash(seed, 2)) + unit(hash(seed, 3)) - 1) * 1.25
	switch e.look.Direction {
	case wish.Left:
		angle -= math.Pi / 3
	case wish.Right:
		angle += math.Pi / 3
	case wish.Down:
		angle += math.Pi
	}
	speed := mix(420, 1900, math.Pow(unit(hash(seed, 4)), 1.3))
	left := math.Exp(-sparkDrag * age)
	vx := speed * math.Sin(angle) * left
	vy := -(speed*math.Cos(angle)+sparkWeight/sparkDrag)*left + sparkWeight/sparkDrag
	x0, y0 := e.origin()
	x := x0 + k*speed*math.Sin(angle)*(1-left)/sparkDrag
	y := y0 + k*(sparkWeight/sparkDrag*age-(speed*math.Cos(angle)+sparkWeight/sparkDrag)*(1-left)/sparkDrag)
	past := age / life
	wide := mix(1.7, 4.2, math.Pow(unit(hash(seed, 5)), 2)) * (1 - 0.5*past) * k
	long := math.Max(math.Hypot(vx, vy)*k*0.8*e.seconds(1)*pick(e.look.Speed, 1), 2*wide)
	hue := &e.hues[int(past*float64(len(e.hues)-1)+0.5)]
	e.list = append(e.list, sprite{x: x, y: y, size: math.Max(long/2+wide, 0.8), turn: math.Atan2(vy, vx), flat: min(2.2*wide/(long/2+wide), 1), soft: 0.25,
		alpha: grown * math.Min(wide/0.8, 1) * smooth((1-past)/0.5) * mix(0.75, 1, unit(hash(seed, 6))), shape: leaf, glows: true, y0: hue[0], cb: hue[1], cr: hue[2]})
}

// origin is where they come from, in samples.
func (e *sparks) origin() (x, y float64) {
	px, py := placeOf(e.look.Place)
	if py == 0 && e.look.Place != wish.Centre {
		py = 0.5
	}
	return float64(e.format.Width) * (0.5 + 0.32*px), float64(e.format.Height) * (0.5 + 0.4*py)
}
