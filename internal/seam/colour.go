package seam

import (
	"cmp"
	"math"
	"slices"
)

const (
	keptShare    = 0.75 // of the samples: the rest may show what the edit did, or a seam of motion
	rounds       = 6    // of fitting and choosing what to keep
	closeEnough  = 0.3  // code values left under which nothing richer is tried
	leastSamples = 40   // samples under which nothing is fitted

	// pullWeight draws coefficients towards doing nothing, as so much variance in each sample would: what the handles
	// have no colours for stays as it is.
	pullWeight = 1.0
	bendPull   = 25 // samples' worth, for a curve to go straight on
	bendSpread = 20 // code values: the usual spread of chroma
)

// colourFit is a fitted model of one handle.
type colourFit struct {
	model *colourMap
	at    func([3]float64) [3]float64
	rms   float64 // what is left of the samples that were kept, code values
	name  string  // of the mistake that it undoes, "" for a drift without a name
}

// fitColour finds the simplest map that takes the answer's colours to the original's: none, a known mistake undone, gains and
// offsets, those of a known mistake or after a gamma, any matrix, curves. A richer one has to leave clearly less. It
// returns nil without enough samples.
func fitColour(samples []sample, fullRange bool) *colourFit {
	if len(samples) < leastSamples {
		return nil
	}
	_, rms := keep(samples, identity.at)
	all := []*colourFit{{identity.model(nil), identity.at, rms, ""}}
	for _, k := range knownMistakes {
		_, rms := keep(samples, k.undo.at)
		all = append(all, &colourFit{k.undo.model(nil), k.undo.at, rms, k.name})
	}
	slices.SortStableFunc(all[1:], func(a, b *colourFit) int { return cmp.Compare(a.rms, b.rms) })
	nearest := slices.Clone(all[1:3])
	all = all[:2]
	plain, rms := fitAffine(samples, &identity, false, rounds)
	all = append(all, &colourFit{plain.model(nil), plain.at, rms, ""})
	if min(all[0].rms, all[1].rms, rms) > closeEnough {
		all = append(all, richer(samples, nearest, fullRange)...)
	}
	best := slices.MinFunc(all, func(a, b *colourFit) int { return cmp.Compare(a.rms, b.rms) })
	for _, f := range all {
		if f.rms <= 1.1*best.rms+0.05 {
			return f
		}
	}
	return best
}

// richer fits what has more to it than gains and offsets.
func richer(samples []sample, nearest []*colourFit, fullRange bool) (all []*colourFit) {
	for _, f := range nearest {
		i := slices.IndexFunc(knownMistakes, func(k known) bool { return k.name == f.name })
		a, rms := fitAffine(samples, &knownMistakes[i].undo, false, rounds)
		all = append(all, &colourFit{a.model(nil), a.at, rms, f.name})
	}
	all = append(all, fitGamma(samples, fullRange))
	matrix, rms := fitAffine(samples, &identity, true, rounds)
	all = append(all, &colourFit{matrix.model(nil), matrix.at, rms, ""})
	bent, rms := fitCurve(samples, &matrix)
	return append(all, &colourFit{matrix.model(bent), matrix.bent(bent), rms, ""})
}

// fitGamma looks for the power that luma was taken to, and gains and offsets after it is undone.
func fitGamma(samples []sample, fullRange bool) *colourFit {
	low, span := 16.0, 219.0
	if fullRange {
		low, span = 0, 255
	}
	undone := func(y, power float64) float64 { return low + span*math.Pow(max(y-low, 0)/span, power) }
	bent := make([]sample, len(samples))
	at := func(step float64) (*colourFit, float64) {
		power := math.Pow(2, step/12)
		for i, s := range samples {
			s.in[0] = undone(s.in[0], power)
			bent[i] = s
		}
		a, rms := fitAffine(bent, &identity, false, rounds/2)
		f := &colourFit{model: a.model(nil), rms: rms, at: func(in [3]float64) [3]float64 {
			in[0] = undone(in[0], power)
			return a.at(in)
		}}
		for y := range 256 {
			f.model.lut[0][y][0] = float32(a[0][0]*undone(float64(y), power) + a[0][3])
		}
		return f, step
	}
	best, around := at(0)
	for apart := 3.0; apart > 0.2; apart /= 2 { // from a factor of 1.2 on the power to one of 1.02
		for moved := true; moved; {
			moved = false
			for _, way := range []float64{-1, 1} {
				if f, step := at(around + way*apart); math.Abs(step) <= 12 && f.rms < best.rms {
					best, around, moved = f, step, true
				}
			}
		}
	}
	return best
}

// fitAffine fits an affine map on top of one that comes first, by least squares on the samples that fit best: gains and
// offsets of each channel, or with full a whole matrix.
func fitAffine(samples []sample, first *affine, full bool, rounds int) (affine, float64) {
	kept := samples
	fitted := *first
	var rms float64
	for range rounds {
		next := identity
		for c := range 3 {
			columns := []int{c, 3}
			if full {
				columns = []int{0, 1, 2, 3}
			}
			if !fitRow(&next[c], kept, first, c, columns) {
				return fitted, rms
			}
		}
		fitted = next.after(first)
		kept, rms = keep(samples, fitted.at)
	}
	return fitted, rms
}

// fitRow fits one output channel.
func fitRow(row *[4]float64, kept []sample, first *affine, c int, columns []int) bool {
	l := newLeastSquares(len(columns))
	x, at := make([]float64, len(columns)), make([]int, len(columns))
	for i := range at {
		at[i] = i
	}
	var mean [4]float64 // regress around the means, so that the pull does not move them
	for _, s := range kept {
		in := first.at(s.in)
		for k := range 3 {
			mean[k] += in[k] / float64(len(kept))
		}
		mean[3] += s.out[c] / float64(len(kept))
	}
	for _, s := range kept {
		in := first.at(s.in)
		for i, k := range columns {
			if x[i] = 0; k < 3 {
				x[i] = in[k] - mean[k]
			}
		}
		l.add(at[:len(at)-1], x[:len(x)-1], s.out[c]-mean[3])
	}
	for i, k := range columns {
		if k == 3 {
			l.a[i][i] = 1
			continue
		}
		to := 0.0
		if k == c {
			to = 1
		}
		l.pull(i, to, pullWeight*float64(len(kept)))
	}
	got, ok := l.solve()
	if !ok {
		return false
	}
	*row = [4]float64{}
	row[3] = mean[3]
	for i, k := range columns {
		if k < 3 {
			row[k] = got[i]
			row[3] -= got[i] * mean[k]
		}
	}
	return true
}

// fitCurve fits what an affine map leaves.
func fitCurve(samples []sample, base *affine) (*curve, float64) {
	bent := &curve{}
	kept, rms := keep(samples, base.at)
	for range rounds {
		next := &curve{}
		for ch := range 3 {
			l := newLeastSquares(3 * bends)
			for _, s := range kept {
				k, w := weights(s.in[0])
				left := s.out[ch] - base.at(s.in)[ch]
				l.add([]int{k, k + 1, bends + k, bends + k + 1, 2*bends + k, 2*bends + k + 1},
					[]float64{1 - w, w, (1 - w) * s.in[1], w * s.in[1], (1 - w) * s.in[2], w * s.in[2]}, left)
			}
			for i := range 3 * bends {
				weight := float64(bendPull)
				if i >= bends {
					weight *= bendSpread * bendSpread
				}
				l.pull(i, 0, weight/100)
				if i%bends >= 2 { // straight on where there are no samples
					l.add([]int{i - 2, i - 1, i}, []float64{math.Sqrt(weight), -2 * math.Sqrt(weight), math.Sqrt(weight)}, 0)
				}
			}
			got, ok := l.solve()
			if !ok {
				return bent, rms
			}
			copy(next[ch][:], got)
		}
		bent = next
		kept, rms = keep(samples, base.bent(bent))
	}
	return bent, rms
}

// keep returns the samples that a map fits best, and their RMS.
func keep(samples []sample, at func([3]float64) [3]float64) ([]sample, float64) {
	far := make([]float64, len(samples))
	for i := range samples {
		far[i] = distance(at(samples[i].in), samples[i].out)
	}
	sorted := slices.Clone(far)
	slices.Sort(sorted)
	n := max(int(keptShare*float64(len(sorted))), 1)
	var sum float64
	for _, d := range sorted[:n] {
		sum += d * d
	}
	kept := make([]sample, 0, n)
	for i, d := range far {
		if d <= sorted[n-1] {
			kept = append(kept, samples[i])
		}
	}
	return kept, math.Sqrt(sum / float64(n))
}

// moves returns how far the fit moves colours on average, code values.
func (f *colourFit) moves(samples []sample) (mean float64) {
	for _, s := range samples {
		mean += distance(s.in, f.at(s.in)) / float64(len(samples))
	}
	return mean
}
