package picture

import (
	"math"

	"retake/internal/retake"
)

// wear is what happened to a strip of film: dust and hairs that lie on one picture of it, and scratches that run along many.
type wear struct {
	reel
	dust    float64 // specks on a picture of the film, in the mean
	scratch float64 // scratches at a time, in the mean
	spots   []sprite
	lines   []streak
}

const (
	dustRoom   = 3 // how many times the mean may lie on one picture
	scratchers = 6 // places in the camera and the projector that may scratch
)

func newWear(r reel, dust, scratch float64) *wear {
	return &wear{reel: r, dust: dust, scratch: scratch}
}

func (w *wear) apply(f *retake.Frame, index int, amount float64) {
	w.spots, w.lines = w.spots[:0], w.lines[:0]
	tick := w.tick(index)
	// Dust comes in flurries, as where a reel begins.
	flurry := 1 + 0.8*wobble(w.seed, 'f', float64(tick)/w.rate, 0.9)
	for n := range uint64(math.Ceil(dustRoom * w.dust)) {
		if seed := hash(w.seed, 'd', tick, n); unit(hash(seed, 1))*dustRoom < flurry {
			w.speck(seed, amount)
		}
	}
	for n := range uint64(scratchers) {
		w.scratched(n, float64(tick)/w.rate, amount)
	}
	w.crew.rows(f.Format.Height, func(y0, y1 int) {
		stamp(f, w.spots, y0, y1)
		draw(f, w.lines, y0, y1)
	})
}

// light is the code of what lies on the film: most of it was on the negative, and is white.
func (w *wear) light(seed uint64) float64 {
	if unit(hash(seed, 2)) < 0.6 {
		return w.levels.code(0.93)
	}
	return w.levels.code(0.06)
}

// speck adds a grain of dust, some blots of unlike sizes, or a hair.
func (w *wear) speck(seed uint64, amount float64) {
	k := w.scale()
	x, y := unit(hash(seed, 3))*float64(w.format.Width), unit(hash(seed, 4))*float64(w.format.Height)
	angle := 2 * math.Pi * unit(hash(seed, 5))
	small := unit(hash(seed, 6))
	size := (1.1 + 5*small*small*small) * k
	if unit(hash(seed, 7)) < 0.12 {
		w.hair(seed, x, y, angle, amount)
		return
	}
	for n := range uint64(3) {
		sin, cos := math.Sincos(angle + 2*math.Pi*unit(hash(seed, 8, n)))
		w.spots = append(w.spots, sprite{x: x + 0.7*size*cos, y: y + 0.7*size*sin, size: size * mix(0.5, 1, unit(hash(seed, 9, n))), turn: angle,
			flat: mix(0.4, 1, unit(hash(seed, 10, n))), soft: 0.35, y0: w.light(seed), cb: 128, cr: 128, alpha: amount * mix(0.5, 0.9, unit(hash(seed, 11)))})
	}
}

// hair adds a bent line.
func (w *wear) hair(seed uint64, x, y, angle, amount float64) {
	const pieces = 9
	step := mix(4, 11, unit(hash(seed, 12))) * w.scale()
	bend := mix(-0.3, 0.3, unit(hash(seed, 13)))
	for n := range uint64(pieces) {
		sin, cos := math.Sincos(angle)
		w.lines = append(w.lines, streak{x: float32(x), y: float32(y), dx: float32(step * cos), dy: float32(step * sin), radius: float32(0.7 * w.scale()),
			soft: float32(max(0.6*w.scale(), 0.5)), alpha: float32(0.6 * amount), luma: int32(w.light(seed))})
		x, y = x+step*cos, y+step*sin
		angle += bend + 0.5*(unit(hash(seed, 14, n))-0.5)
	}
}

// scratched adds the scratch that one place makes, if it does at t seconds of the film: it lasts a second or so, wanders a little and is not of one depth.
func (w *wear) scratched(n uint64, t, amount float64) {
	const turns = 0.7 // a second
	at := t*turns + unit(hash(w.seed, 'p', n))
	seed := hash(w.seed, 's', n, uint64(at))
	if unit(hash(seed, 1)) > w.scratch/scratchers {
		return
	}
	from := 0.5 * unit(hash(seed, 2))
	till := min(from+mix(0.15, 0.6, unit(hash(seed, 3))), 1)
	if part := at - math.Floor(at); part < from || part > till {
		return
	}
	k, h := w.scale(), float64(w.format.Height)
	const pieces = 4
	x := func(m int) float64 {
		return unit(hash(seed, 4))*float64(w.format.Width) + (5*wobble(seed, 5, t, 2)+1.5*wobble(seed, 6, t+0.1*float64(m), 6))*k
	}
	for m := range pieces {
		depth := clamp01(0.55 + 0.6*wobble(seed, 7, t+0.045*float64(m), 9))
		w.lines = append(w.lines, streak{x: float32(x(m)), y: float32(h * float64(m) / pieces), dx: float32(x(m+1) - x(m)), dy: float32(h / pieces),
			radius: float32(0.45 * k), soft: float32(max(0.55*k, 0.5)), alpha: float32(0.5 * amount * depth), luma: int32(w.light(seed))})
	}
}
