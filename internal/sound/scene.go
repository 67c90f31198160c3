package sound

import (
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// block is the number of samples for which slow controls (gusts, envelopes, moving filters) are held or interpolated.
const block = 64

// scene is what a sound is painted on: one layer of the segment.
type scene struct {
	ctx      context.Context
	rate     float64
	frames   int
	speakers []speaker
	source   *rand.PCG
	rng      *rand.Rand // draws from source
	out      planes
}

// newScene makes an empty layer whose randomness depends on the seed and the name only.
func newScene(ctx context.Context, in Input, name string) *scene {
	h := fnv.New64a()
	h.Write([]byte(name))
	source := rand.NewPCG(uint64(in.Seed), h.Sum64())
	return &scene{
		ctx: ctx, rate: float64(in.Format.Rate), frames: in.Frames, speakers: speakers(in.Format.Channels),
		source: source, rng: rand.New(source), out: newPlanes(in.Format.Channels, in.Frames),
	}
}

func (s *scene) seconds() float64 { return float64(s.frames) / s.rate }

// stopped returns the cause when the work was cancelled.
func (s *scene) stopped() error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return nil
}

// white returns uniform noise of unit variance.
func (s *scene) white() float64 {
	return float64(int64(s.source.Uint64())) * (1.7320508075688772 / (1 << 63))
}

// spread draws from a log-normal distribution with median 1; sigma is that of the logarithm.
func (s *scene) spread(sigma float64) float64 { return math.Exp(sigma * s.rng.NormFloat64()) }

// between draws uniformly.
func (s *scene) between(lo, hi float64) float64 { return lo + (hi-lo)*s.rng.Float64() }

// curve is a slow random movement about 0, roughly within -1 to 1, with a value for each block and one more.
type curve []float64

// wander makes a curve that turns about hz times a second, with finer movement on top.
func (s *scene) wander(hz float64) curve {
	c := make(curve, s.frames/block+2)
	for octave, share := 0, 0.75; octave < 3; octave, share = octave+1, share*0.45 {
		step := hz * math.Pow(2.1, float64(octave)) * block / s.rate
		phase := s.rng.Float64()
		a, b := s.between(-1, 1), s.between(-1, 1)
		for i := range c {
			if phase += step; phase >= 1 {
				_, phase = math.Modf(phase)
				a, b = b, s.between(-1, 1)
			}
			ease := phase * phase * (3 - 2*phase)
			c[i] += share * (a + (b-a)*ease)
		}
	}
	return c
}

// at interpolates the curve at a sample.
func (c curve) at(i int) float64 {
	k := i / block
	frac := float64(i%block) / block
	return c[k] + (c[k+1]-c[k])*frac
}

// mapped returns f of every value.
func (c curve) mapped(f func(float64) float64) curve {
	d := make(curve, len(c))
	for i, v := range c {
		d[i] = f(v)
	}
	return d
}

// noise adds filtered white noise to each channel, scaled by the channel's share of a bed, gain and the curve that
// swell gives for the channel (nil for none).
func (s *scene) noise(gain float64, filter chain, swell func(channel int) curve) error {
	for c, sp := range s.speakers {
		if sp.bed == 0 {
			continue
		}
		if err := s.stopped(); err != nil {
			return err
		}
		f := append(chain(nil), filter...)
		f.rest()
		var level curve
		if swell != nil {
			level = swell(c)
		}
		dst, g := s.out[c], gain*sp.bed
		for i := range dst {
			v := f.tick(s.white()) * g
			if level != nil {
				v *= level.at(i)
			}
			dst[i] += float32(v)
		}
	}
	return nil
}

// lowEnd gives the bass channel, where there is one, what the others carry below hz.
func (s *scene) lowEnd(hz, gain float64) {
	for c, sp := range s.speakers {
		if !sp.lfe {
			continue
		}
		for o, other := range s.speakers {
			if other.lfe {
				continue
			}
			for i, v := range s.out[o] {
				s.out[c][i] += v * float32(gain)
			}
		}
		butterworth(4, hz, s.rate, lowPass).run(s.out[c])
	}
}
