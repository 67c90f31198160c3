package picture

import (
	"math"

	"retake/internal/retake"
)

// OilPainting is the effect's name.
const OilPainting Kind = "oil painting"

var oilPainted = Entry{Kind: OilPainting,
	Doc:  "thick paint: colours run together into dabs with clear edges, and the ridges of the brush catch the light; strokes follow the edges of things and lie still where these do",
	Make: func(s stage, l Look) effect { return newOil(s, l.Strength) }}

type oil struct {
	*daubs
	flow    *flow
	strokes [8]texture // the light on the ridges of each direction
	vivid   table
	tone    [1024]uint8
	relief  int32
}

func newOil(s stage, strength float64) *oil {
	o := &oil{daubs: newDaubs(s, 11+11*strength), relief: int32(110 * strength)}
	o.flow = newFlow(o.canvas)
	for i, step := range headings {
		o.strokes[i] = newTexture(s, uint64('o'+i), step[0], step[1], 15, 1.9).lit()
	}
	o.vivid.fill(func(code int) float64 { return 128 + (float64(code)-128)*(1+0.25*strength) })
	for i := range o.tone {
		v := s.levels.luma(0) + float64(i)/4/s.levels.span
		o.tone[i] = toByte(s.levels.code(mix(v, smooth(v), 0.25*strength)))
	}
	return o
}

// lit is the texture as heights under a light from the upper left.
func (t texture) lit() texture {
	out := texture{t.side, make([]int8, len(t.pix))}
	mask := t.side - 1
	power := 0.0
	slope := func(i int) float64 {
		x, y := i&mask, i/t.side
		at := func(dx, dy int) float64 { return float64(t.pix[(y+dy)&mask*t.side+(x+dx)&mask]) }
		return at(1, 1) - at(-1, -1) + at(0, 1) - at(0, -1)
	}
	for i := range t.pix {
		power += slope(i) * slope(i)
	}
	k := grainSpread / math.Sqrt(power/float64(len(t.pix)))
	for i := range t.pix {
		out.pix[i] = int8(min(max(math.Round(k*slope(i)), -127), 127))
	}
	return out
}

func (o *oil) watch(f *retake.Frame, index int) {
	o.canvas.watch(f, index)
	o.flow.follow(o.canvas)
}

func (o *oil) apply(f *retake.Frame, _ int, amount float64) {
	o.run()
	weight := int32(math.Round(256 * amount))
	w := f.Format.Width
	o.crew.rows(f.Format.Height, func(y0, y1 int) {
		light := make([]uint16, w)
		for y := y0; y < y1; y++ {
			o.paint.row(light, y, o.step)
			o.row(f.Y[y*w:y*w+w], light, y, weight)
		}
	})
	o.colours(f, o.tb, o.tr, &o.vivid, weight)
}

// row paints one row of luma: cell by cell, as the strokes lie another way in each.
func (o *oil) row(out []byte, light []uint16, y int, weight int32) {
	cell := o.flow.cell * o.step
	way := o.flow.way[min(y/cell, o.flow.h-1)*o.flow.w:]
	for n := 0; n*cell < len(out); n++ {
		d := way[min(n, o.flow.w-1)]
		first, second := o.strokes[d.first].row(y), o.strokes[d.second].row(y)
		mask := len(first) - 1
		second = second[:mask+1]
		for x := n * cell; x < min(n*cell+cell, len(out)); x++ {
			a, b := int32(first[x&mask]), int32(second[x&mask])
			ridge := a<<8 + (b-a)*d.part
			v := int32(o.tone[light[x]>>6])
			// Ridges show on paint of a middle tone most.
			v += ridge * o.relief >> 15 * (32 + min(v, 255-v)) >> 7
			out[x] = blended(out[x], min(max(v, 0), 255), weight)
		}
	}
}
