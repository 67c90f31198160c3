package main

import "math"

// trees is the row of single trees behind the meadow: spruces, and broadleaved trees that are bare in winter.
func trees() *layer {
	l := newLayer(280, 540, 4)
	w := l.winter.Rect.Dx()
	d := &dice{seed: 71}
	l.thawing(46, 0.2, 75)
	for x := -60.0; x < float64(w)+100; x += d.between(70, 330) {
		kind, size, seed := d.roll(), d.between(0.75, 1.15), 800+int(x)
		foot := point{x, 500 + 12*math.Sin(x/210) - 20*(1-size)}
		l.each(func(c canvas, s float64) {
			c.glow(foot, 90*size, 13*size, hex(0x5f7ea6).mix(hex(0x2f4f22), s).fade(0.5))
			if kind < 0.52 {
				spruce(c, s, foot, size, seed)
			} else {
				broadleaf(c, s, foot, size*1.05, seed)
			}
		})
	}
	return l
}

// spruce is a stack of drooping skirts, with snow on each in winter.
func spruce(c canvas, s float64, foot point, size float64, seed int) {
	d := &dice{seed: seed}
	tall := size * d.between(250, 380)
	c.fill(flat(hex(0x5a4740).mix(hex(0x5b4029), s)), limb(4, []point{foot, foot.add(point{0, -tall * 0.4})}, []float64{8 * size, 5 * size}))
	const tiers = 11
	for i := range tiers {
		t := float64(i) / tiers
		y := foot.y - tall*(0.1+0.84*t)
		half := tall * 0.23 * (1 - t*0.93) * d.between(0.92, 1.06)
		drop := tall * 0.085
		var skirt, cap polygon
		skirt = append(skirt, point{foot.x, y - tall*0.16})
		cap = append(cap, point{foot.x, y - tall*0.16})
		const teeth = 8
		for j := 0; j <= teeth; j++ {
			u := 1 - 2*float64(j)/teeth
			sag := drop*(0.3+0.7*u*u) + d.between(-0.2, 0.25)*drop
			tip := point{foot.x + u*half, y + sag}
			skirt = append(skirt, tip)
			cap = append(cap, point{foot.x + u*half*0.95, y + sag - drop*(0.35+0.4*d.roll())})
			if j < teeth {
				skirt = append(skirt, point{foot.x + (u-1.0/teeth)*half*0.97, y + sag - drop*0.22})
				cap = append(cap, point{foot.x + (u-1.0/teeth)*half*0.9, y + sag - drop*0.95})
			}
		}
		tone := hex(0x3f5f66).mix(hex(0x2f6b41), s).lit(t*0.25 - 0.12)
		left := foot.x - half
		c.fill(func(x, _ float64) colour { return tone.lit(0.34*(x-left)/(2*half) - 0.17) }, skirt)
		if s < 0.5 {
			c.fill(func(x, _ float64) colour {
				return hex(0xb7cbe2).mix(hex(0xfafcff), 0.25+0.9*(x-left)/(2*half)).fade(0.94)
			}, cap)
		}
	}
}

// broadleaf grows branches, and leaves at their ends in summer or snow along them in winter.
func broadleaf(c canvas, s float64, foot point, size float64, seed int) {
	d := &dice{seed: seed}
	bark := hex(0x57493f).mix(hex(0x6b4a2f), s)
	var tips []point
	var grow func(from point, angle, reach, thick float64, level int)
	grow = func(from point, angle, reach, thick float64, level int) {
		bend := d.between(-0.16, 0.16)
		mid := from.add(point{math.Sin(angle), -math.Cos(angle)}.scale(reach * 0.5))
		end := mid.add(point{math.Sin(angle + bend), -math.Cos(angle + bend)}.scale(reach * 0.5))
		c.fill(flat(bark.lit(0.05*float64(level))), limb(5, []point{from, mid, end}, []float64{thick, thick * 0.8, thick * 0.62}))
		if s < 0.5 && level > 0 && math.Abs(math.Sin(angle)) > 0.25 {
			up := point{0, -thick * 0.8}
			c.fill(flat(hex(0xf6f9fd).fade(0.95)), limb(5, []point{from.add(up), mid.add(up), end.add(up)}, []float64{thick * 0.3, thick * 0.55, thick * 0.3}))
		}
		if level == 5 {
			tips = append(tips, end)
			return
		}
		if level > 2 {
			tips = append(tips, end)
		}
		n := 2
		if level == 0 || d.roll() < 0.35 {
			n = 3
		}
		for i := range n {
			turn := (float64(i)-float64(n-1)/2)*d.between(0.5, 0.78) + d.between(-0.14, 0.14)
			grow(end, angle*0.9+turn, reach*d.between(0.68, 0.82), thick*0.62, level+1)
		}
	}
	grow(foot.add(point{0, 6}), d.between(-0.06, 0.06), 92*size, 13*size, 0)
	if s > 0.5 {
		leaves(c, tips, size, d)
	}
}

// leaves puts clumps on the twigs in three tones: shade below, body, sunlit crowns towards the sun.
func leaves(c canvas, tips []point, size float64, d *dice) {
	hue := d.roll()
	body := hex(0x5b8f3c).mix(hex(0x86a13a), hue)
	for pass, tone := range []colour{body.lit(-0.32), body, body.lit(0.22).mix(hex(0xf2dd7a), 0.25)} {
		p := float64(pass)
		shift := point{7 * (p - 1), -11 * (p - 1)}.scale(size)
		for _, t := range tips {
			if pass == 2 && d.roll() < 0.45 {
				continue
			}
			r := size * d.between(15, 27) * (1 - 0.17*p)
			at := t.add(shift).add(point{d.between(-8, 8), d.between(-8, 8)})
			var clump polygon
			for k := range 11 {
				sn, cs := math.Sincos(2 * math.Pi * float64(k) / 11)
				clump = append(clump, at.add(point{cs, sn * 0.85}.scale(r*d.between(0.8, 1.15))))
			}
			c.fill(flat(tone.lit(d.between(-0.07, 0.07))), smooth(4, clump...))
		}
	}
}
