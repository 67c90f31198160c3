package seam

import (
	"math"
	"math/rand/v2"

	"retake/internal/retake"
)

// grain gives new pictures the noise of the old: what they lack is added, what they have too much is calmed.
type grain struct {
	seed   uint64
	luma   []int8 // a square of tileSize of noise, in 1/8 code values; nil for none
	chroma []int8
	calm   float64 // share of the noise to keep, 1 for all
	limit  int     // detail above is no noise, code values
	source []byte  // room for a copy of luma
}

const (
	tileSize  = 256
	patchSize = 32  // side of the patches that are taken out of the square, as AV1's film grain does (AV1 specification, 7.18.3.5)
	leastGap  = 0.3 // code values of missing noise that matter
)

// newGrain works out what to add to pictures with one noise to give them another's.
func newGrain(have, want noise, seed int64) *grain {
	g := &grain{seed: uint64(seed), calm: 1}
	rng := rand.New(rand.NewPCG(uint64(seed), 0x67726169))
	fine, coarse := missing(want.fine, have.fine), missing(want.coarse, have.coarse)
	if fine > leastGap*leastGap || coarse > leastGap*leastGap {
		g.luma = lumaTile(rng, fine, coarse)
	}
	if c := missing(want.chroma, have.chroma); c > leastGap*leastGap {
		g.chroma = tile(white(rng, tileSize), math.Sqrt(c))
	}
	if g.luma == nil && have.fine > want.fine+leastGap {
		// With x = m + d, m the mean of 3x3, a ninth of white noise's power is in m; d, which the estimate sees, is scaled.
		g.calm = want.fine / have.fine
		g.limit = int(math.Ceil(3 * have.fine))
	}
	return g
}

// missing is the power to be added.
func missing(want, have float64) float64 { return max(0, want*want-have*have) }

func white(rng *rand.Rand, size int) []float64 {
	v := make([]float64, size*size)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

// lumaTile makes noise of a given power at full and at half size: white noise, a quarter of whose power is left at half size,
// and white noise of half the size drawn large, of whose powers its own estimate tells.
func lumaTile(rng *rand.Rand, fine, coarse float64) []int8 {
	large := enlarge(white(rng, tileSize/2), tileSize/2)
	own := tileNoise(large)
	k1, k2 := own.fine*own.fine, own.coarse*own.coarse
	b := 0.0
	if d := k2 - k1/4; d > 0 {
		b = max(0, (coarse-fine/4)/d)
	}
	a := max(0, fine-k1*b)
	v := white(rng, tileSize)
	for i := range v {
		v[i] = v[i]*math.Sqrt(a) + large[i]*math.Sqrt(b)
	}
	return tile(v, 1)
}

// tileNoise measures a square of noise of deviation 1 as pictures are measured.
func tileNoise(v []float64) noise {
	f := retake.NewFrame(retake.PictureFormat{Width: tileSize, Height: tileSize})
	const scale = 16.0
	for i, x := range v {
		f.Y[i] = clip8(int32(math.Round(128 + scale*x)))
	}
	n := noiseOf(f)
	return noise{fine: n.fine / scale, coarse: n.coarse / scale}
}

// enlarge doubles a square's sides, smoothly and without an edge.
func enlarge(v []float64, size int) []float64 {
	out := make([]float64, 4*size*size)
	at := func(x, y int) float64 { return v[(y+size)%size*size+(x+size)%size] }
	for y := range 2 * size {
		for x := range 2 * size {
			i, j := x/2, y/2
			u, w := i-1+x%2*2, j-1+y%2*2
			out[y*2*size+x] = (9*at(i, j) + 3*at(u, j) + 3*at(i, w) + at(u, w)) / 16
		}
	}
	return out
}

func tile(v []float64, deviation float64) []int8 {
	out := make([]int8, len(v))
	for i, x := range v {
		out[i] = int8(min(max(math.Round(8*deviation*x), -127), 127))
	}
	return out
}

// to changes the noise of picture index, where the mask takes anything of it.
func (g *grain) to(f *retake.Frame, index int, m *mask) {
	if g.calm < 1 {
		g.soothe(f)
	}
	if g.luma == nil && g.chroma == nil {
		return
	}
	w, h := f.Format.Width, f.Format.Height
	down := (h + patchSize - 1) / patchSize
	inRows(down, func(from, to int) {
		for j := from; j < to; j++ {
			for i := range (w + patchSize - 1) / patchSize {
				if !m.touches(i*patchSize/2, j*patchSize/2, patchSize/2) {
					continue
				}
				r := scramble(g.seed ^ uint64(index)<<40 ^ uint64(j)<<20 ^ uint64(i))
				if g.luma != nil {
					sprinkle(f.Y, w, h, i*patchSize, j*patchSize, patchSize, g.luma, r)
				}
				if g.chroma != nil {
					cw, ch := f.Format.ChromaWidth(), f.Format.ChromaHeight()
					sprinkle(f.Cb, cw, ch, i*patchSize/2, j*patchSize/2, patchSize/2, g.chroma, r>>16)
					sprinkle(f.Cr, cw, ch, i*patchSize/2, j*patchSize/2, patchSize/2, g.chroma, r>>32)
				}
			}
		}
	})
}

// sprinkle adds a patch of noise from a place of the tile that r chooses.
func sprinkle(p []byte, w, h, x, y, size int, noise []int8, r uint64) {
	u, v := int(r%(tileSize-patchSize)), int(r>>8%(tileSize-patchSize))
	n := min(size, w-x)
	for j := range min(size, h-y) {
		row, from := p[(y+j)*w+x:], noise[(v+j)*tileSize+u:]
		row, from = row[:n], from[:n]
		for i := range row {
			row[i] = clip8(int32(row[i]) + (int32(from[i])+4)>>3)
		}
	}
}

// scramble spreads the bits of x (the finaliser of SplitMix64).
func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// soothe weakens small detail.
func (g *grain) soothe(f *retake.Frame) {
	w, h := f.Format.Width, f.Format.Height
	if h < 3 || w < 3 {
		return
	}
	keep := int(256 * g.calm)
	source := append(g.source[:0], f.Y...)
	g.source = source
	inRows(h-2, func(from, to int) {
		for y := from + 1; y < to+1; y++ {
			a, b, c, out := source[(y-1)*w:y*w], source[y*w:(y+1)*w], source[(y+1)*w:(y+2)*w], f.Y[y*w:(y+1)*w]
			for x := 1; x < w-1; x++ {
				sum := int(a[x-1]) + int(a[x]) + int(a[x+1]) + int(b[x-1]) + int(b[x]) + int(b[x+1]) + int(c[x-1]) + int(c[x]) + int(c[x+1])
				d := 9*int(b[x]) - sum // nine times the detail
				if max(d, -d) <= 9*g.limit {
					out[x] = byte((sum*256 + d*keep + 9*128) / (9 * 256))
				}
			}
		}
	})
}

// touches reports whether a square of the mask holds anything of the new picture.
func (m *mask) touches(x, y, size int) bool {
	for j := y; j < min(y+size, m.h); j++ {
		for _, v := range m.now.v[j*m.w+min(x, m.w) : j*m.w+min(x+size, m.w)] {
			if v > 0 {
				return true
			}
		}
	}
	return false
}
