package main

import "math"

var (
	zenith  = [2]colour{hex(0x7fa3c7), hex(0x3a8fd8)}
	horizon = [2]colour{hex(0xe9eef2), hex(0xfdeecb)}
)

// sky is the colour of the open sky at row y, with a warm breath around the sun.
func sky(c canvas, f int) {
	s := here(f, oxX)
	top, low := zenith[0].mix(zenith[1], s), horizon[0].mix(horizon[1], s)
	sun := sunAt(s)
	warm := hex(0xfff3dc).mix(hex(0xfff0c4), s)
	for y := range height {
		row := top.mix(low, math.Pow(math.Min(float64(y)/690, 1), 1.25))
		for x := range width {
			d := math.Hypot(float64(x)-sun.x, (float64(y)-sun.y)*1.15)
			k := row.mix(warm, 0.6*math.Exp(-d/190)+0.2*math.Exp(-d/520))
			dither := (float32(hash(x, y, 5)) - 0.5) / 255
			k.r, k.g, k.b = k.r+dither, k.g+dither, k.b+dither
			c.blend(x, y, k, 1)
		}
	}
	c.glow(sun, 120, 120, hex(0xfffbee).fade(0.55))
	c.fill(flat(hex(0xfffdf4)), ellipse(sun, lerp(46, 54, s), lerp(46, 54, s), 0))
}

// sunAt climbs as the year does.
func sunAt(s float64) point { return point{lerp(1500, 1430, s), lerp(330, 190, s)} }

// clouds are piles of round puffs, lit from above.
func clouds() *layer {
	l := newLayer(20, 420, 1)
	d := &dice{seed: 11}
	for i := range 11 {
		at := point{float64(i)*225 + d.between(-70, 70), d.between(70, 290)}
		size := d.between(0.55, 1.1) * lerp(1.1, 0.6, at.y/300)
		var puffs, crowns []polygon
		for range 15 {
			u := d.between(-1, 1)
			r := size * lerp(62, 20, math.Abs(u)) * d.between(0.6, 1)
			p := at.add(point{u * 190 * size, -d.between(0, 0.55) * r})
			puffs = append(puffs, ellipse(p, r*1.25, r*0.8, 0))
			crowns = append(crowns, ellipse(p.add(point{r * 0.12, -r * 0.16}), r*0.95, r*0.56, 0))
		}
		puffs = append(puffs, ellipse(at.add(point{0, 14 * size}), 215*size, 20*size, 0))
		l.each(func(c canvas, s float64) {
			shade := hex(0xc9d5e2).mix(hex(0xf2dcc6), s)
			c.fill(upright(at.y-60*size, at.y+36*size, hex(0xffffff).fade(0.9), shade.fade(lerp(0.75, 0.6, s))), puffs...)
			c.fill(upright(at.y-70*size, at.y+20*size, hex(0xffffff).fade(0.85), hex(0xffffff).fade(0)), crowns...)
		})
	}
	l.each(func(c canvas, _ float64) { c.blur(3) })
	l.thawing(300, 0, 12)
	return l
}
