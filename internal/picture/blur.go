package picture

import (
	"math"

	"retake/internal/retake"
)

// BackgroundBlur is the effect's name.
const BackgroundBlur Kind = "background blur"

var backgroundBlurred = Entry{Kind: BackgroundBlur,
	Doc:  "what moves, stands out from the picture's edges and is near the middle is taken for the subject and stays sharp; the rest goes out of focus. It is a guess: it knows no people, and a subject at the edge is blurred",
	Make: func(s stage, l Look) effect { return newBackgroundBlur(s, l.Strength) }}

// backgroundBlur throws the background out of focus. The subject is guessed, not known: what moves against the rest,
// what stands out in light and colour from the picture's edges, and what is near the middle counts towards it. The
// guess is made at an eighth of the size and moves slowly, so that its edge does not flutter.
type backgroundBlur struct {
	stage
	strength float64

	small  [3]plane  // Y, Cb, Cr at 1/8
	last   plane     // luma of the picture before
	centre []float64 // weight of each cell by its place
	score  []float64 // steady saliency of each cell
	mask   plane     // 0 background to 255<<8 subject
	soft   [3]plane  // the small planes, out of focus
	weight plane
	peak   float64 // the largest score: how much the subject stands out
	seen   bool
}

const maskStep = 8

func newBackgroundBlur(s stage, strength float64) *backgroundBlur {
	b := &backgroundBlur{stage: s, strength: strength}
	w, h := cells(s.format.Width, maskStep), cells(s.format.Height, maskStep)
	b.last, b.mask, b.weight = newPlane(w, h), newPlane(w, h), newPlane(w, h)
	for i := range b.small {
		b.small[i], b.soft[i] = newPlane(w, h), newPlane(w, h)
	}
	b.score, b.centre = make([]float64, w*h), make([]float64, w*h)
	for i := range b.centre {
		// Most in the middle and a little below, where subjects stand.
		dx := ((float64(i%w)+0.5)/float64(w) - 0.5) / 0.27
		dy := ((float64(i/w)+0.5)/float64(h) - 0.57) / 0.36
		b.centre[i] = math.Exp(-(dx*dx + dy*dy) / 2)
	}
	return b
}

// watch follows the subject, also while the blur itself is still at nothing.
func (b *backgroundBlur) watch(f *retake.Frame, _ int) {
	b.small[0], b.last = b.last, b.small[0]
	b.crew.shrink(&b.small, f, maskStep)
	b.judge()
	b.seen = true
}

// judge updates the score of every cell and makes the mask of it.
func (b *backgroundBlur) judge() {
	edge, still := b.border(), b.shake()
	peak, pace := 0.0, 0.12
	if !b.seen {
		pace = 1
	}
	for i := range b.score {
		y, cb, cr := float64(b.small[0].pix[i]), float64(b.small[1].pix[i]), float64(b.small[2].pix[i])
		stands := math.Abs(y-edge[0])/(256*110) + math.Sqrt((cb-edge[1])*(cb-edge[1])+(cr-edge[2])*(cr-edge[2]))/(256*30)
		moves := 0.0
		if b.seen {
			moves = max(0, math.Abs(y-float64(b.last.pix[i]))-still) / (256 * 8)
		}
		score := (0.15 + math.Min(stands, 1) + math.Min(moves, 1)) * b.centre[i]
		b.score[i] += pace * (score - b.score[i])
		peak = math.Max(peak, b.score[i])
	}
	for i, s := range b.score {
		b.mask.pix[i] = uint16(255 * 256 * smooth((s/math.Max(peak, 0.2)-0.40)/0.28))
	}
	b.peak = peak
	radius := max(1, min(b.mask.w, b.mask.h)/34)
	b.mask.blur(radius)
	b.mask.blur(max(1, radius/2))
}

// shake returns the change of luma that a cell must pass to count as moving: what a moving camera or noise gives
// every cell is no sign of a subject.
func (b *backgroundBlur) shake() float64 {
	if !b.seen {
		return 0
	}
	sum := 0.0
	for i, v := range b.small[0].pix {
		sum += math.Abs(float64(v) - float64(b.last.pix[i]))
	}
	return 2.5 * sum / float64(len(b.last.pix))
}

// border returns the mean Y, Cb and Cr along the upper and side edges: what a background usually looks like.
func (b *backgroundBlur) border() (mean [3]float64) {
	w, n := b.mask.w, 0.0
	take := func(i int) {
		for p := range mean {
			mean[p] += float64(b.small[p].pix[i])
		}
		n++
	}
	for x := range w {
		take(x)
	}
	for y := range b.mask.h {
		take(y * w)
		take(y*w + w - 1)
	}
	for i := range mean {
		mean[i] /= n
	}
	return mean
}

func (b *backgroundBlur) apply(f *retake.Frame, _ int, amount float64) {
	b.defocus()
	share := uint32(amount*257 + 0.5)
	b.crew.rows(f.Format.Height, func(y0, y1 int) {
		w, cw := f.Format.Width, f.Format.ChromaWidth()
		scratch := make([]uint16, 2*w)
		mask, soft := scratch[:w], scratch[w:]
		for y := y0; y < y1; y++ {
			b.mask.row(mask, y, maskStep)
			b.soft[0].row(soft, y, maskStep)
			blend(f.Y[y*w:y*w+w], soft, mask, share)
		}
		mask, soft = mask[:cw], soft[:cw]
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			b.mask.row(mask, cy, maskStep/2)
			b.soft[1].row(soft, cy, maskStep/2)
			blend(f.Cb[cy*cw:cy*cw+cw], soft, mask, share)
			b.soft[2].row(soft, cy, maskStep/2)
			blend(f.Cr[cy*cw:cy*cw+cw], soft, mask, share)
		}
	})
}

// blend mixes a row with the blurred one where the mask says background. share is the effect's amount, of 257.
func blend(row []byte, soft, mask []uint16, share uint32) {
	soft, mask = soft[:len(row)], mask[:len(row)]
	for x, v := range row {
		far := int32((255<<8 - uint32(mask[x])) * share >> 8) // 16 bits
		d := int32(soft[x]) - int32(v)<<8
		row[x] = uint8(int32(v) + ((d>>4)*(far>>4)+1<<15)>>16)
	}
}

// defocus blurs the small planes. What counts as subject is left out of the mean, so its colours do not bleed into
// the background as a halo.
func (b *backgroundBlur) defocus() {
	for i, m := range b.mask.pix {
		weight := (255*256-m)>>2 + 256
		b.weight.pix[i] = weight
		for p := range b.soft {
			b.soft[p].pix[i] = uint16(uint32(b.small[p].pix[i]) * uint32(weight) >> 16)
		}
	}
	// Three boxes whose radii differ by one at most: finer steps of strength than one radius would give.
	reach := max(2, int(3*float64(min(b.weight.w, b.weight.h))*(0.008+0.030*b.strength)+0.5))
	for i := range 3 {
		radius := (reach + i) / 3
		b.weight.blur(radius)
		for p := range b.soft {
			b.soft[p].blur(radius)
		}
	}
	for p := range b.soft {
		for i, v := range b.soft[p].pix {
			b.soft[p].pix[i] = uint16(min(uint32(v)<<16/uint32(b.weight.pix[i]), 255<<8))
		}
	}
}
