package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Rain is the effect's name.
const Rain Kind = "rain"

var raining = Entry{Kind: Rain,
	Doc:   "streaks in four depths, slanted by the wind, and splashes on the ground; the light turns dull, dark and cool. Over the ground of heavy rain hangs a haze of spray, which the wind drives on",
	Falls: true, Takes: []wish.Param{wish.Heading, wish.Pace},
	Make: func(s stage, l Look) effect { return newRain(s, l) }}

// curtain is one layer of rain, in reference pixels and seconds.
type curtain struct {
	count        float64 // drops in a 1920×1080 picture at the usual strength
	short, long  float64 // of the streak
	radius       float64
	soft         float64
	fall         float64
	drift        float64
	alpha, light float64
}

// curtains runs from far to near.
var curtains = []curtain{
	{count: 1500, short: 16, long: 36, radius: 0.4, soft: 0.65, fall: 1500, drift: 0.6, alpha: 0.24, light: 0.84},
	{count: 520, short: 45, long: 90, radius: 0.6, soft: 0.8, fall: 2600, drift: 1.0, alpha: 0.32, light: 0.90},
	{count: 120, short: 110, long: 200, radius: 1.0, soft: 1.3, fall: 4200, drift: 1.5, alpha: 0.36, light: 0.95},
	{count: 16, short: 260, long: 420, radius: 2.4, soft: 2.8, fall: 6500, drift: 2.2, alpha: 0.22, light: 0.95},
}

type rain struct {
	stage
	behind
	strength, pace float64
	wind           gusts
	counts         []int
	splashes       int
	list           []streak
	grade          grade
	spray          *graded // nil where the rain isn't heavy
}

func newRain(s stage, l Look) *rain {
	strength := l.Strength
	r := &rain{stage: s, behind: newBehind(s), strength: strength, pace: pick(l.Speed, 1), wind: newGusts(hash(s.seed, 'w'), s.wind).heading(l.Direction, 560)}
	area := s.area()
	density := math.Pow(strength/0.6, 1.5)
	total := 0
	for _, c := range curtains {
		n := int(math.Ceil(c.count * density * area))
		r.counts = append(r.counts, n)
		total += n
	}
	r.splashes = int(150 * density * area)
	r.list = make([]streak, 0, total+2*r.splashes)
	if heavy := smooth((strength - 0.65) / 0.3); heavy > 0 {
		r.spray = r.newSpray(heavy)
	}
	return r
}

func (r *rain) apply(f *retake.Frame, index int, amount float64) {
	r.light(amount)
	r.place(index, amount)
	if r.spray == nil {
		r.crew.rows(f.Format.Height, func(y0, y1 int) {
			r.grade.rows(f, y0, y1)
			draw(f, r.list, y0, y1)
		})
		return
	}
	r.crew.rows(f.Format.Height, func(y0, y1 int) { r.grade.rows(f, y0, y1) })
	r.spray.apply(f, index, amount)
	r.crew.rows(f.Format.Height, func(y0, y1 int) { draw(f, r.list, y0, y1) })
}

// newSpray is the haze of drops that burst on the ground: flat banks that the wind drives on, thin where the ground is near.
func (r *rain) newSpray(heavy float64) *graded {
	across := 3.0 * float64(r.format.Width) / float64(r.format.Height)
	luma := mix(0.60, 0.15, r.night) * r.levels.span
	return newLit(r.stage, func(f *field, index int, amount float64) {
		f.tinted = true
		t := r.seconds(index) * r.pace
		_, way := r.wind.at(t)
		drift := -way * across / 2400
		f.lines(r.crew, func() (func(float64), func(float64) (float64, float64, float64, float64)) {
			banks, density := clouds{seed: hash(r.seed, 'y')}, 0.0
			return func(y float64) {
					banks.row(drift, across+drift, 9*y+0.2*t, 0.5*t)
					density = amount * heavy * 0.75 * math.Exp(-math.Pow((y-0.74)/0.15, 2))
				}, func(x float64) (gain, y, cb, cr float64) {
					d := density * (0.15 + 0.85*banks.at(across*x+drift))
					return 1 - d, d * luma, 14 * d * r.night, -9 * d * r.night
				}
		})
	})
}

// light makes the overcast: darker above all in the highlights, flatter, less colour, a cool cast, and a veil of
// spray that is thickest at the height of the horizon and near the ground.
func (r *rain) light(amount float64) {
	l, s := r.levels, r.strength*amount
	veil := mix(0.52, 0.12, r.night)
	r.grade.prepare(amount,
		func(code int, height float64) float64 {
			v := l.luma(code)
			if v > 0 {
				v *= 1 - s*(0.20+0.24*math.Min(v, 1)+0.14*(1-height))
			}
			fog := s * (0.10 + 0.14*math.Exp(-math.Pow((height-0.55)/0.3, 2)))
			return l.code(v + fog*(veil-v))
		},
		func(code int) float64 { return 128 + (float64(code)-128)*(1-0.5*s) + 3.4*s*l.chroma/224 },
		func(code int) float64 { return 128 + (float64(code)-128)*(1-0.5*s) - 3.0*s*l.chroma/224 })
}

func (r *rain) place(index int, amount float64) {
	r.list = r.list[:0]
	speed, _ := r.wind.at(r.seconds(index) * r.pace)
	for layer, c := range curtains {
		for i := range r.counts[layer] {
			r.drop(layer, c, uint64(i), index, speed, amount)
		}
	}
	for i := range r.splashes {
		r.splash(uint64(i), index, amount)
	}
}

// drop adds one streak. A drop crosses the picture in a few frames, so each frame has drops of its own for the near
// curtains, while the far ones can be followed down.
func (r *rain) drop(layer int, c curtain, id uint64, index int, speed, amount float64) {
	seed := hash(r.seed, 'r', uint64(layer), id)
	grown := smooth((amount - 0.6*unit(hash(seed, 1))) / 0.4)
	if grown == 0 {
		return
	}
	k, t := r.scale(), r.seconds(index)*r.pace
	length := mix(c.short, c.long, unit(hash(seed, 2))) * k
	margin := c.long * k
	height := float64(r.format.Height) + 2*margin
	fall := c.fall * k * mix(0.9, 1.15, unit(hash(seed, 3)))
	down := unit(hash(seed, 4))*height + fall*t
	round := math.Floor(down / height)
	y := down - round*height - margin
	slant := speed * c.drift * k / fall * 1.6 // sideways for each pixel down
	slant = min(max(slant+0.02*(unit(hash(seed, 5))-0.5), -0.8), 0.8)
	sideways := math.Abs(slant) * height
	place := unit(hash(seed, 6, uint64(int64(round))))
	x := place*(float64(r.format.Width)+sideways) - math.Max(0, slant)*height + slant*y
	alpha := c.alpha * grown * mix(0.6, 1, unit(hash(seed, 7))) * mix(0.9, 1.25, r.strength)
	if layer < farDepths {
		alpha *= r.shown(x+slant*length/2, y+length/2)
	}
	radius, soft := c.radius*k, math.Max(c.soft*k, 0.6)
	if radius < 0.35 {
		radius = 0.35
		alpha *= mix(0.55, 1, clamp01(k/0.7))
	}
	light := c.light * mix(1, 0.55, r.night)
	r.list = append(r.list, streak{x: float32(x), y: float32(y), dx: float32(slant * length), dy: float32(length),
		radius: float32(radius), soft: float32(soft), alpha: float32(alpha), luma: int32(r.levels.code(light))})
}

// splash adds a drop that hits the ground: for three pictures a small flat burst that widens and fades.
func (r *rain) splash(id uint64, index int, amount float64) {
	const life = 3
	seed := hash(r.seed, 'p', id)
	age := (index + int(hash(seed, 1)%life)) % life
	born := uint64(index - age + life)
	grown := smooth((amount - 0.6*unit(hash(seed, 2))) / 0.4)
	if grown == 0 {
		return
	}
	k := r.scale()
	deep := unit(hash(seed, 3, born)) // 0 at the horizon, 1 at the front
	deep *= deep
	x := unit(hash(seed, 4, born)) * float64(r.format.Width)
	y := mix(0.70, 0.99, deep) * float64(r.format.Height)
	wide := mix(2, 9, deep) * k * (0.5 + 0.5*float64(age))
	alpha := 0.42 * grown * mix(0.5, 1, deep) * (1 - float64(age)/life)
	r.list = append(r.list, streak{x: float32(x - wide/2), y: float32(y), dx: float32(wide), radius: 0.3, soft: float32(math.Max(0.8*k, 0.6)),
		alpha: float32(alpha), luma: int32(r.levels.code(0.9 * mix(1, 0.5, r.night)))})
}
