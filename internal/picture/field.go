package picture

import "retake/internal/retake"

// field is light that differs from place to place and has no detail: at every eighth sample, read between these along straight lines.
// The gain multiplies luma above black and chroma alike, which for a power law is exposure; what is added comes after.
type field struct {
	gain   plane    // fieldOne for no change
	add    [3]plane // to Y, Cb and Cr: (codes + fieldBias) × 256
	tinted bool     // whether anything is added
	mask   *plane   // where the cube applies at all, 0 to 65535, at every fourth sample; nil for everywhere
	lamps  *plane   // where bright things are lamps, 0 to 255<<8, at the same grid; nil where none are kept lit
	keep   *[256]int32
	drawn  float64 // for shine: the amount that a field that stands still was drawn for
}

const (
	fieldStep = 8
	dyeStep   = 4 // of the mask
	fieldOne  = 1 << 14
	fieldBias = 128
)

func newField(f retake.PictureFormat) *field {
	w, h := cells(f.Width, fieldStep), cells(f.Height, fieldStep)
	d := &field{gain: newPlane(w, h), drawn: -1}
	for i := range d.gain.pix {
		d.gain.pix[i] = fieldOne
	}
	for n := range d.add {
		d.add[n] = newPlane(w, h)
		for i := range d.add[n].pix {
			d.add[n].pix[i] = fieldBias << 8
		}
	}
	return d
}

// draw sets every cell, in bands side by side. at is told the cell's place, 0 to 1 across and down, and gives the gain (up to 3) and the codes to add.
func (d *field) draw(c crew, at func(x, y float64) (gain, luma, cb, cr float64)) {
	d.lines(c, func() (func(float64), func(float64) (float64, float64, float64, float64)) {
		var y float64
		return func(v float64) { y = v }, func(x float64) (gain, luma, cb, cr float64) { return at(x, y) }
	})
}

// lines does the same where much is alike in a row. begin is called for each band and returns what is told of a row's place, and what of the
// places in it.
func (d *field) lines(c crew, begin func() (row func(y float64), at func(x float64) (gain, luma, cb, cr float64))) {
	c.rows(d.gain.h, func(r0, r1 int) {
		row, at := begin()
		for r := r0; r < r1; r++ {
			row((float64(r) + 0.5) / float64(d.gain.h))
			for col := range d.gain.w {
				i := r*d.gain.w + col
				gain, luma, cb, cr := at((float64(col) + 0.5) / float64(d.gain.w))
				d.gain.pix[i] = uint16(min(max(gain, 0), 3) * fieldOne)
				for n, v := range [3]float64{luma, cb, cr} {
					d.add[n].pix[i] = uint16((min(max(v, -127), 127) + fieldBias) * 256)
				}
			}
		}
	})
}

// fieldRow is a field over one row of chroma.
type fieldRow struct {
	gain   []uint16
	add    [3][]uint16
	tinted bool
	black  int // luma of black, with 12 fraction bits

	// Where bright things are lamps, 0 to 255<<8, and how far each luma is lamp-bright, 0 to 256; nil where nothing is kept lit.
	lamps []uint16
	keep  *[256]int32

	mask []uint16 // how far the cube applies, 0 to 65535; nil for everywhere
}

func newFieldRow(d *field, f retake.PictureFormat) *fieldRow {
	if d == nil {
		return nil
	}
	width := f.ChromaWidth()
	r := &fieldRow{gain: make([]uint16, width), tinted: d.tinted, black: int(levelsOf(f).black) << fraction}
	for n := range r.add {
		r.add[n] = make([]uint16, width)
	}
	if d.mask != nil {
		r.mask = make([]uint16, width)
	}
	if d.lamps != nil {
		r.lamps, r.keep = make([]uint16, width), d.keep
	}
	return r
}

func (r *fieldRow) fill(d *field, cy int) {
	d.gain.row(r.gain, cy, fieldStep/2)
	if r.mask != nil {
		d.mask.row(r.mask, cy, dyeStep/2)
	}
	if r.lamps != nil {
		d.lamps.row(r.lamps, cy, fieldStep/2)
	}
	if !r.tinted {
		return
	}
	for n := range r.add {
		d.add[n].row(r.add[n], cy, fieldStep/2)
	}
}

// on puts the light over chroma sample x on a block of four samples of luma and two of chroma, with 12 fraction bits.
func (r *fieldRow) on(x, p, q, s, t, cb, cr int) (int, int, int, int, int, int) {
	const none = 128 << fraction
	g := int(r.gain[x])
	y, b, c := r.black, none, none
	if r.tinted {
		y += (int(r.add[0][x]) - fieldBias<<8) << (fraction - 8)
		b += (int(r.add[1][x]) - fieldBias<<8) << (fraction - 8)
		c += (int(r.add[2][x]) - fieldBias<<8) << (fraction - 8)
	}
	return y + (p-r.black)*g>>14, y + (q-r.black)*g>>14, y + (s-r.black)*g>>14, y + (t-r.black)*g>>14, b + (cb-none)*g>>14, c + (cr-none)*g>>14
}

// alone changes a row of chroma and the one or two rows of luma over it where there is no look besides.
func (r *fieldRow) alone(f *retake.Frame, cy int) {
	const down = 14 - fraction // of the gain's fraction bits, those too many
	top, bottom, cbs, crs := blockRows(f, cy)
	d0, d1 := &dither[2*cy%ditherSize], &dither[(2*cy+1)%ditherSize]
	db, dr := &dither[(cy+37)%ditherSize], &dither[(cy+91)%ditherSize]
	w, black := len(top), int32(r.black)
	bottom, crs = bottom[:w], crs[:len(cbs)]
	for x, cb := range cbs {
		i := 2 * x
		j := min(i+1, w-1)
		n, m := uint(i)%ditherSize&^1, uint(x)%ditherSize
		g := int32(r.gain[x])
		y, b := black-(black>>down*g)>>fraction, int32(128<<fraction)-128*g>>down
		c := b
		if r.tinted {
			y += (int32(r.add[0][x]) - fieldBias<<8) << (fraction - 8)
			b += (int32(r.add[1][x]) - fieldBias<<8) << (fraction - 8)
			c += (int32(r.add[2][x]) - fieldBias<<8) << (fraction - 8)
		}
		p, q, s, t := int32(top[i]), int32(top[j]), int32(bottom[i]), int32(bottom[j])
		bottom[j], bottom[i] = clip((y+t*g>>down+int32(d1[n+1]))>>fraction), clip((y+s*g>>down+int32(d1[n]))>>fraction)
		top[j], top[i] = clip((y+q*g>>down+int32(d0[n+1]))>>fraction), clip((y+p*g>>down+int32(d0[n]))>>fraction)
		cbs[x], crs[x] = clip((b+int32(cb)*g>>down+int32(db[m]))>>fraction), clip((c+int32(crs[x])*g>>down+int32(dr[m]))>>fraction)
	}
}

// lamp keeps the light of a sample of luma v that is a lamp's, of which the look made now.
func (r *fieldRow) lamp(x int, v uint8, now int) int {
	return now + (max(int(v)<<fraction, now)-now)*r.kept(x, v)>>16
}

// hue keeps the chroma v under a luma that is a lamp's, made warmer by some codes.
func (r *fieldRow) hue(x int, luma, v uint8, warm, now int) int {
	return now + ((int(v)+warm)<<fraction-now)*r.kept(x, luma)>>16
}

// kept is how far a luma stays, of 1<<16.
func (r *fieldRow) kept(x int, luma uint8) int { return int(r.keep[luma]) * (int(r.lamps[x]) >> 8) }
