package main

import (
	"math"
)

// ridge is the outline of a strip whose upper edge is given for each column, closed at the bottom.
func ridge(w, h int, edge func(x float64) float64) polygon {
	var p polygon
	for x := -8; x <= w+8; x += 4 {
		p = append(p, point{float64(x), edge(float64(x))})
	}
	return append(p, point{float64(w) + 8, float64(h) + 4}, point{-8, float64(h) + 4})
}

// mountains stand far off, with snow that keeps to the tops in summer.
func mountains() *layer {
	l := newLayer(300, 380, 1)
	w, h := l.winter.Rect.Dx(), l.winter.Rect.Dy()
	for i, depth := range []float64{0, 1} {
		seed := 31 + i*7
		edge := func(x float64) float64 {
			peaks := 1 - math.Abs(2*noise(x/340+depth*3.3, 0.5, seed)-1)
			return lerp(190, 255, depth) - 210*peaks*(1-depth*0.35) + 70*clouded(x/95, 1.5, 4, seed+1)
		}
		outline := ridge(w, h, edge)
		l.each(func(c canvas, s float64) {
			rock := hex(0x8fa5c0).mix(hex(0x7390ae), s).mix(hex(0x6f8fae).mix(hex(0x64917f), s), depth*0.75)
			haze := horizon[0].mix(hex(0xcfe3e6), s)
			snow, shade := hex(0xf8fbfe).mix(hex(0xfffaf0), s), hex(0xa9bfda).mix(hex(0x9db6d2), s)
			c.fill(func(x, y float64) colour {
				// a facet is bright where the ridge noise falls towards the sun
				facet := clouded((x+y*0.9)/60, y/150, 4, seed+2) - clouded((x+14+y*0.9)/60, (y-6)/150, 4, seed+2)
				k := rock.lit(clampTo(facet*2, 0.15))
				line := lerp(150, 22, s)*(1-depth*0.6*s) + lerp(60, 70, s)*(clouded(x/34, y/60, 3, seed+3)-0.2)
				k = k.mix(snow.mix(shade, clamp(0.22-facet*3)), rise(16, -16, y-edge(x)-line)*0.92)
				return k.mix(haze, lerp(lerp(0.2, 0.08, s), lerp(0.9, 0.7, s), ease((y-90)/270))-depth*0.08)
			}, outline)
		})
	}
	l.thawing(420, 0.45, 33)
	return l
}

func clampTo(v, k float64) float64 { return math.Max(-k, math.Min(k, v)) }

// hills roll in the middle distance: ploughed stripes, hedges and little woods.
func hills(top, h, speed, seed int, amp, near float64) *layer {
	l := newLayer(top, h, speed)
	w := l.winter.Rect.Dx()
	edge := func(x float64) float64 { return 20 + amp*(1-clouded(x/460, 2.5, 2, seed)) }
	l.each(func(c canvas, s float64) {
		haze := horizon[0].mix(hex(0xd5e5cf), s)
		lightUp := hex(0xeaf1f8).mix(hex(0xa9c060), s)
		deep := hex(0xb9cbe0).mix(hex(0x5f9a50), s)
		d := &dice{seed: seed + 5}
		for x := -20.0; x < float64(w)+20; x += d.between(9, 26) {
			if clouded(x/240, 7, 2, seed+6) > 0.5 {
				r := d.between(0.6, 1) * lerp(12, 30, near)
				y := edge(x) + 4
				tone := hex(0x8397ae).mix(hex(0x4f7d45), s).mix(haze, 0.45-near*0.3).lit(d.between(-0.08, 0.08))
				if d.roll() < 0.45 {
					c.fill(flat(tone), polygon{{x - r*0.5, y}, {x, y - r*2.6}, {x + r*0.5, y}})
				} else {
					c.fill(flat(tone), ellipse(point{x, y - r*0.5}, r, r*0.95, 0))
				}
			}
		}
		c.fill(func(x, y float64) colour {
			below := y - edge(x)
			field := clouded(x/230+below/90, below/40, 2, seed+1)
			k := lightUp.mix(deep, clamp(below/float64(h)*1.3+0.5*(field-0.5)*2))
			rows := math.Sin((x*0.5+below*2.2)/lerp(5, 9, near)) * rise(0.56, 0.62, field)
			k = k.lit(0.03 * rows)
			k = k.mix(hex(0xd3dfec).mix(hex(0xe0c65c), s), 0.55*rise(0.6, 0.66, clouded(x/170+4, below/34, 2, seed+9)))
			return k.mix(haze, lerp(0.45, 0.1, near)*rise(float64(h), 0, below)+0.05)
		}, ridge(w, h, edge))
	})
	l.thawing(90, 0.1, seed+3)
	return l
}
