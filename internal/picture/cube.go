package picture

import "retake/internal/retake"

// cube is a three-dimensional table from Y'CbCr to Y'CbCr, in codes: what any effect on single colours comes down to. A node
// stands at every eighth code of each axis. Between them it is read along straight lines: by triangles across the chroma plane,
// which keep greys grey, and along luma between the two triangles.
//
// The three results of a node are lanes of one word, so that one multiplication weighs them all: (code + laneBias) × laneUnit in
// 15 bits each. Weights sum to 8 across chroma and to 8 along luma, which fills the 21 bits of a lane.
type cube struct {
	target []float32 // Y, Cb, Cr of each node at full amount, in codes
	nodes  []uint64
	at     float64
	fresh  bool
}

const (
	cubeStep = 8
	cubeSide = 256/cubeStep + 1
	laneBits = 21
	laneMask = 1<<laneBits - 1
	laneBias = 64
	laneUnit = 64
	fraction = 12 // bits behind the point of what is read
)

const cubeNodes = cubeSide * cubeSide * cubeSide

// beyond is how far the red, green and blue of a picture may lie outside of 0 to 1 for the light to be asked for: noise and rings beside
// edges do. Most of Y'CbCr is further out; there nothing is but mistakes, which are taken for a colour that counts.
const beyond = 0.25

// newCube asks for what becomes of the light at each node.
func newCube(l levels, to func(c rgb) rgb) *cube {
	c := &cube{target: make([]float32, 3*cubeNodes), nodes: make([]uint64, cubeNodes)}
	var counts [cubeNodes]bool
	for i := range cubeNodes {
		e := l.encoded(cubeNode(i))
		if counts[i] = min(e[0], e[1], e[2]) >= -beyond && max(e[0], e[1], e[2]) <= 1+beyond; !counts[i] {
			continue
		}
		y, cb, cr := l.toCodes(to(e.each(toLight)))
		for lane, v := range [3]float64{y, cb, cr} {
			c.target[3*i+lane] = float32(min(max(v, -laneBias), 511-laneBias))
		}
	}
	for i := range cubeNodes {
		y, b, r := i%cubeSide, i/(cubeSide*cubeSide)-cubeSide/2, i/cubeSide%cubeSide-cubeSide/2
		from := i
		for k := 15; !counts[from] && k >= 0; k-- { // towards grey
			from = ((b*k/16+cubeSide/2)*cubeSide+r*k/16+cubeSide/2)*cubeSide + y
		}
		copy(c.target[3*i:3*i+3], c.target[3*from:])
	}
	return c
}

// cubeNode returns the colour at a node: luma is next to luma in memory.
func cubeNode(i int) (y, cb, cr float64) {
	return float64(i % cubeSide * cubeStep), float64(i / (cubeSide * cubeSide) * cubeStep), float64(i / cubeSide % cubeSide * cubeStep)
}

// prepare fills the nodes for an amount: a mix of what comes in and the target.
func (c *cube) prepare(amount float64) {
	if c.fresh && c.at == amount {
		return
	}
	part := float32(amount)
	for i := range c.nodes {
		y, cb, cr := cubeNode(i)
		word := uint64(0)
		for lane, v := range [3]float32{float32(y), float32(cb), float32(cr)} {
			v += (c.target[3*i+lane] - v) * part
			word |= uint64((v+laneBias)*laneUnit+0.5) << (lane * laneBits)
		}
		c.nodes[i] = word
	}
	c.at, c.fresh = amount, true
}

// hue is the place of one pair of chroma codes: the three nodes around it, as columns along luma, and their weights.
type hue struct {
	near, side, far *[cubeSide]uint64
	wn, ws, wf      uint64
}

func (c *cube) hue(cb, cr uint8) hue {
	b, r := uint64(cb%cubeStep), uint64(cr%cubeStep)
	base := (int(cb/cubeStep)*cubeSide + int(cr/cubeStep)) * cubeSide
	h := hue{wn: cubeStep - b, ws: b - r, wf: r}
	side := base + cubeSide*cubeSide
	if b < r {
		h.wn, h.ws, h.wf = cubeStep-r, r-b, b
		side = base + cubeSide
	}
	h.near = (*[cubeSide]uint64)(c.nodes[base:])
	h.side = (*[cubeSide]uint64)(c.nodes[side:])
	h.far = (*[cubeSide]uint64)(c.nodes[base+cubeSide*cubeSide+cubeSide:])
	return h
}

// cell returns the word at a step of luma, and how it changes from there to the next.
func (h *hue) cell(i uint8) (low, rise uint64) {
	low = h.near[i]*h.wn + h.side[i]*h.ws + h.far[i]*h.wf
	return low * cubeStep, h.near[i+1]*h.wn + h.side[i+1]*h.ws + h.far[i+1]*h.wf - low
}

// lane returns one of the three of a word, with 12 fraction bits.
func lane(word uint64, n int) int {
	return int(word>>(n*laneBits)&laneMask) - laneBias<<fraction
}

// row changes a row of chroma and the one or two rows of luma over it. The chroma of a block of four comes of their mean luma. What
// a block has in common with the one before is not looked up again, which in most pictures is all.
func (c *cube) row(f *retake.Frame, cy int, lit *fieldRow) {
	top, bottom, cbs, crs := blockRows(f, cy)
	d0, d1 := &dither[2*cy%ditherSize], &dither[(2*cy+1)%ditherSize]
	db, dr := &dither[(cy+37)%ditherSize], &dither[(cy+91)%ditherSize]
	w := len(top)
	bottom, crs = bottom[:w], crs[:len(cbs)]
	var h hue
	var low, rise uint64
	cell, lastB, lastR := uint8(255), ^cbs[0], crs[0]
	for x, cb := range cbs {
		if cr := crs[x]; cb != lastB || cr != lastR {
			h, lastB, lastR, cell = c.hue(cb, cr), cb, cr, 255
		}
		i := 2 * x
		j := min(i+1, w-1)
		p, q, r, s := top[i], top[j], bottom[i], bottom[j]
		mean := uint8((uint(p) + uint(q) + uint(r) + uint(s) + 2) >> 2)
		if n := p / cubeStep; n != cell {
			cell = n
			low, rise = h.cell(n)
		}
		vp := lane(low+rise*uint64(p%cubeStep), 0)
		if n := q / cubeStep; n != cell {
			cell = n
			low, rise = h.cell(n)
		}
		vq := lane(low+rise*uint64(q%cubeStep), 0)
		if n := s / cubeStep; n != cell {
			cell = n
			low, rise = h.cell(n)
		}
		vs := lane(low+rise*uint64(s%cubeStep), 0)
		if n := r / cubeStep; n != cell {
			cell = n
			low, rise = h.cell(n)
		}
		vr := lane(low+rise*uint64(r%cubeStep), 0)
		if n := mean / cubeStep; n != cell {
			cell = n
			low, rise = h.cell(n)
		}
		word := low + rise*uint64(mean%cubeStep)
		vb, vc := lane(word, 1), lane(word, 2)
		if lit != nil {
			if lit.mask != nil {
				k := int(lit.mask[x])
				vp, vq, vr, vs = part(p, vp, k), part(q, vq, k), part(r, vr, k), part(s, vs, k)
				vb, vc = part(lastB, vb, k), part(lastR, vc, k)
			}
			vp, vq, vr, vs, vb, vc = lit.on(x, vp, vq, vr, vs, vb, vc)
			if lit.lamps != nil && lit.lamps[x] > 255 {
				vp, vq, vr, vs = lit.lamp(x, p, vp), lit.lamp(x, q, vq), lit.lamp(x, r, vr), lit.lamp(x, s, vs)
				vb, vc = lit.hue(x, mean, lastB, -lampWarm, vb), lit.hue(x, mean, lastR, lampWarm*2/3, vc)
			}
		}
		n, m := uint(i)%ditherSize&^1, uint(x)%ditherSize
		bottom[j], bottom[i] = cut(vs+int(d1[n+1])), cut(vr+int(d1[n]))
		top[j], top[i] = cut(vq+int(d0[n+1])), cut(vp+int(d0[n]))
		cbs[x], crs[x] = cut(vb+int(db[m])), cut(vc+int(dr[m]))
	}
}

// part goes k, of 1<<16, of the way from a code to what is made of it.
func part(from uint8, to, k int) int {
	return int(from)<<fraction + (to-int(from)<<fraction)*k>>16
}

// cut drops the fraction.
func cut(v int) uint8 { return clip(int32(v >> fraction)) }

// blockRows returns the rows of luma over a row of chroma, which are the same one at the lower edge of an odd picture, and of chroma.
func blockRows(f *retake.Frame, cy int) (top, bottom, cbs, crs []byte) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	top = f.Y[2*cy*w : 2*cy*w+w]
	bottom = top
	if 2*cy+1 < f.Format.Height {
		bottom = f.Y[(2*cy+1)*w : (2*cy+2)*w]
	}
	return top, bottom, f.Cb[cy*cw : cy*cw+cw], f.Cr[cy*cw : cy*cw+cw]
}
