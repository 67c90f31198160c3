package main

import (
	"image"
	"math"
)

// colour is sRGB with straight alpha, each 0 to 1.
type colour struct{ r, g, b, a float32 }

// hex reads 0xRRGGBB as an opaque colour.
func hex(v uint32) colour {
	return colour{float32(v>>16&255) / 255, float32(v>>8&255) / 255, float32(v&255) / 255, 1}
}

func (c colour) fade(a float64) colour { c.a *= float32(a); return c }

func (c colour) mix(d colour, t float64) colour {
	k := float32(clamp(t))
	return colour{c.r + (d.r-c.r)*k, c.g + (d.g-c.g)*k, c.b + (d.b-c.b)*k, c.a + (d.a-c.a)*k}
}

// lit makes c lighter (k above 0) or darker, by the share k.
func (c colour) lit(k float64) colour {
	f := float32(1 + k)
	return colour{min(c.r*f, 1), min(c.g*f, 1), min(c.b*f, 1), c.a}
}

// paint gives the colour of a pixel.
type paint func(x, y float64) colour

func flat(c colour) paint { return func(_, _ float64) colour { return c } }

// upright is a gradient from a at height y0 to b at y1.
func upright(y0, y1 float64, a, b colour) paint {
	return func(_, y float64) colour { return a.mix(b, (y-y0)/(y1-y0)) }
}

// canvas is an 8-bit picture with premultiplied alpha.
type canvas struct{ *image.RGBA }

func newCanvas(w, h int) canvas { return canvas{image.NewRGBA(image.Rect(0, 0, w, h))} }

// fill paints the union of shapes.
func (c canvas) fill(p paint, shapes ...polygon) { c.through(cover(c.Rect, shapes...), p) }

// through paints what the mask covers.
func (c canvas) through(m mask, p paint) {
	w := m.box.Dx()
	for y := m.box.Min.Y; y < m.box.Max.Y; y++ {
		row := m.a[(y-m.box.Min.Y)*w:]
		for x := m.box.Min.X; x < m.box.Max.X; x++ {
			if a := row[x-m.box.Min.X]; a > 0.002 {
				k := p(float64(x)+0.5, float64(y)+0.5)
				c.blend(x, y, k, k.a*a)
			}
		}
	}
}

// blend lays k, at alpha a, over one pixel of the canvas, which must lie inside.
func (c canvas) blend(x, y int, k colour, a float32) {
	q := c.Pix[y*c.Stride+x*4:]
	q = q[:4:4]
	rest := 1 - a
	a *= 255
	q[0] = uint8(float32(q[0])*rest + k.r*a + 0.5)
	q[1] = uint8(float32(q[1])*rest + k.g*a + 0.5)
	q[2] = uint8(float32(q[2])*rest + k.b*a + 0.5)
	q[3] = uint8(float32(q[3])*rest + a + 0.5)
}

// glow lays a soft round spot: full at its centre, nothing at its radii.
func (c canvas) glow(at point, rx, ry float64, k colour) {
	box := image.Rect(int(at.x-rx), int(at.y-ry), int(at.x+rx)+2, int(at.y+ry)+2).Intersect(c.Rect)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			d := 1 - math.Hypot((float64(x)+0.5-at.x)/rx, (float64(y)+0.5-at.y)/ry)
			if d > 0 {
				c.blend(x, y, k, k.a*float32(d*d*(3-2*d)))
			}
		}
	}
}

// spot is the strength, 0 to 1, of a soft round spot at (x, y); shading paints use it.
func spot(x, y float64, at point, rx, ry float64) float64 {
	d := 1 - math.Hypot((x-at.x)/rx, (y-at.y)/ry)
	return ease(d)
}

// blur softens the canvas by two passes of a box of 2r+1 pixels, one way after the other.
func (c canvas) blur(r int) {
	b := c.Rect
	for range 2 {
		for y := range b.Dy() {
			boxBlur(c.Pix[y*c.Stride:], b.Dx(), 4, r)
		}
		for x := range b.Dx() {
			boxBlur(c.Pix[x*4:], b.Dy(), c.Stride, r)
		}
	}
}

func boxBlur(pix []uint8, n, step, r int) {
	line := make([]uint8, n)
	for ch := range 4 {
		sum := 0
		for i := range n {
			line[i] = pix[i*step+ch]
		}
		for i := -r; i <= r; i++ {
			sum += int(line[min(max(i, 0), n-1)])
		}
		for i := range n {
			pix[i*step+ch] = uint8((sum + r) / (2*r + 1))
			sum += int(line[min(i+r+1, n-1)]) - int(line[max(i-r, 0)])
		}
	}
}
