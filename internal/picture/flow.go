package picture

import "math"

// flow is which way the edges of a canvas run, in coarse cells: what a brush or a pencil follows. It is smooth and follows changes slowly.
type flow struct {
	w, h, cell int          // cells, and samples of the canvas to one
	turn       [][2]float32 // twice the angle of each cell, as a vector whose length is how sure it is
	work, next [2][]float32 // of vectors, smoothed
	way        []direction  // of each cell
	seen       bool
}

// direction is two neighbouring ones of the eight that strokes have, and how far it is to the second, of 256.
type direction struct {
	first, second uint8
	part          int32
}

// headings are the steps of the eight directions, by growing angle down from the right.
var headings = [8][2]int{{1, 0}, {2, 1}, {1, 1}, {1, 2}, {0, 1}, {-1, 2}, {-1, 1}, {-2, 1}}

func newFlow(c *canvas) *flow {
	f := &flow{cell: 4}
	f.w, f.h = cells(c.w, f.cell), cells(c.h, f.cell)
	n := f.w * f.h
	f.turn, f.way = make([][2]float32, n), make([]direction, n)
	for i := range f.work {
		f.work[i], f.next[i] = make([]float32, n), make([]float32, n)
	}
	return f
}

// follow looks at the canvas.
func (f *flow) follow(c *canvas) {
	c.crew.rows(f.h, func(r0, r1 int) {
		for r := r0; r < r1; r++ {
			for col := range f.w {
				x, y := f.slope(c, col*f.cell, r*f.cell)
				f.work[0][r*f.w+col], f.work[1][r*f.w+col] = x, y
			}
		}
	})
	for range 3 {
		for i := range f.work {
			f.smooth(f.work[i], f.next[i])
		}
	}
	pace := float32(0.15)
	if !f.seen {
		pace, f.seen = 1, true
	}
	for i := range f.turn {
		f.turn[i][0] += pace * (f.work[0][i] - f.turn[i][0])
		f.turn[i][1] += pace * (f.work[1][i] - f.turn[i][1])
		f.way[i] = heading(float64(f.turn[i][0]), float64(f.turn[i][1]))
	}
}

// slope sums the gradients of a cell's samples, each as a vector of twice its angle, so that opposite ones are alike.
func (f *flow) slope(c *canvas, left, top int) (x, y float32) {
	for r := max(top, 1); r < min(top+f.cell, c.h-1); r += 2 {
		for i := max(left, 1); i < min(left+f.cell, c.w-1); i += 2 {
			at := r*c.w + i
			gx := float32(c.y.pix[at+1]) - float32(c.y.pix[at-1])
			gy := float32(c.y.pix[at+c.w]) - float32(c.y.pix[at-c.w])
			x += gx*gx - gy*gy
			y += 2 * gx * gy
		}
	}
	return x, y
}

// smooth is the mean of five by five cells.
func (f *flow) smooth(v, work []float32) {
	const reach = 2
	for y := range f.h {
		for x := range f.w {
			sum := float32(0)
			for i := -reach; i <= reach; i++ {
				sum += v[y*f.w+min(max(x+i, 0), f.w-1)]
			}
			work[y*f.w+x] = sum
		}
	}
	for y := range f.h {
		for x := range f.w {
			sum := float32(0)
			for i := -reach; i <= reach; i++ {
				sum += work[min(max(y+i, 0), f.h-1)*f.w+x]
			}
			v[y*f.w+x] = sum / 25
		}
	}
}

// heading is the direction along an edge whose gradient has twice the angle of (x, y). Where there is no edge strokes lie a little aslant.
func heading(x, y float64) direction {
	const weak = 3e5
	x, y = x+weak*math.Cos(1.1), y+weak*math.Sin(1.1)
	angle := math.Mod(math.Atan2(y, x)/2+math.Pi/2+math.Pi, math.Pi) * 8 / math.Pi
	first := int(angle)
	return direction{uint8(first & 7), uint8((first + 1) & 7), int32(256 * (angle - float64(first)))}
}
