package picture

import (
	"math"

	"retake/internal/wish"
)

// flashesASecond is how many flashes there may be in any second: more can set off seizures in people with photosensitive
// epilepsy (WCAG 2.2, success criterion 2.3.1, "three flashes or below threshold").
const flashesASecond = 3

// strike is a stroke of lightning: strikes come as one to three, through the same channel.
type strike struct {
	index int     // the picture in which it begins
	light float64 // 0 to 1
	group int     // strokes of one have the same channel
	last  bool    // of its group: it fades more slowly
}

// strikes plans when lightning strikes in a look's time: so many times as it counts, or so many as fit a storm of its strength. At most limit strokes begin in any second.
func strikes(s stage, l Look, limit int) []strike {
	fps := frequency(s.format)
	from, to := l.When.Span(float64(s.frames) / fps)
	count := l.Count
	if count == 0 {
		count = int((to - from) / mix(3, 1.2, l.Strength))
	}
	count = min(max(count, 1), mostStrikes(to-from, limit))
	slot := (to - from) / float64(count)
	var out []strike
	for g := range count {
		seed := hash(s.seed, 'z', uint64(g))
		t := from + slot*(float64(g)+mix(0.3, 0.6, unit(hash(seed, 1))))
		strokes := 1 + int(3*unit(hash(seed, 2)))
		for n := range strokes {
			k := strike{index: int(t*fps + 0.5), group: g, light: mix(0.7, 1, unit(hash(seed, 3, uint64(n)))), last: n == strokes-1}
			if n < strokes-1 {
				k.light *= 0.75
			}
			out = append(out, k)
			t += mix(0.09, 0.2, unit(hash(seed, 4, uint64(n))))
		}
	}
	return spaced(out, limit, int(math.Ceil(fps))+1)
}

// spaced leaves out what would make more than limit in a number of pictures, and what does not come later than the one before.
func spaced(list []strike, limit, pictures int) []strike {
	var out []strike
	for _, k := range list {
		n := len(out)
		if n > 0 && k.index <= out[n-1].index+1 || n >= limit && k.index-out[n-limit].index < pictures {
			continue
		}
		out = append(out, k)
	}
	return out
}

// after is the light of a stroke so many seconds after it began: a flash that is gone in a tenth of a second, and a weak glow
// after the last one.
func (k strike) after(t float64) float64 {
	if t < 0 {
		return 0
	}
	light := math.Exp(-t / 0.055)
	if k.last {
		light = mix(light, math.Exp(-t/0.16), 0.35)
	}
	return k.light * light
}

// channel is the way of a bolt: pieces of the main one and of its branches.
type channel struct {
	pieces []piece
}

// piece is a straight part of a channel, in samples.
type piece struct {
	x0, y0, x1, y1 float64
	wide           float64 // of the main channel's, 1 for that itself
	depth          int     // how many pieces it is from the top
	joint          bool    // the bolt's light around it is drawn from here
}

// newChannel draws a bolt down from the upper edge, into the part of the picture that the prompt names.
func newChannel(s stage, seed uint64, place wish.Place) channel {
	w, h := float64(s.format.Width), float64(s.format.Height)
	x := w * mix(0.15, 0.85, unit(hash(seed, 1)))
	switch px, _ := placeOf(place); {
	case px < 0:
		x = w * mix(0.10, 0.32, unit(hash(seed, 1)))
	case px > 0:
		x = w * mix(0.68, 0.90, unit(hash(seed, 1)))
	}
	var c channel
	end := x + 0.16*h*(2*unit(hash(seed, 2))-1)
	main := crooked(hash(seed, 3), x, -0.02*h, end, h*mix(0.46, 0.58, unit(hash(seed, 4))), 6)
	c.add(main, 1, 0)
	for n := range 5 {
		k := hash(seed, 5, uint64(n))
		from := 6 + int(0.7*float64(len(main))*unit(k))
		a, long := main[from], h*mix(0.07, 0.2, unit(hash(k, 1)))
		angle := mix(0.45, 1.0, unit(hash(k, 2))) // from straight down
		if hash(k, 3)&1 == 0 {
			angle = -angle
		}
		c.add(crooked(hash(k, 4), a[0], a[1], a[0]+long*math.Sin(angle), a[1]+long*math.Cos(angle), 4), mix(0.3, 0.5, unit(hash(k, 5))), from)
	}
	return c
}

func (c *channel) add(points [][2]float64, wide float64, from int) {
	for i := range len(points) - 1 {
		part := wide
		if wide < 1 { // branches end thin
			part *= 1 - 0.7*float64(i)/float64(len(points))
		}
		c.pieces = append(c.pieces, piece{points[i][0], points[i][1], points[i+1][0], points[i+1][1], part, from + i, wide == 1 && i%6 == 0})
	}
}

// crooked is a line from one point to another whose middle is moved aside, and those of its halves, and so on, down to 2^depth pieces.
func crooked(seed uint64, x0, y0, x1, y1 float64, depth int) [][2]float64 {
	points := [][2]float64{{x0, y0}, {x1, y1}}
	for d := range depth {
		next := make([][2]float64, 0, 2*len(points))
		for i := range len(points) - 1 {
			a, b := points[i], points[i+1]
			aside := 0.17 * (2*unit(hash(seed, uint64(d), uint64(i))) - 1)
			next = append(next, a, [2]float64{(a[0]+b[0])/2 - aside*(b[1]-a[1]), (a[1]+b[1])/2 + aside*(b[0]-a[0])})
		}
		points = append(next, points[len(points)-1])
	}
	return points
}
