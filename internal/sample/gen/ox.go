package main

import "math"

var (
	coat   = hex(0x9a5b34)
	dark   = hex(0x5c3420)
	cream  = hex(0xecd9bd)
	ivory  = hex(0xf0e4c8)
	hoofs  = hex(0x3a2c28)
	collar = hex(0xb8332c)
	brass  = hex(0xe0b040)
)

// ox holds what one frame's drawing needs.
type ox struct {
	canvas
	f, s   float64
	bob    float64 // metres the trunk rises
	head   move    // the head's own space to the ox's
	cold   colour  // what the light adds to its shaded side
	screen move
}

// headSize scales the head's own measures.
const headSize = 1.2

func newOx(c canvas, f int) *ox {
	t := float64(f)
	beat := 2 * math.Pi * 2 * t / stride
	o := &ox{canvas: c, f: t, s: here(f, oxX), bob: 0.014 * math.Sin(beat)}
	o.cold = hex(0x6f86b8).mix(hex(0x6e5a3c), o.s)
	nod := -0.80 + 0.055*math.Sin(beat+0.9)
	poll := point{1.24, 1.45 + 0.028*math.Sin(beat+0.5)}
	o.head = func(p point) point { return p.scale(headSize).turn(nod).add(poll) }
	o.screen = func(p point) point { return point{oxX + p.x*metre, groundY - p.y*metre} }
	return o
}

func (o *ox) draw() {
	o.shadow()
	for _, l := range legs {
		if l.far {
			o.leg(l)
		}
	}
	o.horn(point{0.125, 0.125}, 0.9, true)
	o.tail()
	trunk := o.trunk()
	for _, l := range legs {
		if !l.far {
			o.leg(l)
		}
	}
	o.collar(trunk)
	o.face()
	o.ear(point{0.02, 0.035})
	o.horn(point{0.035, 0.10}, 1, false)
}

// coated is the hide's colour at a pixel: lit from above and in front, cooler below, with a grain that stays on it.
func (o *ox) coated(base colour, shade float64) paint {
	return func(x, y float64) colour {
		u, v := (x-oxX)/metre, (groundY-y)/metre-o.bob
		hair := clouded(u*26+v*9, v*60-u*10, 2, 7) - 0.5
		broad := clouded(u*5, v*5, 2, 9) - 0.5
		k := base.lit(0.10*hair + 0.10*broad + shade)
		return k.mix(o.cold, 0.10+0.16*rise(1.0, 0.3, v))
	}
}

func (o *ox) shape(steps int, pts ...point) polygon { return smooth(steps, pts...).moved(o.screen) }

// shadow lies under the ox, longer and bluer in winter when the sun is low.
func (o *ox) shadow() {
	k := hex(0x3d5f92).mix(hex(0x2c3a14), o.s)
	long := lerp(0.45, 0.12, o.s)
	at := o.screen(point{-0.05 - long*0.7, -0.03})
	o.glow(at, (1.30+long)*metre, 0.15*metre, k.fade(0.55))
	for _, l := range legs {
		j, _ := l.joints(o.f, o.bob)
		p := o.screen(point{j[3].x - 0.02, o.floor(l)})
		o.glow(p, 0.17*metre, 0.042*metre, k.fade(0.75*(1-clamp(j[3].y/lift)*0.8)))
	}
}

// floor is where a leg's ground lies: the far side stands a little higher on the screen.
func (o *ox) floor(l leg) float64 {
	if l.far {
		return 0.075
	}
	return 0
}

// trunk is body and neck in one outline, so nothing shows a joint; muscles and folds are shading within it.
func (o *ox) trunk() mask {
	b := point{0, o.bob}
	at := func(x, y float64) point { return point{x, y}.add(b) }
	poll, throat, jaw := o.head(point{0.0, 0.10}), o.head(point{0.02, -0.14}), o.head(point{0.12, -0.15})
	breathe := 0.006 * math.Sin(2*math.Pi*o.f/70)
	outline := o.shape(10,
		at(-1.03, 1.30), at(-0.93, 1.43), at(-0.66, 1.475), at(-0.34, 1.425), at(0.02, 1.41), at(0.30, 1.455), at(0.52, 1.53), at(0.76, 1.56),
		poll.to(at(0.76, 1.56), 0.5).add(point{0, 0.035}), poll, jaw, throat,
		at(1.115, 0.98), at(1.03, 0.80), at(0.86, 0.66), at(0.66, 0.645),
		at(0.34, 0.60-breathe), at(-0.02, 0.59-breathe), at(-0.34, 0.66), at(-0.56, 0.80), at(-0.78, 0.74), at(-0.98, 0.86), at(-1.06, 1.08))
	m := cover(o.Rect, outline)
	base := o.coated(coat, 0)
	soft := func(p point, rx, ry float64) func(x, y float64) float64 {
		c := o.screen(p.add(b))
		return func(x, y float64) float64 { return spot(x, y, c, rx*metre, ry*metre) }
	}
	haunch, hollow := soft(point{-0.72, 1.16}, 0.40, 0.40), soft(point{-0.40, 1.12}, 0.15, 0.36)
	shoulder, crease := soft(point{0.63, 1.12}, 0.30, 0.42), soft(point{0.35, 0.98}, 0.13, 0.40)
	barrel, neck := soft(point{-0.02, 1.12}, 0.52, 0.34), soft(point{1.0, 1.28}, 0.26, 0.22)
	fold := soft(point{0.90, 0.98}, 0.10, 0.34)
	light, deep := hex(0xd89a62).mix(hex(0xf0b36a), o.s), dark
	o.through(m, func(x, y float64) colour {
		v := (groundY-y)/metre - o.bob
		k := base(x, y)
		k = k.mix(light, 0.40*haunch(x, y)+0.36*shoulder(x, y)+0.32*barrel(x, y)+0.25*neck(x, y))
		k = k.mix(deep, 0.24*hollow(x, y)+0.30*crease(x, y)+0.30*fold(x, y))
		k = k.mix(deep, 0.62*rise(0.98, 0.60, v))
		k = k.mix(light.mix(hex(0xffffff), 0.25), 0.42*rise(1.36, 1.55, v))
		return k.mix(hex(0xf6f9ff), o.powder((x-oxX)/metre, v))
	})
	return m
}

// back is the trunk's upper line, in metres.
var back = stroke(4, point{-1.03, 1.30}, point{-0.93, 1.43}, point{-0.66, 1.475}, point{-0.34, 1.425}, point{0.02, 1.41}, point{0.30, 1.455}, point{0.52, 1.53}, point{0.76, 1.56})

// powder is the snow that lies on the back, at u along and v above the ground in metres, and melts as spring comes.
func (o *ox) powder(u, v float64) float64 {
	left := 1 - rise(0.02, 0.4, o.s)
	if left == 0 || v < 1.3 || u > 0.74 {
		return 0
	}
	top := 0.0
	for i := 1; i < len(back); i++ {
		if u < back[i].x {
			top = lerp(back[i-1].y, back[i].y, clamp((u-back[i-1].x)/(back[i].x-back[i-1].x)))
			break
		}
	}
	thick := left * 0.06 * rise(-0.95, -0.6, u) * rise(0.74, 0.4, u) * (0.35 + clouded(u*9, v*14, 3, 15))
	return 0.92 * rise(0.012, -0.012, top-v-thick)
}

// leg draws one leg from hip to hoof.
func (o *ox) leg(l leg) {
	j, pitch := l.joints(o.f, o.bob)
	up := point{0, o.floor(l)}
	for i := 1; i < 4; i++ {
		j[i] = j[i].add(up)
	}
	half := []float64{0.155, 0.074, 0.052}
	top := j[0].add(point{0.02, 0.10})
	if l.bend < 0 {
		half = []float64{0.235, 0.075, 0.053}
		top = j[0].add(point{0.0, 0.14})
	}
	shade := -0.02
	if l.far {
		shade = -0.36
	}
	thigh := j[0].to(j[1], 0.45).add(point{0.02 * -l.bend, 0})
	wide := lerp(half[0], half[1], 0.52)
	ankle := j[2]
	pts := []point{top, j[0], thigh, j[1], j[1].to(ankle, 0.5), ankle, j[3].add(point{-0.03, 0.085}.turn(-pitch))}
	outline := limb(7, pts, []float64{half[0] * 0.55, half[0], wide, half[1], half[2], half[2] * 1.04, 0.058}).moved(o.screen)
	m := cover(o.Rect, outline)
	hide := o.coated(coat, shade)
	knee, hip := o.screen(j[1]), o.screen(j[0])
	o.through(m, func(x, y float64) colour {
		v := (groundY-y)/metre - up.y
		k := hide(x, y).mix(dark, 0.55*rise(0.62, 0.25, v))
		k = k.mix(hex(0xd89a62), 0.28*spot(x, y, knee.add(point{6, -4}), 30, 34))
		if !l.far {
			// the upper leg melts into the body it hangs from
			k = k.mix(hex(0xd89a62), 0.30*spot(x, y, hip.add(point{8, 10}), 70, 80))
			k.a = float32(rise(1.06, 0.84, v-o.bob))
		}
		return k
	})
	o.hoof(j[3], pitch, l.far)
}

// hoof is cloven: two claws, the outer a little behind.
func (o *ox) hoof(toe point, pitch float64, far bool) {
	tone := hoofs
	if far {
		tone = tone.lit(-0.25)
	}
	at := func(x, y float64) point { return point{x, y}.turn(-pitch).add(toe) }
	claw := o.shape(6, at(-0.085, 0.095), at(-0.02, 0.105), at(0.035, 0.085), at(0.085, 0.012), at(0.07, 0), at(-0.08, 0), at(-0.098, 0.03))
	o.fill(upright(o.screen(at(0, 0.1)).y, o.screen(at(0, 0)).y, tone.lit(0.45), tone), claw)
	o.fill(flat(hex(0x1d1513).fade(0.7)), limb(4, []point{at(0.022, 0.085), at(0.035, 0.05), at(0.04, 0.004)}, []float64{0.003, 0.006, 0.007}).moved(o.screen))
}

// tail swings with the hips and ends in a tuft.
func (o *ox) tail() {
	sway := math.Sin(2*math.Pi*o.f/stride) * 0.10
	late := math.Sin(2*math.Pi*o.f/stride-0.9) * 0.17
	root := point{-0.97, 1.38 + o.bob}
	joints := []point{root, root.add(point{-0.10, -0.10}), root.add(point{-0.14 - sway*0.4, -0.42}), root.add(point{-0.13 - sway, -0.72})}
	end := root.add(point{-0.14 - late, -0.98})
	hide := o.coated(coat.lit(-0.12), 0)
	o.fill(hide, limb(8, joints, []float64{0.055, 0.042, 0.026, 0.022}).moved(o.screen))
	o.fill(o.coated(dark.lit(-0.1), 0), limb(8, []point{joints[3].add(point{0, 0.03}), joints[3].to(end, 0.4), end}, []float64{0.024, 0.06, 0.004}).moved(o.screen))
}

// collar is a red strap about the neck, cut to it by the trunk's mask, with a brass bell that swings under it.
func (o *ox) collar(trunk mask) {
	b := point{0, o.bob}
	a, mid, c := point{0.905, 1.60}.add(b), point{1.04, 1.30}.add(b), point{1.08, 1.02}.add(b)
	strap := cover(o.Rect, limb(10, []point{a, mid, c}, []float64{0.036, 0.04, 0.036}).moved(o.screen))
	strap.cut(trunk)
	top, foot := o.screen(a).y, o.screen(c).y
	o.through(strap, func(_, y float64) colour {
		t := (y - top) / (foot - top)
		return collar.lit(-0.28).mix(collar.lit(0.3), spot(t, 0, point{0.38, 0}, 0.7, 1))
	})
	swing := 0.22 * math.Sin(2*math.Pi*2*o.f/stride+0.4)
	hang := c.add(point{0.02, 0.03})
	at := func(x, y float64) point { return point{x, y}.turn(swing).add(hang) }
	bell := o.shape(6, at(-0.035, 0), at(0.035, 0), at(0.055, -0.06), at(0.085, -0.135), at(0.07, -0.15), at(-0.07, -0.15), at(-0.085, -0.135), at(-0.055, -0.06))
	l := o.screen(at(-0.085, 0)).x
	o.fill(flat(hex(0x5b3d12)), ellipse(o.screen(at(0.012, -0.158)), 6, 6, 0))
	o.fill(func(x, _ float64) colour {
		t := (x - l) / (0.17 * metre)
		return brass.lit(-0.30).mix(hex(0xfff0b8), spot(t, 0, point{0.62, 0}, 0.42, 1))
	}, bell)
}
