package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Lightning is the effect's name.
const Lightning Kind = "lightning"

var strikingDown = Entry{Kind: Lightning, Takes: []wish.Param{wish.Counted, wish.Placing},
	Doc:  "flashes of a storm light the scene, the sky most, and some of them show their bolt in a clear part of the sky; the light between them is dull. Never more than three flashes in a second (more would harm people with photosensitive epilepsy)",
	Make: func(s stage, l Look) effect { return newLightning(s, l) }}

// lightning lights a picture by exposure, as light does: what is dark stays dark, and highlights are rolled off.
type lightning struct {
	stage
	strength float64
	strikes  []strike
	bolts    map[int]channel // by group; those of the other groups are hidden by the clouds
	list     []streak
	grade    grade
	lit      float64 // that the grade was made for
}

func newLightning(s stage, l Look) *lightning {
	limit := flashesASecond
	if s.flickers || s.flashes > 0 {
		limit = 1 // they flash twice a second by themselves
	}
	e := &lightning{stage: s, strength: l.Strength, strikes: strikes(s, l, limit), bolts: map[int]channel{}}
	for _, k := range e.strikes {
		seed := hash(s.seed, 'b', uint64(k.group))
		if _, has := e.bolts[k.group]; !has && (k.group == 0 || unit(seed) < 0.55) {
			e.bolts[k.group] = newChannel(s, seed, l.Place)
		}
	}
	return e
}

func (e *lightning) apply(f *retake.Frame, index int, amount float64) {
	light := 0.0
	e.list = e.list[:0]
	for _, k := range e.strikes {
		one := amount * k.after(e.seconds(index-k.index))
		if one < 0.01 {
			continue
		}
		light = max(light, one)
		if c, has := e.bolts[k.group]; has {
			e.bolt(f, c, one)
		}
	}
	if light != e.lit {
		e.grade.fresh = false
	}
	e.lit = light
	e.light(amount, light)
	e.crew.rows(f.Format.Height, func(y0, y1 int) {
		e.grade.rows(f, y0, y1)
		draw(f, e.list, y0, y1)
	})
}

// light sets the tables: the dull light of a storm, where neither rain nor night has made it already, and in a flash a cold light in its
// place which the sky has most of.
func (e *lightning) light(amount, light float64) {
	l := e.levels
	dull := amount * (0.5 + 1.1*e.strength) * (1 - 0.9*max(e.night, e.dull))
	power := light * (0.4 + e.strength)
	e.grade.prepare(amount,
		func(code int, height float64) float64 {
			v := l.luma(code)
			if v <= 0 {
				return float64(code)
			}
			sky := smooth((0.68 - height) / 0.5)
			x := toLight(v)
			x *= math.Exp2(-dull*(0.6+0.4*sky)) * (1 + power*(1.1+mix(0.8, 1.5, e.night)*sky)*mix(1, 3, e.night))
			x += power * (0.008 + mix(0.03, 0.10, e.night)*sky) * smooth(v/0.25)
			return l.code(fromLight(mix(x, roll(x, 0.5), min(1, amount*dull+light))))
		},
		func(code int) float64 {
			return 128 + (float64(code)-128)*(1-0.2*dull-0.35*light) + (2*dull+7*light)*l.chroma/224
		},
		func(code int) float64 {
			return 128 + (float64(code)-128)*(1-0.2*dull-0.35*light) - (1.5*dull+3*light)*l.chroma/224
		})
}

// bolt adds a channel to the list as far as the sky goes that it stands before.
func (e *lightning) bolt(f *retake.Frame, c channel, light float64) {
	k := float32(e.scale())
	clear := make([]float64, 1, len(c.pieces)) // by how far down the main channel
	clear[0] = 1
	bright := -1.0
	for _, p := range c.pieces {
		free, calm := 1.0, 1.0
		if mean, busy, ok := e.around(f, (p.x0+p.x1)/2, (p.y0+p.y1)/2); ok {
			if bright < 0 {
				bright = mean
			}
			free = smooth((mean/bright - 0.5) / 0.25)
			calm = 1 - smooth((busy-0.25)/0.15)
		}
		free = min(free, clear[min(p.depth, len(clear)-1)])
		if p.wide == 1 {
			clear = append(clear, free)
		}
		alpha := float32(free * calm * light)
		if alpha < 0.02 {
			continue
		}
		s := streak{x: float32(p.x0), y: float32(p.y0), dx: float32(p.x1 - p.x0), dy: float32(p.y1 - p.y0), luma: int32(e.levels.code(1)), tint: true}
		s.radius, s.soft, s.alpha = 0, 9*k+1, 0.16*alpha*float32(p.wide)
		e.list = append(e.list, s)
		s.radius, s.soft, s.alpha = max(2.3*k*float32(p.wide), 0.35), max(1.2*k, 0.6), min(1.3*alpha, 1)*min(float32(p.wide)*1.8, 1)
		e.list = append(e.list, s)
		if p.joint {
			s.dx, s.dy, s.radius, s.soft, s.alpha, s.tint = 0, 0, 0, 120*k+2, 0.10*alpha, false
			e.list = append(e.list, s)
		}
	}
}

// around returns the mean luma at a place, 0 to 1, and how much it differs there.
func (e *lightning) around(f *retake.Frame, x, y float64) (mean, busy float64, ok bool) {
	r := max(int(4*e.scale()), 1)
	w, h := f.Format.Width, f.Format.Height
	cx, cy := int(x), int(y)
	if cx < 2*r || cx >= w-2*r || cy < 0 || cy >= h-2*r {
		return 0, 0, false
	}
	low, high, sum, n := byte(255), byte(0), 0, 0
	for j := -2; j <= 2; j++ {
		for i := -2; i <= 2; i++ {
			v := f.Y[max(cy+j*r, 0)*w+cx+i*r]
			low, high, sum, n = min(low, v), max(high, v), sum+int(v), n+1
		}
	}
	return max(e.levels.luma(sum/n), 0.01), float64(high-low) / e.levels.span, true
}
