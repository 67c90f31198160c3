package plot

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"
)

// nameHeight is how far from a name's line another text keeps clear of it, pixels.
const nameHeight = 18

// panel is one graph: a place on the canvas, and what its edges stand for.
type panel struct {
	c                        *canvas
	left, top, right, bottom float64 // pixels
	from, to                 float64 // seconds
	low, high                float64 // of the value
	named                    float64 // a value that has a name, beside which no number stands; 0: none
}

func (p panel) x(t float64) float64 {
	return p.left + (p.right-p.left)*min(max((t-p.from)/(p.to-p.from), 0), 1)
}

func (p panel) y(v float64) float64 {
	return p.bottom - (p.bottom-p.top)*min(max((v-p.low)/(p.high-p.low), 0), 1)
}

// fit sets the value's range to all values and some room, at least so much in all.
func (p *panel) fit(least float64, values ...float64) {
	p.low, p.high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		p.low, p.high = min(p.low, v), max(p.high, v)
	}
	if p.low > p.high {
		p.low, p.high = 0, 1
	}
	room := max((least-(p.high-p.low))/2, 0.08*(p.high-p.low))
	p.low, p.high = p.low-room, p.high+room
}

// frame draws what is behind the lines: grid, numbers and the title.
func (p panel) frame(title, unit string) {
	step := round(p.high-p.low, 5)
	for v := math.Ceil(p.low/step) * step; v <= p.high+step/1e6; v += step {
		y := p.y(v)
		p.c.line([]point{{p.left, y}, {p.right, y}}, 1, grid)
		if p.named == 0 || math.Abs(y-p.y(p.named)) > nameHeight {
			p.c.text(number(v), p.left-10, y+5, leftOf, p.c.small, faint)
		}
	}
	p.c.line([]point{{p.left, p.top}, {p.left, p.bottom}, {p.right, p.bottom}}, 1.2, axis)
	p.c.text(title, p.left, p.top-12, rightOf, p.c.plain, ink)
	p.c.text(unit, p.left+p.c.width(title, p.c.plain)+10, p.top-12, rightOf, p.c.small, faint)
}

// clock writes the times below.
func (p panel) clock() {
	step := round(p.to-p.from, 12)
	for t := math.Ceil(p.from/step) * step; t <= p.to+step/1e6; t += step {
		x := p.x(t)
		p.c.line([]point{{x, p.bottom}, {x, p.bottom + 6}}, 1.2, axis)
		p.c.text(number(t), x, p.bottom+24, centred, p.c.small, faint)
	}
	p.c.text("seconds of the clip", p.right, p.bottom+46, leftOf, p.c.small, faint)
}

// draw draws a value along time. NaN leaves a gap.
func (p panel) draw(times, values []float64, width float64, of color.Color) {
	var run []point
	for i, v := range values {
		if math.IsNaN(v) {
			p.c.line(run, width, of)
			run = nil
			continue
		}
		run = append(run, point{p.x(times[i]), p.y(v)})
	}
	p.c.line(run, width, of)
}

// round returns a step of 1, 2 or 5 times a power of ten that divides a range into about n parts.
func round(size float64, n int) float64 {
	raw := size / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, k := range []float64{1, 2, 5} {
		if k*power >= raw {
			return k * power
		}
	}
	return 10 * power
}

func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(strings.TrimRight(s, "0"), "."), "-0")
}

func seconds(v float64) string { return fmt.Sprintf("%s s", number(v)) }
