package picture

import (
	"math"
	"slices"

	"retake/internal/retake"
)

// SettledSnow is the effect's name.
const SettledSnow Kind = "settled snow"

var settling = Entry{Kind: SettledSnow,
	Doc:  "snow comes to lie, in patches first, on the ground (taken to be the lower part of the picture) and on the upper edges of what stands there, wherever the picture is still; what moves is spared and shakes it off. It melts away before the end. Where the camera moves nothing settles",
	Make: func(s stage, l Look) effect { return newBlanket(s, l) }}

// blanket covers what is still with snow. How far it has fallen is a matter of time alone; where it lies, of what was seen so far.
type blanket struct {
	stage
	strength     float64
	from, to     float64   // its time in the segment, seconds
	now          [3]plane  // Y, Cb and Cr, codes × 256
	last         plane     // luma of the picture before
	base         []hued    // what a place looks like, slowly followed
	found        []bool    // whether it is ground, and
	like         []hued    // what that looks like there
	ground, lies plane     // how far it is ground, 0 to 65535, slowly followed; feathered
	stands       float64   // how far the camera stands still, 0 to 1
	calm         []float32 // how long it has been still, up to 1
	late         []float32 // how late snow comes to lie there, 0 to 1
	moved, cover plane
	seen         bool
}

// hued is a colour in codes.
type hued struct{ y, cb, cr float32 }

const (
	settleStep = 4
	stirred    = 4.0  // codes by which a place must differ from the picture before for something to move there
	foreign    = 12.0 // and from what it was, for something else to be there
)

func newBlanket(s stage, l Look) *blanket {
	w, h := cells(s.format.Width, settleStep), cells(s.format.Height, settleStep)
	e := &blanket{stage: s, strength: l.Strength, last: newPlane(w, h), moved: newPlane(w, h), cover: newPlane(w, h),
		base: make([]hued, w*h), found: make([]bool, w*h), like: make([]hued, w*h), ground: newPlane(w, h), lies: newPlane(w, h), calm: make([]float32, w*h), late: make([]float32, w*h)}
	for n := range e.now {
		e.now[n] = newPlane(w, h)
	}
	e.from, e.to = l.When.Span(float64(s.frames) / frequency(s.format))
	across := 9 * float64(s.format.Width) / float64(s.format.Height)
	noise := clouds{seed: hash(s.seed, 'q')}
	for y := range h {
		// The ground is seen at a low angle: its patches are flat, more so far away.
		at := float64(y) / float64(h)
		noise.row(0, across, 30*math.Sqrt(at), 0)
		for x := range w {
			e.late[y*w+x] = float32(noise.at(across * float64(x) / float64(w)))
		}
	}
	return e
}

// watch follows what is still, and what is ground.
func (e *blanket) watch(f *retake.Frame, _ int) {
	e.now[0], e.last = e.last, e.now[0]
	e.crew.shrink(&e.now, f, settleStep)
	step := float32(e.seconds(1))
	if !e.seen {
		step = 100
		copy(e.last.pix, e.now[0].pix)
	}
	var moving, textured [2]int // cells with a difference to that left of them, and above them
	for i, v := range e.now[0].pix {
		now := hued{float32(v) / 256, float32(e.now[1].pix[i]) / 256, float32(e.now[2].pix[i]) / 256}
		if !e.seen {
			e.base[i] = now
		}
		b := &e.base[i]
		stir := max(far(now.y, float32(e.last.pix[i])/256)-stirred, (far(now.y, b.y)-foreign)*0.7, 0) / 4
		e.moved.pix[i] = uint16(65535 * min(stir, 1))
		for n, off := range [2]int{1, e.last.w} {
			if i >= off && far(float32(v), float32(e.now[0].pix[i-off])) > 10*256 {
				textured[n]++
				if stir > 0.2 {
					moving[n]++
				}
			}
		}
		pace := min(step/2.5, 1)
		b.y, b.cb, b.cr = b.y+(now.y-b.y)*pace, b.cb+(now.cb-b.cb)*pace, b.cr+(now.cr-b.cr)*pace
	}
	// What lies along the way of a camera doesn't show that it moves.
	share := max(float64(moving[0])/float64(textured[0]+1), float64(moving[1])/float64(textured[1]+1))
	e.stands += (1 - smooth((share-0.25)/0.2) - e.stands) * min(float64(step)/0.5, 1)
	// What moves is a little larger than the places that differ.
	for range 2 {
		e.moved.blur(max(1, min(e.moved.w, e.moved.h)/90))
	}
	for i, v := range e.moved.pix {
		e.calm[i] = min(e.calm[i]+min(step, 1)/0.9, 1-min(5*float32(v)/65535, 1))
	}
	e.findGround(min(step/0.7, 1))
	e.seen = true
}

// findGround goes up from the lower edge, to all that looks much like ground that lies just below it or beside that: what stands on the
// ground ends it.
func (e *blanket) findGround(pace float32) {
	w, h := e.last.w, e.last.h
	for r := h - 1; r >= 0; r-- {
		for c := range w {
			i := r*w + c
			look, is := e.base[i], r >= h-2 && e.broad(r, c)
			for _, n := range [...]struct{ down, aside int }{{1, 0}, {1, -4}, {1, 4}, {3, 0}, {2, -9}, {2, 9}} {
				y, x := r+n.down, c+n.aside
				if is || r < h*9/20 || y >= h || x < 0 || x >= w || !e.found[y*w+x] {
					continue
				}
				if b := e.like[y*w+x]; b.unlike(look) < 0.85 {
					is = true
					look = hued{mix32(b.y, look.y), mix32(b.cb, look.cb), mix32(b.cr, look.cr)}
				}
			}
			e.found[i], e.like[i] = is, look
			to := float32(0)
			if is {
				to = 65535
			}
			e.ground.pix[i] = uint16(float32(e.ground.pix[i]) + (to-float32(e.ground.pix[i]))*pace)
		}
	}
	copy(e.lies.pix, e.ground.pix)
	e.lies.blur(max(1, min(w, h)/100))
	e.lies.blur(max(1, min(w, h)/100))
}

// broad reports whether a cell looks like what is some way left or right of it: what comes up from the lower edge and is narrow is a post.
func (e *blanket) broad(r, c int) bool {
	w := e.last.w
	look, off := e.base[r*w+c], max(w/24, 1)
	return c >= off && look.unlike(e.base[r*w+c-off]) < 1 || c+off < w && look.unlike(e.base[r*w+c+off]) < 1
}

// mix32 lets what ground looks like follow what it is found to be.
func mix32(a, b float32) float32 { return a + 0.25*(b-a) }

// unlike is how much two colours differ: above 1 they are hardly of the same thing.
func (a hued) unlike(b hued) float32 { return far(a.y, b.y)/28 + (far(a.cb, b.cb)+far(a.cr, b.cr))/16 }

func far(a, b float32) float32 { return max(a-b, b-a) }

// level is how much has fallen, 0 to 1: it comes down over most of the time, and melts at its end.
func (e *blanket) level(index int) float64 {
	t, long := e.seconds(index), e.to-e.from
	return math.Min(smooth((t-e.from)/(0.5*long)), smooth((e.to-t)/math.Min(2.4, 0.45*long)))
}

func (e *blanket) apply(f *retake.Frame, index int, amount float64) {
	level := e.level(index) * (0.35 + 0.75*e.strength)
	e.crew.rows(e.cover.h, func(r0, r1 int) {
		for r := r0; r < r1; r++ {
			height := (float64(r) + 0.5) / float64(e.cover.h)
			low := smooth((height - 0.46) / 0.2)
			for c := range e.cover.w {
				i := r*e.cover.w + c
				lies := max(low*smooth((float64(e.lies.pix[i])/65535-0.45)/0.45), 0.9*e.ledge(r, c)*smooth((height-0.12)/0.2))
				k := lies * smooth((level*1.4-0.15-0.75*float64(e.late[i]))/0.35)
				e.cover.pix[i] = uint16(65535 * k * amount * e.stands * float64(e.calm[i]))
			}
		}
	})
	e.cover.blur(1)
	e.crew.rows(f.Format.Height, func(y0, y1 int) { e.rows(f, y0, y1) })
}

// ledge is how far a cell lies under an upper edge of something that stands before what is brighter, 0 to 1.
func (e *blanket) ledge(r, c int) float64 {
	w := e.cover.w
	over := func(up int) float32 { return e.base[max(r-up, 0)*w+c].y - e.base[r*w+c].y }
	return smooth((float64(max(over(2), over(3)))-14)/26) * (1 - smooth((float64(e.base[r*w+c].y)-150)/50))
}

// rows lays the snow over rows [y0, y1): white, with some of the light and shade of what it lies on.
func (e *blanket) rows(f *retake.Frame, y0, y1 int) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	white := int32(e.levels.code(0.92))
	cover, ground := make([]uint16, w), make([]uint16, w)
	for y := y0; y < y1; y++ {
		if !e.any(y) {
			continue
		}
		e.cover.row(cover, y, settleStep)
		e.now[0].row(ground, y, settleStep)
		row := f.Y[y*w : y*w+w]
		for x, k := range cover {
			if k < 256 {
				continue
			}
			v, mean := int32(row[x]), int32(ground[x]>>8)
			shade := v - mean
			part := int32(k>>8) - max(-shade-6, 0)*3 // what lies deep stays bare longer
			if part > 0 {
				row[x] = clip(v + ((white+shade*2/5+(mean-white)/6-v)*part+128)>>8)
			}
		}
		if y%2 == 1 {
			continue
		}
		b, r := f.Cb[y/2*cw:y/2*cw+cw], f.Cr[y/2*cw:y/2*cw+cw]
		for x := range b {
			k := int32(cover[2*x] >> 8)
			b[x] = clip(int32(b[x]) + ((131-int32(b[x]))*k+128)>>8)
			r[x] = clip(int32(r[x]) + ((126-int32(r[x]))*k+128)>>8)
		}
	}
}

// any reports whether snow lies in row y.
func (e *blanket) any(y int) bool {
	a, b, _ := e.cover.place(y, settleStep, e.cover.h)
	lies := func(v uint16) bool { return v >= 256 }
	w := e.cover.w
	return slices.ContainsFunc(e.cover.pix[a*w:(a+1)*w], lies) || slices.ContainsFunc(e.cover.pix[b*w:(b+1)*w], lies)
}
