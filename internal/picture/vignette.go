package picture

import "math"

// Vignette is the effect's name.
const Vignette Kind = "vignette"

var vignetted = Entry{Kind: Vignette,
	Doc: "the picture darkens evenly from its middle towards its corners, as exposure does behind a lens, without bands",
	Make: func(s stage, l Look) effect {
		return newLit(s, corners(s, 0.15+0.75*l.Strength, mix(0.45, 0.2, l.Strength)))
	}}

// corners is a shine that darkens away from the middle: by depth at the corners, 0 to 1, from a distance on that is 1 at the corners.
func corners(s stage, depth, from float64) func(*field, int, float64) {
	aspect := float64(s.format.Width) / float64(s.format.Height)
	// Between a circle, which leaves the long sides dark, and the picture's own shape.
	ax, ay := math.Sqrt(aspect), 1/math.Sqrt(aspect)
	far := math.Hypot(0.5*ax, 0.5*ay)
	return func(f *field, _ int, amount float64) {
		if f.drawn == amount {
			return
		}
		f.drawn = amount
		f.draw(s.crew, func(x, y float64) (gain, luma, cb, cr float64) {
			d := math.Hypot((x-0.5)*ax, (y-0.5)*ay) / far
			return 1 - amount*depth*smooth((d-from)/(1.12-from)), 0, 0, 0
		})
	}
}
