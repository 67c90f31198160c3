package plot

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// canvas is a picture with the few things that a plot is made of. All places are pixels.
type canvas struct {
	img          *image.RGBA
	small, plain font.Face
	bold         font.Face
}

// point is a place on a canvas.
type point struct{ x, y float64 }

func newCanvas(width, height int) (*canvas, error) {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, width, height))}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	for _, f := range []struct {
		face *font.Face
		data []byte
		size float64
	}{{&c.small, goregular.TTF, 15}, {&c.plain, goregular.TTF, 17}, {&c.bold, gomedium.TTF, 22}} {
		parsed, err := opentype.Parse(f.data)
		if err == nil {
			*f.face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull})
		}
		if err != nil {
			return nil, fmt.Errorf("open a font: %w", err)
		}
	}
	return c, nil
}

// box fills a rectangle.
func (c *canvas) box(x0, y0, x1, y1 float64, of color.Color) {
	r := image.Rect(int(math.Round(x0)), int(math.Round(y0)), int(math.Round(x1)), int(math.Round(y1)))
	draw.Draw(c.img, r, image.NewUniform(of), image.Point{}, draw.Over)
}

// line draws a stroke through points, each piece a rectangle of the stroke's width.
func (c *canvas) line(points []point, width float64, of color.Color) {
	if len(points) < 2 {
		return
	}
	where := around(points, width).Intersect(c.img.Bounds())
	r := vector.NewRasterizer(where.Dx(), where.Dy())
	for i := 1; i < len(points); i++ {
		p, q := points[i-1], points[i]
		dx, dy := q.x-p.x, q.y-p.y
		long := math.Hypot(dx, dy)
		if long == 0 {
			continue
		}
		// Half a width further on, so that pieces meet at bends.
		ax, ay := dx/long*width/2, dy/long*width/2
		for k, corner := range []point{{p.x - ax - ay, p.y - ay + ax}, {q.x + ax - ay, q.y + ay + ax}, {q.x + ax + ay, q.y + ay - ax}, {p.x - ax + ay, p.y - ay - ax}} {
			x, y := float32(corner.x)-float32(where.Min.X), float32(corner.y)-float32(where.Min.Y)
			if k == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.Draw(c.img, where, image.NewUniform(of), image.Point{})
}

// around is the rectangle that a stroke through points can touch.
func around(points []point, width float64) image.Rectangle {
	r := image.Rectangle{}
	room := int(width) + 2
	for _, p := range points {
		r = r.Union(image.Rect(int(p.x)-room, int(p.y)-room, int(p.x)+room, int(p.y)+room))
	}
	return r
}

// dashes draws a dashed upright or level line.
func (c *canvas) dashes(from, to point, width float64, of color.Color) {
	const on, off = 7.0, 5.0
	long := math.Hypot(to.x-from.x, to.y-from.y)
	for at := 0.0; at < long; at += on + off {
		end := min(at+on, long)
		c.line([]point{between(from, to, at/long), between(from, to, end/long)}, width, of)
	}
}

func between(p, q point, share float64) point {
	return point{p.x + (q.x-p.x)*share, p.y + (q.y-p.y)*share}
}

// Where a text stands beside its point.
const (
	leftOf  = 1.0
	centred = 0.5
	rightOf = 0.0
)

// text writes a line of text whose base line is at y.
func (c *canvas) text(s string, x, y, align float64, face font.Face, of color.Color) {
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(of), Face: face}
	d.Dot = fixed.Point26_6{X: fixed.Int26_6((x - align*c.width(s, face)) * 64), Y: fixed.Int26_6(y * 64)}
	d.DrawString(s)
}

func (c *canvas) width(s string, face font.Face) float64 {
	return float64(font.MeasureString(face, s)) / 64
}
