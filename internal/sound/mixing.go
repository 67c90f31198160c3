package sound

import (
	"math"

	"retake/internal/wish"
)

// The names of what is done at a mixing desk.
const (
	Louder  Kind = "louder"
	Quieter Kind = "quieter"
	Fade    Kind = "fade sound"
	Mono    Kind = "mono"
	Wide    Kind = "wide"
	Bass    Kind = "bass"
	Treble  Kind = "treble"
	Pan     Kind = "pan sound"
)

var (
	louder = Entry{Kind: Louder, Louder: true, Doc: "6 dB louder unless the prompt says more or less; peaks are held below full scale",
		Treat: func(_ *scene, p planes, item Item) (planes, error) { return p.gained(10 * item.strength()), nil }}
	quieter = Entry{Kind: Quieter, Louder: true, Doc: "6 dB softer unless the prompt says more or less",
		Treat: func(_ *scene, p planes, item Item) (planes, error) { return p.gained(-10 * item.strength()), nil }}
	fading = Entry{Kind: Fade, Louder: true, Timed: true, Takes: []wish.Param{wish.Heading},
		Doc:   "the sound goes away over the segment, or comes in where the prompt says so",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.faded(p, item), nil }}
	inMono = Entry{Kind: Mono, Doc: "both sides the same: the middle of the picture",
		Treat: func(s *scene, p planes, _ Item) (planes, error) { return s.ahead(downmix(p, s.speakers)), nil }}
	widened = Entry{Kind: Wide, Doc: "a wider stereo image: more of what differs from side to side, made up where nothing does; mono clips stay mono",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.widened(p, item), nil }}
	panned = Entry{Kind: Pan, Takes: []wish.Param{wish.Placing, wish.Heading}, Timed: true,
		Doc:   "the sound goes from side to side over the segment, left to right unless the prompt says otherwise, or stays on the side that it names; mono clips stay mono",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.panned(p, item), nil }}
	moreBass = Entry{Kind: Bass, Doc: "6 dB more below 150 Hz unless the prompt says more or less",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return p.filtered(lowShelf(150, 10*item.strength(), s.rate)), nil
		}}
	moreTreble = Entry{Kind: Treble, Doc: "6 dB more above 4 kHz unless the prompt says more or less",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return p.filtered(highShelf(4000, 10*item.strength(), s.rate)), nil
		}}
)

func (p planes) gained(db float64) planes {
	p.scale(gainOf(db))
	return p
}

// filtered sends every channel through the same filter.
func (p planes) filtered(f biquad) planes {
	for _, ch := range p {
		one := f
		one.run(ch)
	}
	return p
}

// faded takes p away over the time that is asked for, all of the segment without one, or brings it in.
func (s *scene) faded(p planes, item Item) planes {
	from, to := item.When.Span(s.seconds())
	in := item.Direction == wish.In
	for i := range p.frames() {
		x := min(max((float64(i)/s.rate-from)/max(to-from, 1e-3), 0), 1)
		if !in {
			x = 1 - x
		}
		g := float32(math.Sin(x * math.Pi / 2))
		for c := range p {
			p[c][i] *= g * g
		}
	}
	return p
}

const farthest = 48.0 // degrees to which sound is moved

// panned moves the middle of p, over the time that is asked for or to stay. The bass channel is left as it is.
func (s *scene) panned(p planes, item Item) planes {
	from, to := item.When.Span(s.seconds())
	if pair(s.speakers, -30) < 0 {
		return p
	}
	side := 0.0
	switch item.Place {
	case wish.AtLeft, wish.TopLeft, wish.BottomLeft:
		side = -farthest
	case wish.AtRight, wish.TopRight, wish.BottomRight:
		side = farthest
	}
	heading := 1.0
	if item.Direction == wish.Left {
		heading = -1
	}
	mono := downmix(p, s.speakers)
	in := window(p.frames(), item.When, s.rate)
	was, now := make([]float64, len(p)), make([]float64, len(p))
	place := func(dst []float64, i int) {
		azimuth := side
		if side == 0 {
			x := min(max((float64(i)/s.rate-from)/max(to-from, 1e-3), 0), 1)
			azimuth = heading * farthest * (2*x - 1)
		}
		pan(dst, s.speakers, azimuth)
	}
	place(now, 0)
	for i, v := range mono {
		if i%block == 0 {
			was, now = now, was
			place(now, i+block)
		}
		mix := float64(i%block) / block
		for c := range p {
			if !s.speakers[c].lfe {
				p[c][i] = p[c][i]*(1-in[i]) + in[i]*v*float32(math.Sqrt2*(was[c]+(now[c]-was[c])*mix))
			}
		}
	}
	return p
}

// widened raises the difference of both sides, and makes one of filtered delays where there is next to none.
func (s *scene) widened(p planes, item Item) planes {
	l, r := pair(s.speakers, -30), pair(s.speakers, 30)
	if l < 0 || r < 0 {
		return p
	}
	mid, side := make([]float32, p.frames()), make([]float32, p.frames())
	for i := range mid {
		mid[i], side[i] = (p[l][i]+p[r][i])/2, (p[l][i]-p[r][i])/2
	}
	gain := float32(1 + 1.4*item.strength())
	made := float32(0)
	if rms(planes{side}) < 0.2*rms(planes{mid}) {
		made = float32(0.9 * item.strength())
	}
	other := append([]float32(nil), mid...)
	for _, ms := range []float64{7.3, 11.9, 17.1} {
		allPass(other, int(ms*s.rate/1000), 0.6)
	}
	butterworth(2, 250, s.rate, highPass).run(other)
	for i := range mid {
		d := side[i]*gain + other[i]*made
		p[l][i], p[r][i] = mid[i]+d, mid[i]-d
	}
	return p
}

// allPass spreads x over time without changing its spectrum (M. Schroeder, "Natural sounding artificial reverberation", 1962).
func allPass(x []float32, late int, gain float32) {
	if late < 1 {
		return
	}
	line := make([]float32, late)
	for i, v := range x {
		old := line[i%late]
		in := v + gain*old
		x[i] = old - gain*in
		line[i%late] = in
	}
}
