package picture

import (
	"math"

	"retake/internal/wish"
)

// The names of what a camera does.
const (
	Zoom     Kind = "zoom"
	Pan      Kind = "pan"
	Tilt     Kind = "tilt"
	Mirror   Kind = "mirror"
	Handheld Kind = "handheld"
)

var zooming = Entry{Kind: Zoom, Takes: []wish.Param{wish.Heading, wish.Pace, wish.Number, wish.Placing},
	Doc: "the view goes in, steadily and by a quarter unless the prompt says more or less, or out from as near; towards the middle or a named place. " +
		"At the end it is dissolved into the original, as the picture behind the segment is untouched",
	Make: func(s stage, l Look) effect {
		near := 1 + 0.4*l.Strength*pick(l.Speed, 1)
		switch {
		case l.Amount > 1: // "2x", "150 %"
			near = min(l.Amount, zoomMost)
		case l.Amount > 0: // "by 20 %"
			near = 1 + l.Amount
		}
		px, py := placeOf(l.Place)
		return newWarped(s, func(index int, amount float64) (placing, float64) {
			t := smoothly(s.share(l, index))
			if l.Direction == wish.Out {
				t = 1 - t
			}
			scale := math.Pow(near, t)
			// As much to the side as keeps the view inside the picture.
			room := (1 - 1/scale) * 0.5
			return magnified(scale, 0, px*room*float64(s.format.Width), py*room*float64(s.format.Height)), amount
		})
	}}

var panning = Entry{Kind: Pan, Takes: []wish.Param{wish.Heading, wish.Pace},
	Doc: "the view, a little nearer, travels across the picture: to the right unless the prompt says another way",
	Make: func(s stage, l Look) effect {
		near := 1 + 0.35*l.Strength*pick(l.Speed, 1)
		dx, dy := 1.0, 0.0
		switch l.Direction {
		case wish.Left:
			dx = -1
		case wish.Up:
			dx, dy = 0, -1
		case wish.Down:
			dx, dy = 0, 1
		}
		return newWarped(s, func(index int, amount float64) (placing, float64) {
			t := 2*smoothly(s.share(l, index)) - 1
			scale := 1 + (near-1)*amount
			room := (1 - 1/scale) * 0.5 * t
			return magnified(scale, 0, dx*room*float64(s.format.Width), dy*room*float64(s.format.Height)), 1
		})
	}}

var tilting = Entry{Kind: Tilt, Takes: []wish.Param{wish.Heading, wish.Number},
	Doc: "the camera leans, by seven degrees unless the prompt says more or less, and comes near enough to show no edge",
	Make: func(s stage, l Look) effect {
		degrees := 12 * l.Strength
		if l.Amount > 1 && l.Amount <= tiltMost {
			degrees = l.Amount
		}
		if l.Direction == wish.Counter || l.Direction == wish.Left {
			degrees = -degrees
		}
		return newWarped(s, func(_ int, amount float64) (placing, float64) {
			a := degrees * amount
			return magnified(s.filling(a), a, 0, 0), 1
		})
	}}

var mirroring = Entry{Kind: Mirror, Takes: []wish.Param{wish.Heading},
	Doc: "left and right change places, or top and bottom where the prompt says down or up; it is dissolved in and out",
	Make: func(s stage, l Look) effect {
		p := placing{a: -1, e: 1}
		if l.Direction == wish.Up || l.Direction == wish.Down {
			p = placing{a: 1, e: -1}
		}
		return newWarped(s, func(_ int, amount float64) (placing, float64) { return p, amount })
	}}

var handholding = Entry{Kind: Handheld,
	Doc: "the camera is held by hand: slow drift, breath and a little tremble, and a touch of roll",
	Make: func(s stage, l Look) effect {
		way := func(seed, index int, hz float64) float64 {
			t := 2 * math.Pi * hz * s.seconds(index)
			p := 2 * math.Pi * unit(hash(s.seed, 'h', uint64(seed)))
			return 0.62*math.Sin(t+p) + 0.28*math.Sin(2.7*t+2*p) + 0.1*math.Sin(7.1*t+3*p)
		}
		reach := 34 * l.Strength * s.scale()
		return newWarped(s, func(index int, amount float64) (placing, float64) {
			x, y := reach*way(1, index, 0.43)*amount, 0.7*reach*way(2, index, 0.57)*amount
			roll := 1.1 * l.Strength * way(3, index, 0.31) * amount
			room := 1 + 2.3*34*l.Strength*amount*s.scale()/float64(min(s.format.Width, s.format.Height))
			return magnified(room*s.filling(roll), roll, x, y), 1
		})
	}}

// filling is how near the picture must be to show no edge when it is turned.
func (s stage) filling(degrees float64) float64 {
	sin, cos := math.Sincos(math.Abs(degrees) * math.Pi / 180)
	aspect := float64(max(s.format.Width, s.format.Height)) / float64(max(min(s.format.Width, s.format.Height), 1))
	return cos + aspect*sin
}

// share is how much of an effect's time has passed, 0 to 1.
func (s stage) share(l Look, index int) float64 {
	from, to := l.When.Span(s.seconds(s.frames - 1))
	if to <= from {
		return 0
	}
	return clamp01((s.seconds(index) - from) / (to - from))
}

// smoothly starts and stops a movement without a jerk, and is even between.
func smoothly(t float64) float64 {
	const ease = 0.18
	switch {
	case t < ease:
		return t * t / (2 * ease * (1 - ease))
	case t > 1-ease:
		return 1 - (1-t)*(1-t)/(2*ease*(1-ease))
	}
	return (t - ease/2) / (1 - ease)
}

// placeOf is where a place lies, from -1 (left, top) to 1.
func placeOf(p wish.Place) (x, y float64) {
	switch p {
	case wish.AtLeft, wish.TopLeft, wish.BottomLeft:
		x = -1
	case wish.AtRight, wish.TopRight, wish.BottomRight, wish.Corner:
		x = 1
	}
	switch p {
	case wish.Top, wish.TopLeft, wish.TopRight, wish.Corner:
		y = -1
	case wish.Bottom, wish.BottomLeft, wish.BottomRight:
		y = 1
	}
	return x, y
}

// pick returns v, or usual where it was not said.
func pick(v, usual float64) float64 {
	if v > 0 {
		return v
	}
	return usual
}
