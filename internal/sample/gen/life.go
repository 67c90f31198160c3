package main

import "math"

// prints are the hoof marks the ox leaves, deep in snow and faint in earth.
func prints(c canvas, f int) {
	when, where, far := landings(float64(f))
	for i, t := range when {
		age := float64(f) - t
		at := point{oxX + (where[i]-0.02)*metre - age*pace, groundY + 3}
		if far[i] {
			at.y -= 0.075 * metre
		}
		if at.x < -60 || at.x > width+60 {
			continue
		}
		s := season(at.x + float64(f*pace))
		a := lerp(0.75, 0.12, rise(0.15, 0.5, s))
		c.fill(flat(hex(0xa3bbd9).mix(hex(0x4f4128), rise(0.15, 0.4, s)).fade(a)), ellipse(at, 27, 8, 0))
		c.fill(flat(hex(0x84a2c9).mix(hex(0x43361f), rise(0.15, 0.4, s)).fade(a*0.8)), ellipse(at.add(point{3, -1.5}), 19, 5, 0))
		if age < 14 {
			spray(c, at, age, s, int(t))
		}
	}
}

// spray is the snow, or a little dust, that a landing hoof throws up.
func spray(c canvas, at point, age, s float64, seed int) {
	k := thaw(s, hex(0xffffff), hex(0x7d6648), hex(0x9a8a5a), hex(0xd5c593))
	for i := range 9 {
		vx, vy := lerp(-3, 2.2, hash(i, seed, 3)), lerp(1.5, 4.2, hash(i, seed, 4))
		p := at.add(point{vx * age, -vy*age + 0.26*age*age})
		if p.y < at.y+4 {
			r := lerp(1.5, 4.2, hash(i, seed, 6))
			c.fill(flat(k.fade((1-age/14)*lerp(0.9, 0.5, s))), ellipse(p, r, r, 0))
		}
	}
}

// breath leaves the nostrils in the cold and stays behind in the air.
func breath(c canvas, o *ox) {
	const every = 62
	for k := range 2 {
		age := math.Mod(o.f+20, every) + float64(k*every)
		born := o.f - age
		cold := 1 - rise(0.1, 0.42, here(int(math.Max(born, 0)), oxX))
		if cold <= 0 || age > 80 {
			continue
		}
		from := o.screen(o.head(point{0.63, 0.0}))
		for i := range 7 {
			t := age - float64(i)*2.2
			if t < 0 || t > 62 {
				continue
			}
			drift := 74*(1-math.Exp(-t/13)) - t*2.4
			p := from.add(point{drift + 16*(hash(i, int(born), 1)-0.5), 26*(1-math.Exp(-t/11)) - t*0.75 + 18*(hash(i, int(born), 2)-0.5)})
			r := 13 + 1.15*t
			c.glow(p, r*1.2, r, hex(0xffffff).fade(0.42*cold*(1-t/62)*rise(0, 4, t)))
		}
	}
}

// flakes fall in depth layers while there is winter; each is there or not by the season where it falls.
func flakes(c canvas, f int, near bool) {
	for i := range 230 {
		depth := hash(i, 1, 201)
		if (depth > 0.72) != near {
			continue
		}
		fall, slide := lerp(1.6, 6.5, depth), lerp(1.2, 11, depth)
		x := hash(i, 2, 203)*2200 - float64(f)*slide + 26*math.Sin(float64(f)/23+hash(i, 3, 205)*7)*depth
		x -= math.Floor((x+120)/2200) * 2200
		y := hash(i, 4, 207)*1160 + float64(f)*fall
		y -= math.Floor(y/1160)*1160 + 40
		a := rise(0.30, 0.05, here(f, x)+0.2*hash(i, 5, 209)-0.1)
		if a <= 0 {
			continue
		}
		r := lerp(1.5, 5.2, depth*depth)
		if near {
			c.glow(point{x, y}, r*2.1, r*2.1, hex(0xffffff).fade(0.9*a))
		} else {
			c.fill(flat(hex(0xffffff).fade(0.85*a)), ellipse(point{x, y}, r, r, 0))
		}
	}
}

// birds cross the spring sky in a loose line.
func birds(c canvas, f int) {
	for i := range 7 {
		n := float64(i)
		x := 2050 + n*62 + 18*math.Sin(n*2.1) - float64(f-190)*5.2
		y := 250 - n*13 + 30*math.Sin(n*1.7) + 12*math.Sin(float64(f)/31+n) + float64(f-190)*0.12
		if x < -60 || x > width+60 {
			continue
		}
		flap := math.Sin(float64(f)/lerp(3.2, 3.9, hash(i, 1, 301)) + n*1.3)
		size := lerp(13, 19, hash(i, 2, 303))
		wing := func(side float64) polygon {
			return limb(5, []point{{x, y}, {x + side*size*0.55, y - size*(0.28+0.22*flap)}, {x + side*size*1.25, y - size*(0.02+0.62*flap)}}, []float64{2.4, 2.1, 0.4})
		}
		c.fill(flat(hex(0x3f4a58).fade(0.9)), wing(-1), ellipse(point{x, y}, 4.6, 2.5, 0.1))
		c.fill(flat(hex(0x3f4a58).fade(0.9)), wing(1))
	}
}

// butterflies flutter about the ox when it is warm.
func butterflies(c canvas, f int) {
	for i := range 5 {
		n, t := float64(i), float64(f)
		home := 3700 + n*420 + 160*math.Sin(n*3.7)
		p := point{home - t*pace + t*1.4 + 46*math.Sin(t/19+n*2), 690 - 70*math.Sin(n*2.6) + 40*math.Sin(t/13+n) + 14*math.Sin(t/5+n*3)}
		if p.x < -40 || p.x > width+40 {
			continue
		}
		open := 0.25 + 0.75*math.Abs(math.Sin(t/2.6+n*1.9))
		tone := []colour{hex(0xf6a623), hex(0xfff3d0), hex(0x5f8fe0), hex(0xf2d13c), hex(0xe8643c)}[i]
		for _, side := range []float64{-1, 1} {
			k := tone.lit(0.1 * side)
			c.fill(flat(k), ellipse(p.add(point{side * 9 * open, -6}), 9*open, 11, side*0.5))
			c.fill(flat(k.lit(-0.18)), ellipse(p.add(point{side * 7 * open, 7}), 7*open, 8, -side*0.4))
		}
		c.fill(flat(hex(0x33261f)), ellipse(p, 2, 10, 0.1))
	}
}
