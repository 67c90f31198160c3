package picture

// ramp maps the time of the result to that of the source, both from 0 to 1. Its speed is 1 at both ends.
type ramp struct {
	speed []point
}

// point is a speed at a time; between two points it changes smoothly.
type point struct{ at, speed float64 }

// slowRamp runs at the slowest speed for about half of the time.
func slowRamp(slowest float64) ramp {
	return balanced([]point{{0, 1}, {0.14, slowest}, {0.56, slowest}, {0.76, 0}, {0.90, 0}, {1, 1}})
}

// fastRamp runs at the fastest speed for about half of the time; its slow part is the longer.
func fastRamp(fastest float64) ramp {
	return balanced([]point{{0, 1}, {0.1, fastest}, {0.46, fastest}, {0.6, 0}, {0.94, 0}, {1, 1}})
}

// balanced solves for the speed of the points that have none so that the whole has a mean of 1: one part makes up for the
// other. A smooth change covers the same way as a straight one.
func balanced(points []point) ramp {
	r := ramp{speed: points}
	rest, share := 1.0, 0.0
	for i := 1; i < len(r.speed); i++ {
		a, b := r.speed[i-1], r.speed[i]
		for _, p := range []point{a, b} {
			if p.speed == 0 {
				share += (b.at - a.at) / 2
			} else {
				rest -= p.speed * (b.at - a.at) / 2
			}
		}
	}
	for i := range r.speed {
		if r.speed[i].speed == 0 {
			r.speed[i].speed = rest / share
		}
	}
	return r
}

// at returns the place in the source of picture index of 0..last, in pictures, and how far the next one is.
func (r ramp) at(index, last int) (place, span float64) {
	if index >= last {
		return float64(last), 1
	}
	n := float64(last)
	a, b := r.way(float64(index)/n)*n, r.way(float64(index+1)/n)*n
	return min(a, n), b - a
}

// way is the integral of the speed from 0 to t.
func (r ramp) way(t float64) float64 {
	way := 0.0
	for i := 1; i < len(r.speed); i++ {
		a, b := r.speed[i-1], r.speed[i]
		if t <= a.at {
			break
		}
		length := b.at - a.at
		x := min((t-a.at)/length, 1)
		// The integral of a + (b-a)·(3x²-2x³).
		way += length * (a.speed*x + (b.speed-a.speed)*(x*x*x-x*x*x*x/2))
	}
	return way
}
