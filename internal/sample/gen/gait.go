package main

import "math"

// Measures of the walk, in metres; the ox's own space has y up and its origin on the ground below its middle.
const (
	planted = 0.64                                // the share of the cycle a hoof stands
	reach   = planted * stride * pace / metre / 2 // how far before and behind the hip it stands
	lift    = 0.17                                // how high a hoof is carried
)

// leg is one leg as it is built; hind legs bend backwards at the hock, fore legs forwards at the knee.
type leg struct {
	hip          point
	upper, lower float64
	bend         float64 // 1 forwards, -1 backwards
	phase        float64 // when in the cycle, 0 to 1, its hoof lands
	far          bool
}

// legs in a walk's order: left hind, left fore, right hind, right fore, a quarter apart. The near side is the right.
var legs = []leg{
	{point{-0.60, 0.92}, 0.45, 0.41, -1, 0.00, true},
	{point{0.68, 0.88}, 0.40, 0.36, 1, 0.25, true},
	{point{-0.68, 0.92}, 0.45, 0.41, -1, 0.50, false},
	{point{0.60, 0.88}, 0.40, 0.36, 1, 0.75, false},
}

// at is where in its cycle a leg is in frame f (a fraction is allowed): 0 to planted on the ground, then carried.
func (l leg) at(f float64) float64 {
	t := f/stride - l.phase
	return t - math.Floor(t)
}

// joints are hip, knee or hock, fetlock and hoof in frame f, with the hoof's pitch in radians (toe down positive).
func (l leg) joints(f, bob float64) (j [4]point, pitch float64) {
	t := l.at(f)
	toe := point{l.hip.x + 0.03, 0}
	if t < planted {
		u := t / planted
		toe.x += reach * (1 - 2*u)
		pitch = 0.75 * rise(0.78, 1, u) // the heel lifts before the hoof leaves
	} else {
		u := (t - planted) / (1 - planted)
		toe.x += reach * (2*ease(u)*0.75 + 2*u*0.25 - 1)
		toe.y = lift * math.Sin(math.Pi*math.Pow(u, 0.8)) * (1 - 0.25*u)
		pitch = lerp(0.75, -0.12, ease(u*1.1)) + 0.55*math.Sin(math.Pi*u)*(1-u)
	}
	fetlock := toe.add(point{-0.055, 0.165}.turn(-pitch))
	hip := l.hip.add(point{0, bob})
	j[0], j[3], j[2] = hip, toe, fetlock
	j[1] = bendAt(hip, fetlock, l.upper, l.lower, l.bend)
	return j, pitch
}

// bendAt solves the two-bone limb from a to b, bent to the given side; a limb too short is stretched straight.
func bendAt(a, b point, upper, lower, side float64) point {
	d := b.sub(a)
	n := math.Min(d.length(), (upper+lower)*0.9995)
	along := (upper*upper - lower*lower + n*n) / (2 * n)
	off := math.Sqrt(math.Max(upper*upper-along*along, 0))
	dir := d.scale(1 / d.length())
	return a.add(dir.scale(along)).add(point{-dir.y, dir.x}.scale(side * off))
}

// landings lists each hoof's landings up to frame f: the frame it landed and where, in metres from the ox's middle.
func landings(f float64) (frame, x []float64, far []bool) {
	for _, l := range legs {
		for k := math.Ceil(-2 - l.phase); (k+l.phase)*stride <= f; k++ {
			frame = append(frame, (k+l.phase)*stride)
			x = append(x, l.hip.x+0.03+reach)
			far = append(far, l.far)
		}
	}
	return frame, x, far
}
