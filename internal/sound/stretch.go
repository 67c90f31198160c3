package sound

import "math"

const (
	stretchHop    = 0.022 // seconds between the pieces that are overlapped; each is twice as long
	stretchReach  = 0.012 // seconds by which a piece is looked for either way
	stretchCoarse = 4000  // samples a second at least at which pieces are compared first
)

// stretch plays p over by times its length (above 1 slower) without a change of pitch: pieces are overlapped where they go
// on most alike (WSOLA: W. Verhelst and M. Roelands, ICASSP 1993). All channels take the same pieces, so the image stays.
func stretch(p planes, by, rate float64) planes {
	n := p.frames()
	length := int(math.Round(float64(n) * by))
	out := newPlanes(len(p), length)
	hop := max(int(stretchHop*rate), 8)
	if by == 1 || n <= 2*hop || !(by > 0) {
		for c := range p {
			copy(out[c], p[c])
		}
		return out
	}
	f := newFollower(p, hop, rate)
	fade := ramp(2*hop, 0, hop)
	at := 0
	for start := 0; start < length; start += hop {
		if start > 0 {
			at = f.next(at+hop, int(math.Round(float64(start)/by)))
		}
		for c := range p {
			for i := 0; i < 2*hop && start+i < length; i++ {
				if at+i >= n {
					break
				}
				w := fade[i]
				if start == 0 && i < hop {
					w = 1
				}
				out[c][start+i] += p[c][at+i] * w
			}
		}
	}
	return out
}

// follower finds where a piece goes on most alike.
type follower struct {
	fine, coarse []float64
	step         int // samples of fine for one of coarse
	hop, reach   int
}

func newFollower(p planes, hop int, rate float64) *follower {
	f := &follower{fine: make([]float64, p.frames()), hop: hop, reach: int(stretchReach * rate), step: max(int(rate/stretchCoarse), 1)}
	for _, ch := range p {
		for i, v := range ch {
			f.fine[i] += float64(v)
		}
	}
	f.coarse = make([]float64, len(f.fine)/f.step)
	for i := range f.coarse {
		for _, v := range f.fine[i*f.step : (i+1)*f.step] {
			f.coarse[i] += v
		}
	}
	return f
}

// next returns the start of a piece near wanted that is most like what follows naturally.
func (f *follower) next(natural, wanted int) int {
	last := max(len(f.fine)-2*f.hop, 0)
	natural, wanted = min(natural, last), min(wanted, last)
	rough := best(f.coarse, natural/f.step, wanted/f.step, f.reach/f.step, f.hop/f.step) * f.step
	return min(max(best(f.fine, natural, rough, f.step, f.hop), 0), last)
}

// best returns the start within reach of wanted at which size samples of x are most like those at natural.
func best(x []float64, natural, wanted, reach, size int) int {
	found, top := wanted, math.Inf(-1)
	for at := max(wanted-reach, 0); at <= wanted+reach && at+size <= len(x); at++ {
		var xy, yy float64
		for i := range size {
			if natural+i >= len(x) {
				break
			}
			xy += x[natural+i] * x[at+i]
			yy += x[at+i] * x[at+i]
		}
		if alike := xy / math.Sqrt(yy+1e-12); alike > top {
			found, top = at, alike
		}
	}
	return found
}
