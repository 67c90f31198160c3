package picture

import (
	"math"

	"retake/internal/retake"
)

// The names of effects that lay pictures over one another.
const (
	EchoTrails     Kind = "echo trails"
	DoubleExposure Kind = "double exposure"
)

var trailing = Entry{Kind: EchoTrails,
	Doc: "what moves leaves a trail that fades away: pictures before it, the newest the most, lie over each",
	Make: func(s stage, l Look) effect {
		return &trails{stage: s, past: make([]uint16, s.format.FrameSize()),
			keep: math.Exp(-1 / (frequency(s.format) * (0.12 + 0.3*l.Strength))), share: 0.45 + 0.4*l.Strength}
	}}

// trails keeps the mean of the pictures so far, the newest weighing most.
type trails struct {
	stage
	past  []uint16 // with 8 fraction bits
	keep  float64  // what of it is left a picture later
	share float64  // of the past in what is shown
	begun bool
}

func (e *trails) watch(f *retake.Frame, _ int) {
	keep := uint32(math.Round(65536 * e.keep))
	if !e.begun {
		keep, e.begun = 0, true
	}
	e.crew.rows(len(f.Data), func(a, b int) {
		past, now := e.past[a:b], f.Data[a:b]
		for i, v := range now {
			past[i] = uint16((uint32(past[i])*keep + uint32(v)<<8*(65536-keep) + 1<<15) >> 16)
		}
	})
}

func (e *trails) apply(f *retake.Frame, _ int, amount float64) {
	e.crew.past(f, e.past, e.share*amount)
}

// past lays so much of other samples, which have 8 fraction bits, over those of f.
func (c crew) past(f *retake.Frame, past []uint16, share float64) {
	weight := int32(math.Round(256 * clamp01(share)))
	c.rows(len(f.Data), func(a, b int) {
		past, now := past[a:b], f.Data[a:b]
		for i, v := range now {
			now[i] = byte((int32(v)*(256-weight)<<8 + int32(past[i])*weight + 1<<15) >> 16)
		}
	})
}

var doublyExposed = Entry{Kind: DoubleExposure,
	Doc: "a second exposure of the same scene lies in the shadows of the first, as on a film that was wound back: turned about, nearer, and of a moment before",
	Make: func(s stage, l Look) effect {
		return &doubled{stage: s, second: newWarped(s, func(int, float64) (placing, float64) {
			return placing{a: -1 / 1.7, e: 1 / 1.7, f: -0.06 * float64(s.format.Height)}, 1
		}), past: retake.NewFrame(s.format), light: 0.35 + 0.55*l.Strength}
	}}

// doubled adds light of a second exposure to the picture.
type doubled struct {
	stage
	second *warped
	past   *retake.Frame
	light  float64
}

func (e *doubled) apply(f *retake.Frame, index int, amount float64) {
	e.past.CopyFrom(f)
	e.second.apply(e.past, index, 1)
	light := int32(math.Round(256 * e.light * amount))
	black, white := int32(e.levels.code(0)), int32(e.levels.code(1))
	span := white - black
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	// Chroma of both goes by the light that each gives where its sample stands.
	e.crew.rows(f.Format.ChromaHeight(), func(r0, r1 int) {
		for r := r0; r < r1; r++ {
			y := 2 * r * w
			for c := range cw {
				first := max(int32(f.Y[y+2*c])-black, 1)
				more := max(int32(e.past.Y[y+2*c])-black, 0) * light >> 8 * max(span-first, 0) / span
				i := r*cw + c
				f.Cb[i] = byte((int32(f.Cb[i])*first + int32(e.past.Cb[i])*more) / (first + more))
				f.Cr[i] = byte((int32(f.Cr[i])*first + int32(e.past.Cr[i])*more) / (first + more))
			}
		}
	})
	e.crew.rows(f.Format.Height, func(y0, y1 int) {
		now, more := f.Y[y0*w:y1*w], e.past.Y[y0*w:y1*w]
		for i, v := range now {
			first := max(int32(v)-black, 0)
			now[i] = byte(min(int32(v)+max(int32(more[i])-black, 0)*light>>8*max(span-first, 0)/span, 255))
		}
	})
}
