package main

import "math"

const groundTop = 720

// band is a strip baked once, for scenery so near that a place is seen in one season only.
type band struct {
	canvas
	top, speed int
}

func (b band) show(dst canvas, f int) {
	for y := max(0, -b.top); y < b.Rect.Dy() && b.top+y < height; y++ {
		in := b.Pix[y*b.Stride+f*b.speed*4:]
		out := dst.Pix[(b.top+y)*dst.Stride:]
		for i := 0; i < width*4; i += 4 {
			switch a := int(in[i+3]); a {
			case 0:
			case 255:
				copy(out[i:i+4], in[i:i+4])
			default:
				for k := range 3 {
					out[i+k] = uint8(int(in[i+k]) + (int(out[i+k])*(255-a)+127)/255)
				}
			}
		}
	}
}

// meadow is the ground the ox walks on: snow that breaks up into wet earth, fresh grass and a summer meadow.
func meadow() band {
	w := width + (frames-1)*pace
	b := band{newCanvas(w, height-groundTop), groundTop, pace}
	h := float64(b.Rect.Dy())
	edge := func(x float64) float64 { return 24 + 16*math.Sin(x/420) + 10*math.Sin(x/173+1) }
	b.fill(func(x, y float64) colour { return turf(x, y, (y-edge(x))/(h-edge(x))) }, ridge(w, b.Rect.Dy(), edge))
	fence(b, edge)
	blades(b, edge)
	return b
}

// turf is the ground's colour; depth is 0 at its far edge and 1 at the bottom of the screen.
func turf(x, y, depth float64) colour {
	far := lerp(3.2, 1, depth) // noise is flattened as the eye sees the ground aslant
	patch := clouded(x/150, y*far/46, 3, 41)
	s := season(x) + (patch-0.5)*0.3*math.Min(1, 6*season(x))*(1-rise(0.8, 1, season(x)))
	drift := clouded(x/260, y*far/60, 3, 43) - clouded((x-22)/260, (y+5)*far/60, 3, 43)
	snow := hex(0xdfeaf6).mix(hex(0xf8fafd), 0.45+drift*3.2+0.25*depth)
	snow = snow.mix(hex(0xaec6e3), 0.75*rise(0.02, -0.16, drift))
	grain := clouded(x/9, y*far/4, 2, 47) - 0.5
	earth := hex(0x8c7453).mix(hex(0xa38b58), patch).lit(grain * 0.12)
	fresh := hex(0x8fae4e).mix(hex(0x6c9a44), patch).lit(grain * 0.1)
	gold := hex(0x9db84c).mix(hex(0x5f9740), clamp(patch*1.5-0.2)).lit(grain * 0.1)
	gold = gold.mix(hex(0xd8c658), 0.5*rise(0.55, 0.75, clouded(x/210, y*far/30, 3, 53)))
	k := thaw(s, snow, earth, fresh, gold)
	// the trodden way under the ox
	worn := math.Exp(-math.Pow((y+groundTop-groundY+6+6*math.Sin(x/260))/(30+10*noise(x/60, y/12, 61)), 2))
	way := thaw(s, hex(0xd2e0ef), hex(0x75603f), hex(0xa08a58), hex(0xc9b27a)).lit(grain * 0.12)
	k = k.mix(way, 0.62*worn)
	return k.lit(-0.1 * rise(0.6, 1, depth))
}

// fence runs behind the way, with snow on its rails while there is snow.
func fence(b band, edge func(float64) float64) {
	d := &dice{seed: 83}
	foot := func(x float64) float64 { return edge(x) + 34 }
	var last point
	for x := -40.0; x < float64(b.Rect.Dx())+240; x += 236 {
		s := season(x)
		top := point{x + d.between(-7, 7), foot(x) - d.between(84, 94)}
		// the band starts at groundTop, and the fence stays below it
		if top.y < 4 {
			top.y = 4
		}
		wood := hex(0x6d625c).mix(hex(0x8d6e4c), s)
		if last != (point{}) {
			for _, rail := range []float64{14, 42} {
				p, q := last.add(point{0, rail}), top.add(point{0, rail + d.between(-3, 3)})
				mid := p.to(q, 0.5).add(point{0, d.between(1, 5)})
				b.fill(flat(wood.lit(-0.12)), limb(8, []point{p, mid, q}, []float64{4.6, 4, 4.4}))
				b.fill(flat(wood.lit(0.15)), limb(8, []point{p.add(point{0, -2}), mid.add(point{0, -2}), q.add(point{0, -2})}, []float64{1.3, 1.3, 1.3}))
				if a := rise(0.3, 0.12, s); a > 0 {
					up := point{0, -5.5}
					b.fill(flat(hex(0xf8fbff).fade(a)), limb(8, []point{p.add(up), mid.add(up), q.add(up)}, []float64{2, 3.6, 2}))
				}
			}
		}
		base := point{x, foot(x) + 8}
		b.glow(base.add(point{-12, 2}), 44, 9, hex(0x5474a0).mix(hex(0x33501f), s).fade(0.4))
		b.fill(func(px, _ float64) colour { return wood.lit(0.3 * clampTo((px-x)/9, 1)) }, limb(4, []point{base, top.to(base, 0.5), top}, []float64{8.5, 8, 7.5}))
		if a := rise(0.34, 0.16, s); a > 0 {
			b.fill(flat(hex(0xfbfdff).fade(a)), ellipse(top.add(point{0, -1}), 11, 7, 0))
		}
		last = top
	}
}

// blades are the tufts: dry stalks through the snow, then grass that thickens, with flowers in summer.
func blades(b band, edge func(float64) float64) {
	d := &dice{seed: 97}
	h := float64(b.Rect.Dy())
	for row := 0.04; row < 1; row += 0.026 {
		for x := d.between(0, 14); x < float64(b.Rect.Dx()); x += d.between(4, 19) * lerp(0.9, 1.7, row) {
			s := season(x)
			if d.roll() > lerp(0.03, 0.8, rise(0.12, 0.8, s))*lerp(0.75, 1, row) {
				continue
			}
			y := lerp(edge(x), h, row) + d.between(-5, 5)
			if off := y + groundTop - groundY; off > -34 && off < 26 && d.roll() < 0.86 {
				continue
			}
			tuft(b.canvas, point{x, y}, lerp(7, 30, row)*lerp(0.75, 1.05, s)*d.between(0.6, 1.25), s, d)
		}
	}
}

// tuft is a few blades from one root, or now and then a flower.
func tuft(c canvas, root point, tall, s float64, d *dice) {
	tone := thaw(math.Max(s, 0.3), hex(0xb59a68), hex(0xa88f55), hex(0x7ea444), hex(0x7d9f3a)).lit(d.between(-0.22, 0.2))
	for range 3 {
		lean := d.between(-0.45, 0.6) * tall
		tip := root.add(point{lean, -tall * d.between(0.7, 1)})
		c.fill(flat(tone.lit(d.between(-0.1, 0.14))), limb(4, []point{root, root.add(point{lean * 0.3, -tall * 0.5}), tip}, []float64{tall * 0.055, tall * 0.045, 0.3}))
	}
	if d.roll() > rise(0.6, 0.95, s)*0.13 {
		return
	}
	petal := []colour{hex(0xfdf8ee), hex(0xf2c531), hex(0xe0524a), hex(0x8a7bd0)}[int(d.roll()*3.999)]
	head := root.add(point{d.between(-0.2, 0.3) * tall, -tall * 1.1})
	r := tall * 0.17
	c.fill(flat(hex(0x6a8f3a)), limb(3, []point{root, head.to(root, 0.5), head}, []float64{r * 0.25, r * 0.25, r * 0.25}))
	var ring []polygon
	for k := range 5 {
		ring = append(ring, ellipse(head.add(point{r * 0.72, 0}.turn(float64(k)*2*math.Pi/5)), r*0.6, r*0.5, 0))
	}
	c.fill(flat(petal), ring...)
	c.fill(flat(hex(0xd69a2a)), ellipse(head, r*0.42, r*0.42, 0))
}

// verge is what passes between the camera and the ox: tall stalks and a few posts, out of focus.
func verge() band {
	const speed = 14
	w := width + (frames-1)*speed
	b := band{newCanvas(w, 330), height - 330, speed}
	d := &dice{seed: 131}
	at := func(u float64) float64 { return season(960 + pace*(u-960)/speed) }
	low := func(x float64) float64 { return 306 + 10*math.Sin(x/190) + 9*math.Sin(x/71) }
	b.fill(func(x, y float64) colour {
		return thaw(at(x), hex(0xf3f7fc), hex(0x7d6a48), hex(0x7ea444), hex(0x6f9638)).lit(-0.12 * rise(300, 330, y))
	}, ridge(w, 330, low))
	for x := 420.0; x < float64(w); x += d.between(1500, 2100) {
		s := at(x)
		top := point{x + d.between(-8, 8), d.between(70, 110)}
		wood := hex(0x5b5450).mix(hex(0x6b5238), s)
		b.fill(func(px, _ float64) colour { return wood.lit(0.32 * clampTo((px-x)/26, 1)) }, limb(4, []point{{x, 340}, top.to(point{x, 340}, 0.5), top}, []float64{26, 24, 22}))
		if a := rise(0.36, 0.2, s); a > 0 {
			b.fill(flat(hex(0xfafcff).fade(a)), ellipse(top, 31, 17, 0))
		}
	}
	for x := 0.0; x < float64(w); x += d.between(5, 24) {
		s := at(x)
		if d.roll() > lerp(0.12, 0.95, rise(0.1, 0.75, s)) || clouded(x/230, 1, 2, 133) < lerp(0.5, 0.36, s) {
			continue
		}
		tuft(b.canvas, point{x, low(x) + 22}, d.between(48, 118)*lerp(0.7, 1, s), s, d)
	}
	b.blur(2)
	return b
}
