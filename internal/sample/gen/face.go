package main

import "math"

func (o *ox) headShape(steps int, pts ...point) polygon {
	return smooth(steps, pts...).moved(o.head).moved(o.screen)
}

// face is the head in side view: u runs from the poll to the muzzle, v up from the line of the jaw.
func (o *ox) face() {
	outline := o.headShape(10,
		point{-0.05, 0.02}, point{0.0, 0.115}, point{0.07, 0.150}, point{0.18, 0.135}, point{0.30, 0.098}, point{0.43, 0.082}, point{0.52, 0.092},
		point{0.588, 0.055}, point{0.598, -0.01}, point{0.57, -0.075}, point{0.525, -0.118}, point{0.44, -0.122}, point{0.34, -0.108}, point{0.22, -0.165},
		point{0.09, -0.195}, point{-0.02, -0.15})
	m := cover(o.Rect, outline)
	spotAt := func(u, v, r float64) func(x, y float64) float64 {
		c := o.screen(o.head(point{u, v}))
		return func(x, y float64) float64 { return spot(x, y, c, r*metre, r*metre) }
	}
	brow, cheek, muzzle, jaw, orbit := spotAt(0.14, 0.12, 0.14), spotAt(0.13, -0.06, 0.15), spotAt(0.60, -0.03, 0.26), spotAt(0.05, -0.20, 0.16), spotAt(0.195, 0.055, 0.085)
	nose := spotAt(0.38, 0.10, 0.11)
	hide := o.coated(coat, 0.03)
	light := hex(0xd89a62).mix(hex(0xf0b36a), o.s)
	pale := cream.mix(o.cold, 0.1)
	o.through(m, func(x, y float64) colour {
		k := hide(x, y).mix(light, 0.5*brow(x, y)+0.42*cheek(x, y)+0.4*nose(x, y)).mix(dark, 0.5*jaw(x, y)+0.45*orbit(x, y))
		return k.mix(pale, math.Min(1, 2.3*muzzle(x, y)))
	})
	o.muzzle()
	o.eye()
	// the forelock between the horns
	for i, v := range []float64{0.0, 0.022, 0.044, 0.012} {
		root := point{-0.01 + v, 0.10 + v*0.6}
		tip := point{0.13 + float64(i)*0.012, 0.155 - v*1.1}
		o.fill(o.coated(dark.lit(0.25+0.1*float64(i)), 0), limb(6, []point{root, root.to(tip, 0.55).add(point{0, 0.035}), tip}, []float64{0.03, 0.026, 0.003}).moved(o.head).moved(o.screen))
	}
}

func (o *ox) muzzle() {
	pad := o.headShape(8, point{0.548, 0.084}, point{0.595, 0.052}, point{0.607, 0.0}, point{0.585, -0.022}, point{0.555, 0.01}, point{0.535, 0.055})
	o.fill(flat(hex(0x54403c)), pad)
	o.fill(flat(hex(0xa98f88).fade(0.55)), o.headShape(6, point{0.562, 0.07}, point{0.588, 0.05}, point{0.58, 0.045}, point{0.56, 0.058}))
	o.fill(flat(hex(0x241816)), o.headShape(6, point{0.562, 0.035}, point{0.588, 0.016}, point{0.583, -0.004}, point{0.562, 0.01}))
	chew := 0.004 * math.Sin(2*math.Pi*o.f/40)
	mouth := limb(8, []point{{0.582, -0.045}, {0.52, -0.058 - chew}, {0.455, -0.048}, {0.43, -0.035}}, []float64{0.003, 0.0055, 0.005, 0.002})
	o.fill(flat(hex(0x5a3b30).fade(0.85)), mouth.moved(o.head).moved(o.screen))
}

// eye blinks now and then.
func (o *ox) eye() {
	open := 1.0
	if t := math.Mod(o.f+40, 130); t < 8 {
		open = math.Abs(t-4) / 4
	}
	at := func(u, v float64) point { return point{0.2 + u, 0.052 + v*open} }
	lid := o.headShape(6, at(-0.038, -0.004), at(-0.012, 0.026), at(0.018, 0.022), at(0.042, -0.012), at(0.012, -0.02), at(-0.018, -0.018))
	o.fill(flat(hex(0x2a1a14)), lid)
	if open > 0.5 {
		o.fill(flat(hex(0x4b2c18)), ellipse(o.screen(o.head(point{0.202, 0.052})), 4.6, 4.6, 0))
		o.fill(flat(hex(0xffffff)), ellipse(o.screen(o.head(point{0.206, 0.064})), 2.1, 2.1, 0))
	}
	brow := limb(8, []point{{0.15, 0.07}, {0.19, 0.094}, {0.235, 0.078}, {0.255, 0.05}}, []float64{0.003, 0.008, 0.007, 0.002})
	o.fill(flat(dark.fade(0.8)), brow.moved(o.head).moved(o.screen))
}

// ear hangs to the side and flicks now and then.
func (o *ox) ear(root point) {
	flick := 0.0
	if t := math.Mod(o.f+15, 96); t < 14 {
		flick = 0.35 * math.Sin(math.Pi*t/14) * math.Sin(2*math.Pi*t/7)
	}
	place := func(p point) point { return p.turn(3.95 + flick).add(root) }
	leaf := []point{{0, 0.025}, {0.08, 0.066}, {0.18, 0.06}, {0.27, 0.0}, {0.18, -0.046}, {0.07, -0.045}, {0, -0.025}}
	inner := []point{{0.05, 0.015}, {0.12, 0.034}, {0.22, 0.006}, {0.13, -0.02}}
	o.fill(o.coated(coat.lit(-0.1), 0.02), smooth(8, leaf...).moved(place).moved(o.head).moved(o.screen))
	o.fill(flat(hex(0xcf9a86).mix(o.cold, 0.3)), smooth(8, inner...).moved(place).moved(o.head).moved(o.screen))
}

// horn sweeps up and forward from behind the brow to a dark tip.
func (o *ox) horn(root point, size float64, far bool) {
	pts := []point{{0, 0}, {0.075, 0.065}, {0.165, 0.105}, {0.235, 0.18}, {0.25, 0.30}}
	half := []float64{0.046, 0.043, 0.036, 0.024, 0.003}
	for i := range pts {
		pts[i] = pts[i].scale(size).turn(0.86).add(root)
		half[i] *= size
	}
	base, tip := o.screen(o.head(pts[0])), o.screen(o.head(pts[4]))
	length := tip.sub(base).length()
	tone := ivory.mix(o.cold, 0.12)
	if far {
		tone = tone.lit(-0.22)
	}
	o.fill(func(x, y float64) colour {
		t := point{x, y}.sub(base).length() / length
		ring := 0.05 * math.Sin(t*44) * rise(0.5, 0.1, t)
		side := 0.12 * clampTo((x-lerp(base.x, tip.x, t))/20, 1)
		return tone.lit(ring+side).mix(hex(0x3b2f2a), 0.8*rise(0.72, 1.02, t)).mix(hex(0x8a6b48), 0.35*rise(0.22, 0, t))
	}, limb(10, pts, half).moved(o.head).moved(o.screen))
}
