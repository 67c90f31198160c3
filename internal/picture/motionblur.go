package picture

import (
	"encoding/binary"
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// MotionBlur is the effect's name.
const MotionBlur Kind = "motion blur"

var motionBlurred = Entry{Kind: MotionBlur, Takes: []wish.Param{wish.Heading},
	Doc:  "what moves is drawn out along its way, as if the shutter were open longer; what stands still stays sharp. Where the prompt names a direction the whole picture is drawn out that way",
	Make: func(s stage, l Look) effect { return newMotionBlur(s, l) }}

// motionBlur draws each place of a picture out along a vector: the mean of sixteen places on the way, as four of four.
type motionBlur struct {
	stage
	way    []drawnOut // at each block of 16 samples of luma
	bw, bh int
	middle *retake.Frame

	// Of what follows the motion in the clip.
	motion *motion // nil where a direction was named, and for pictures too small to search
	past   *retake.Frame
	fresh  []drawnOut
	open   float64 // how long the shutter is, in pictures
	begun  bool
}

// drawnOut is how far a place is drawn out, in samples of luma.
type drawnOut struct{ x, y float32 }

const blurBlock = 2 * motionBlock

func newMotionBlur(s stage, l Look) *motionBlur {
	e := &motionBlur{stage: s, bw: cells(s.format.Width, blurBlock), bh: cells(s.format.Height, blurBlock), middle: retake.NewFrame(s.format), open: 1 + 3*l.Strength}
	e.way = make([]drawnOut, e.bw*e.bh)
	far := float32((0.02 + 0.09*l.Strength) * float64(min(s.format.Width, s.format.Height)))
	switch l.Direction {
	case wish.Left, wish.Right:
		e.fill(drawnOut{far, 0})
	case wish.Up, wish.Down:
		e.fill(drawnOut{0, far})
	default:
		e.motion, e.past = newMotion(s.crew, s.format), retake.NewFrame(s.format)
		e.fresh = make([]drawnOut, len(e.way))
	}
	return e
}

func (e *motionBlur) fill(v drawnOut) {
	for i := range e.way {
		e.way[i] = v
	}
}

// watch follows the motion.
func (e *motionBlur) watch(f *retake.Frame, index int) {
	if e.past == nil {
		return
	}
	switch {
	case !e.begun:
	case e.motion != nil:
		e.motion.estimate(e.past, f, index-1)
		e.follow(f)
	default:
		e.middle.CopyFrom(e.past)
	}
	e.past.CopyFrom(f)
	e.begun = true
}

// follow moves the vectors towards those of the motion: of each block, the longest of it and its neighbours, so that what moves is drawn
// out over what is beside it.
func (e *motionBlur) follow(f *retake.Frame) {
	m := e.motion
	longest := 0.12 * float64(min(f.Format.Width, f.Format.Height))
	sure := make([]drawnOut, m.bw*m.bh)
	e.crew.rows(m.bh, func(r0, r1 int) {
		for i := r0 * m.bw; i < r1*m.bw; i++ {
			sure[i] = e.trusted(f, i, longest)
		}
	})
	e.crew.rows(e.bh, func(r0, r1 int) {
		for y := r0; y < r1; y++ {
			for x := range e.bw {
				var best drawnOut
				for _, d := range [5][2]int{{0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
					v := sure[min(max(y+d[1], 0), m.bh-1)*m.bw+min(max(x+d[0], 0), m.bw-1)]
					if v.x*v.x+v.y*v.y > best.x*best.x+best.y*best.y {
						best = v
					}
				}
				e.fresh[y*e.bw+x] = best
			}
		}
	})
	e.settle()
}

// trusted is how far block i is drawn out: not at all where staying would explain the pictures nearly as well.
func (e *motionBlur) trusted(f *retake.Frame, i int, longest float64) drawnOut {
	m := e.motion
	v := m.fine[i]
	if v == (vector{}) {
		return drawnOut{}
	}
	x, y, w, h := i%m.bw*blurBlock, i/m.bw*blurBlock, f.Format.Width, f.Format.Height
	// Rows that the search didn't look at: of noise it has found what happens to be alike, which these aren't.
	stays := sample(e.past.Y, f.Y, w, h, x, y+2, blurBlock, vector{}, 1<<30)
	moves := sample(e.past.Y, f.Y, w, h, x, y+2, blurBlock, v, 1<<30)
	if 4*moves > 3*stays {
		return drawnOut{}
	}
	dx, dy := e.open*float64(v.x), e.open*float64(v.y)
	k := min(1, longest/math.Hypot(dx, dy))
	return drawnOut{float32(k * dx), float32(k * dy)}
}

// settle makes the vectors even from block to block, and lets them follow within some pictures.
func (e *motionBlur) settle() {
	at := func(x, y int) drawnOut {
		return e.fresh[min(max(y, 0), e.bh-1)*e.bw+min(max(x, 0), e.bw-1)]
	}
	for y := range e.bh {
		for x := range e.bw {
			var sum drawnOut
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					v, weight := at(x+dx, y+dy), float32((2-dx*dx)*(2-dy*dy))/16
					sum.x += float32(v.x * weight)
					sum.y += float32(v.y * weight)
				}
			}
			now := &e.way[y*e.bw+x]
			now.x += float32(0.5 * (sum.x - now.x))
			now.y += float32(0.5 * (sum.y - now.y))
		}
	}
}

func (e *motionBlur) apply(f *retake.Frame, _ int, amount float64) {
	if e.past != nil && e.motion == nil { // too small to tell how things move: the mean with the picture before
		weight := int32(math.Round(128 * amount))
		for i, v := range f.Data {
			f.Data[i] = blended(v, int32(e.middle.Data[i]), weight)
		}
		return
	}
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	// Both passes leave rows for others to read, so the second begins when the first is done.
	e.crew.rows(h, func(y0, y1 int) {
		e.pass(e.middle.Y, f.Y, w, h, y0, y1, blurBlock, amount/16)
		e.pass(e.middle.Cb, f.Cb, cw, ch, y0/2, (y1+1)/2, blurBlock/2, amount/32)
		e.pass(e.middle.Cr, f.Cr, cw, ch, y0/2, (y1+1)/2, blurBlock/2, amount/32)
	})
	e.crew.rows(h, func(y0, y1 int) {
		e.pass(f.Y, e.middle.Y, w, h, y0, y1, blurBlock, amount/4)
		e.pass(f.Cb, e.middle.Cb, cw, ch, y0/2, (y1+1)/2, blurBlock/2, amount/8)
		e.pass(f.Cr, e.middle.Cr, cw, ch, y0/2, (y1+1)/2, blurBlock/2, amount/8)
	})
}

// pass draws rows [y0, y1) of dst, each place the mean of four of src, so much of its vector apart. block is what a vector stands for.
func (e *motionBlur) pass(dst, src []byte, w, h, y0, y1, block int, apart float64) {
	line := make([]drawnOut, e.bw) // of the row
	for y := y0; y < min(y1, h); y++ {
		up, below := between(y, block, e.bh)
		upper, lower := e.way[up*e.bw:(up+1)*e.bw], e.way[min(up+1, e.bh-1)*e.bw:]
		for i, v := range upper {
			line[i] = v.toward(lower[i], below, float32(apart))
		}
		for x := 0; x < w; x += 8 {
			left, right := between(x+3, block, e.bw)
			v := line[left].toward(line[min(left+1, e.bw-1)], right, 1)
			if v.x*v.x+v.y*v.y < 0.01 {
				copy(dst[y*w+x:y*w+min(x+8, w)], src[y*w+x:])
				continue
			}
			meanOfFour(dst, src, w, h, x, y, v)
		}
	}
}

// between returns the block before the place x, and how far on towards the next it is.
func between(x, block, n int) (at int, part float32) {
	v := min(max(2*x+1-block, 0), 2*block*(n-1))
	return v / (2 * block), float32(v%(2*block)) / float32(2*block)
}

// toward is the vector so far on the way from v to o, times k.
func (v drawnOut) toward(o drawnOut, part, k float32) drawnOut {
	return drawnOut{k * (v.x + float32((o.x-v.x)*part)), k * (v.y + float32((o.y-v.y)*part))}
}

// meanOfFour draws eight samples from x on: of four places, one and a half and a half of v to both sides. Beyond the picture its edge goes on.
func meanOfFour(dst, src []byte, w, h, x, y int, v drawnOut) {
	const low, half = 0x00FF00FF00FF00FF, 0x0002000200020002
	nearX, farX, nearY, farY := whole(float32(0.5*v.x)), whole(float32(1.5*v.x)), whole(float32(0.5*v.y)), whole(float32(1.5*v.y))
	row := func(y int) int { return min(max(y, 0), h-1) * w }
	rows, offsets := [4]int{row(y - farY), row(y - nearY), row(y + nearY), row(y + farY)}, [4]int{x - farX, x - nearX, x + nearX, x + farX}
	if min(offsets[0], offsets[3]) < 0 || max(x, offsets[0], offsets[3])+8 > w {
		for i := range min(8, w-x) {
			sum := 2
			for n, row := range rows {
				sum += int(src[row+min(max(i+offsets[n], 0), w-1)])
			}
			dst[y*w+x+i] = byte(sum >> 2)
		}
		return
	}
	a, b := binary.LittleEndian.Uint64(src[rows[0]+offsets[0]:]), binary.LittleEndian.Uint64(src[rows[1]+offsets[1]:])
	c, d := binary.LittleEndian.Uint64(src[rows[2]+offsets[2]:]), binary.LittleEndian.Uint64(src[rows[3]+offsets[3]:])
	even := a&low + b&low + c&low + d&low + half
	odd := a>>8&low + b>>8&low + c>>8&low + d>>8&low + half
	binary.LittleEndian.PutUint64(dst[y*w+x:], even>>2&low|(odd>>2&low)<<8)
}

// whole is the whole number nearest to a small one.
func whole(v float32) int { return int(v+4096.5) - 4096 }
