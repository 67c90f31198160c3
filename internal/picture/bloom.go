package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// The names of light that comes from what is bright, and of light that comes all at once.
const (
	Glow  Kind = "glow"
	Flash Kind = "flash"
)

var bloomed = Entry{Kind: Glow,
	Doc: "what is bright bleeds softly into what is beside it, in its own colour, and shadows open a little, as through a mist filter before the lens",
	Make: func(s stage, l Look) effect {
		lift := 0.02 * l.Strength
		mist := func(c rgb) rgb {
			for i := range c {
				c[i] = lift + c[i]*(1-1.5*lift)
			}
			return c
		}
		return newGlowing(s, mist, glow{from: 0.55, reach: 0.035, strength: 0.5 + 0.9*l.Strength, colour: 0.45})
	}}

// Flashes come at most so often, and so does each fall of light: half of the three a second that WCAG 2.2, criterion 2.3.1, has as
// the most that people with photosensitive epilepsy can be shown.
const (
	flashEvery = 0.7 // seconds
	flashClear = 0.1 // seconds from the seam to the first
)

var flashing = Entry{Kind: Flash, Timed: true, Takes: []wish.Param{wish.Counted},
	Doc: "white light all at once, that falls off within half a second, as of a camera: in the middle, or when the prompt says, and so often as it says, 0.7 s apart",
	Make: func(s stage, l Look) effect {
		from, to := l.When.Span(s.seconds(s.frames))
		e := &flashed{stage: s, peak: 0.55 + 0.4*l.Strength}
		n := max(l.Count, 1)
		at := (from + to - float64(n-1)*flashEvery) / 2
		if !l.When.Whole() || at < from {
			at = max(from, flashClear)
		}
		switch {
		case s.flickers:
			n = 0 // beside a lamp that flickers twice a second there is room for the lightning's flashes alone
		case s.flashes > 1:
			n = 1 // "a flash at 1 s and a flash at 4 s"
		}
		for range n {
			if at < to {
				e.at = append(e.at, at)
			}
			at += flashEvery
		}
		return e
	}}

// flashed paints white over the picture for a moment.
type flashed struct {
	stage
	at   []float64 // seconds
	peak float64
}

// share is how much of the picture is white: it rises within a fifteenth of a second.
func (e *flashed) share(index int) float64 {
	share, now := 0.0, e.seconds(index)
	for _, at := range e.at {
		switch t := now - at; {
		case t >= 0:
			share = max(share, e.peak*math.Exp(-t/0.13))
		case t > -1.0/15:
			share = max(share, e.peak*smooth(1+15*t))
		}
	}
	if share < 1.0/256 {
		return 0
	}
	return share
}

func (e *flashed) apply(f *retake.Frame, index int, _ float64) {
	// So short a light may not reach the seams.
	edge := min(grown(float64(index), 4), grown(float64(e.frames-1-index), 4))
	if share := e.share(index) * edge; share > 0 {
		e.wash(f, e.levels.code(1), share)
	}
}

// wash paints so much of a grey, a luma code, over the picture.
func (s stage) wash(f *retake.Frame, code, share float64) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	s.crew.rows(f.Format.Height, func(y0, y1 int) {
		paint(f.Y[y0*w:y1*w], code, share)
		c0, c1 := (y0+1)/2*cw, (y1+1)/2*cw
		paint(f.Cb[c0:c1], 128, share)
		paint(f.Cr[c0:c1], 128, share)
	})
}
