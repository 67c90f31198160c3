package sound

import (
	"math"

	"retake/internal/wish"
)

// course is the way of something that goes by in a straight line at a steady speed.
type course struct {
	at      float64 // second in which it is nearest
	metres  float64 // how near that is
	speed   float64 // metres a second
	heading float64 // 1 for to the right, -1 for to the left
	height  float64 // metres over the ground; 0 is that of what rolls on it
	aside   float64 // degrees to the right by which it is turned
}

// heard returns what is heard in a second: when it was sent, how far away, and from which azimuth. Sound that is heard at u, seconds
// after the thing was nearest, left it at e with e + √(d² + v²e²)/c = u.
func (c course) heard(second float64) (sent, metres, azimuth float64) {
	u, c2, v2 := second-c.at, soundSpeed*soundSpeed, c.speed*c.speed
	e := (u*c2 - math.Sqrt(u*u*c2*c2-(c2-v2)*(u*u*c2-c.metres*c.metres))) / (c2 - v2)
	along := c.speed * e
	return c.at + e, math.Hypot(along, c.metres), c.aside + c.heading*math.Atan2(along, c.metres)*180/math.Pi
}

// The way by the ground is longer than the straight one by twice the product of both heights over the distance.
const (
	axleHeight = 0.3 // metres
	earHeight  = 1.5
	groundGain = 0.5 // of what the ground sends back
)

// dulled is how far up what is heard of it reaches, in hertz: over the ground less comes through than through the air.
func (c course) dulled(metres float64) float64 {
	if c.height > axleHeight {
		return 1500 + 1.2e6/metres
	}
	return 1200 + 90000/max(metres, 8)
}

// passes adds what goes by on a course: x is its sound from what is heard first on, over and over, and keeps its level where it is
// nearest. It changes its pitch as it comes and goes (C. Doppler, 1842), and its colour as the way by the ground,
// which is nearly as long, takes out more or less.
func (s *scene) passes(c course, x []float32, gain float64) {
	n := len(x)
	if n < 4 {
		return
	}
	ring := append(append([]float32(nil), x...), x[:4]...)
	was, now := make([]float64, len(s.speakers)), make([]float64, len(s.speakers))
	level := func(dst []float64, metres, azimuth float64) {
		pan(dst, s.speakers, azimuth)
		g := gain * max(c.metres/metres-0.012, 0)
		for k := range dst {
			dst[k] *= g
		}
	}
	sent, metres, azimuth := c.heard(0)
	first := sent
	level(was, metres, azimuth)
	var dull float64
	for from := 0; from < s.frames; from += block {
		next, m, az := c.heard(float64(from+block) / s.rate)
		level(now, m, az)
		step, at := (next-sent)*s.rate/block, math.Mod((sent-first)*s.rate, float64(n))
		late := 2 * max(c.height, axleHeight) * earHeight / metres / soundSpeed * s.rate
		fall := math.Exp(-2 * math.Pi * min(c.dulled(metres), 0.45*s.rate) / s.rate)
		for i := from; i < min(from+block, s.frames); i++ {
			v := cubic(ring, at)
			if back := at - late; back >= 0 {
				v += groundGain * between2(ring, back)
			}
			dull = v + (dull-v)*fall
			w := float64(i-from) / block
			for k, out := range s.out {
				out[i] += float32(dull * (was[k] + (now[k]-was[k])*w))
			}
			if at += step; at >= float64(n) {
				at -= float64(n)
			}
		}
		was, now = now, was
		sent, metres = next, m
	}
}

// cubic is x at a place between two samples, which has another two on either side but at the ends (E. Catmull and R. Rom, 1974).
func cubic(x []float32, at float64) float64 {
	k := min(int(at), len(x)-3)
	t := at - float64(k)
	a, b, c, d := float64(x[max(k-1, 0)]), float64(x[k]), float64(x[k+1]), float64(x[k+2])
	return b + 0.5*t*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
}

// rolling is so many seconds of noise of the given shape that go round without a seam.
func (s *scene) rolling(seconds float64, shape chain) []float32 {
	n := min(int(seconds*s.rate), s.frames)
	fade := n / 8
	x := make([]float32, n+fade)
	shape.rest()
	for i := range x {
		x[i] = float32(shape.tick(s.white()))
	}
	for i := range fade { // the end goes over into the start
		in, out := math.Sincos(float64(i) / float64(fade) * math.Pi / 2)
		x[i] = float32(in)*x[i] + float32(out)*x[n+i]
	}
	return x[:n]
}

// apart returns a layer of its own, with the same chance.
func (s *scene) apart() *scene {
	l := *s
	l.out = newPlanes(len(s.speakers), s.frames)
	return &l
}

// lay adds a layer at a loudness, against which the others are told: layers that happen now and then are measured where they are loudest.
func (s *scene) lay(lufs float64, rarely bool, paint func(l *scene) error) error {
	l := s.apart()
	if err := paint(l); err != nil {
		return err
	}
	l.out.toLoudness(lufs, int(s.rate), rarely)
	s.out.add(l.out)
	return s.stopped()
}

// layer is what lay is told of one.
type layer struct {
	lufs   float64
	rarely bool
	paint  func(l *scene) error
}

// layers adds what sounds at a place, one after the other.
func (s *scene) layers(list []layer) error {
	for _, l := range list {
		if err := s.lay(l.lufs, l.rarely, l.paint); err != nil {
			return err
		}
	}
	return nil
}

// single is a layer of one channel, for the sound of one thing, and longer than the segment by what fits into it where that comes near.
func (s *scene) single() *scene {
	l := *s
	l.speakers, l.frames = speakers(1), s.frames+s.frames/8+1
	l.out = newPlanes(1, l.frames)
	return &l
}

// heading is which way something goes: as was said, else by chance.
func (s *scene) heading(item Item) float64 {
	switch item.Direction {
	case wish.Left:
		return -1
	case wish.Right:
		return 1
	}
	return float64(s.rng.IntN(2)*2 - 1)
}

// pace is how fast something is to go against the usual speed.
func (i Item) pace() float64 {
	if i.Speed <= 0 {
		return 1
	}
	return min(max(i.Speed, 0.3), 3)
}
