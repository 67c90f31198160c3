package sound

import (
	"math"

	"retake/internal/retake"
)

// Quietest is what the meters say of digital silence, in LUFS and dBFS.
const Quietest = -120.0

// kWeighting returns the two filters of ITU-R BS.1770-4 annex 1 for any sample rate. The standard gives coefficients
// for 48 kHz only; these are the analogue prototypes they come from, as worked out by B. De Man ("Evaluation of
// implementations of the EBU R128 loudness measurement", 2018) and used by libebur128.
func kWeighting(rate float64) chain {
	k := math.Tan(math.Pi * 1681.974450955533 / rate)
	const shelfQ = 0.7071752369554196
	vh := math.Pow(10, 3.999843853973347/20)
	vb := math.Pow(vh, 0.4996667741545416)
	n := 1 + k/shelfQ + k*k
	shelf := biquad{
		b0: (vh + vb*k/shelfQ + k*k) / n, b1: 2 * (k*k - vh) / n, b2: (vh - vb*k/shelfQ + k*k) / n,
		a1: 2 * (k*k - 1) / n, a2: (1 - k/shelfQ + k*k) / n,
	}
	k = math.Tan(math.Pi * 38.13547087602444 / rate)
	const passQ = 0.5003270373238773
	n = 1 + k/passQ + k*k
	pass := biquad{b0: 1, b1: -2, b2: 1, a1: 2 * (k*k - 1) / n, a2: (1 - k/passQ + k*k) / n}
	return chain{shelf, pass}
}

// lufs converts a weighted mean square.
func lufs(meanSquare float64) float64 {
	return max(-0.691+10*math.Log10(max(meanSquare, 1e-30)), Quietest)
}

// tenthPowers returns the channel-weighted mean square of each 100 ms, or of four parts of what is shorter than 400 ms.
func (p planes) tenthPowers(rate int) []float64 {
	hop := max(rate/10, 1)
	steps := p.frames() / hop
	if steps < 4 {
		hop, steps = max(p.frames()/4, 1), min(p.frames(), 4)
	}
	tenths := make([]float64, steps)
	for c, s := range speakers(len(p)) {
		if s.lfe {
			continue
		}
		k := kWeighting(float64(rate))
		shelf, pass := k[0], k[1]
		for t := range tenths {
			var sum float64
			for _, v := range p[c][t*hop : (t+1)*hop] {
				y := pass.tick(shelf.tick(float64(v)))
				sum += y * y
			}
			tenths[t] += s.weight * sum / float64(hop)
			shelf.settle()
			pass.settle()
		}
	}
	return tenths
}

// shortTerm is the loudness of up to 3 s without a gate (EBU Tech 3341, 2.2).
func (p planes) shortTerm(rate int) float64 {
	var sum float64
	tenths := p.tenthPowers(rate)
	for _, v := range tenths {
		sum += v / float64(len(tenths))
	}
	return lufs(sum)
}

// blockPowers returns the channel-weighted mean square of each 400 ms block, a block every 100 ms. Sound shorter than
// a block counts as one block of its own length.
func (p planes) blockPowers(rate int) []float64 {
	tenths := p.tenthPowers(rate)
	steps := len(tenths)
	if steps == 0 {
		return nil
	}
	blocks := make([]float64, max(steps-3, 1))
	for b := range blocks {
		span := tenths[b:min(b+4, steps)]
		for _, v := range span {
			blocks[b] += v / float64(len(span))
		}
	}
	return blocks
}

// integrated is the gated loudness of BS.1770-4: blocks above -70 LUFS, then those above the mean less 10 LU.
func (p planes) integrated(rate int) float64 {
	blocks := p.blockPowers(rate)
	mean := func(above float64) float64 {
		var sum float64
		var n int
		for _, b := range blocks {
			if lufs(b) > above {
				sum += b
				n++
			}
		}
		if n == 0 {
			return 0
		}
		return sum / float64(n)
	}
	absolute := mean(-70)
	if absolute == 0 {
		return Quietest
	}
	return lufs(mean(lufs(absolute) - 10))
}

// loudest is the highest loudness of any 400 ms (EBU Tech 3341, "maximum momentary").
func (p planes) loudest(rate int) float64 {
	var top float64
	for _, b := range p.blockPowers(rate) {
		top = max(top, b)
	}
	return lufs(top)
}

// Loudness returns the gated, K-weighted loudness of interleaved sound in LUFS (ITU-R BS.1770-4), Quietest when all
// of it is below the gate.
func Loudness(interleaved []float32, f retake.SoundFormat) float64 {
	return split(interleaved, f.Channels).integrated(f.Rate)
}

// TruePeak returns the highest level between and at the samples, in dBFS, by four-fold oversampling.
func TruePeak(interleaved []float32, f retake.SoundFormat) float64 {
	var top float64
	for _, ch := range split(interleaved, f.Channels) {
		for i := range ch {
			top = max(top, truePeakAt(ch, i, 0))
		}
	}
	return max(decibels(top), Quietest)
}
