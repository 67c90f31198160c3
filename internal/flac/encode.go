package flac

import (
	"fmt"
	"math"

	"retake/internal/bits"
)

// Encode returns a frame that takes the place of old in its stream: with its header but for how the channels are
// stored, for as many samples. samples has a slice for each channel, of values that have the stream's bits.
//
// Subframes are constant, verbatim or predicted by a fixed polynomial, whichever is smallest: a few frames among
// many, which need no better prediction.
func Encode(info Info, old []byte, samples [][]int64) ([]byte, error) {
	h, err := ParseHeader(old)
	if err != nil {
		return nil, err
	}
	if len(samples) != info.Channels || h.Channels != info.Channels || len(samples[0]) != h.Block {
		return nil, fmt.Errorf("encode flac: %d channels of %d samples for a frame of %d and %d", len(samples), len(samples[0]), h.Channels, h.Block)
	}
	assignment, planes, depths := arrange(info.Bits, samples)
	head := append([]byte(nil), old[:h.size-1]...)
	head[3] = head[3]&0x0f | byte(assignment)<<4
	w := &bits.Writer{Data: append(head, crc8(head))}
	for c, plane := range planes {
		writeSubframe(w, plane, depths[c])
	}
	w.Align()
	sum := crc16(w.Data)
	return append(w.Data, byte(sum>>8), byte(sum)), nil
}

// Channel assignments of two channels that are stored by their difference (9.1.3). The difference has a bit more.
const (
	leftSide  = 8
	sideRight = 9
	midSide   = 10
)

// arrange chooses how the channels are stored.
func arrange(depth int, samples [][]int64) (assignment int, planes [][]int64, depths []int) {
	depths = make([]int, len(samples))
	for i := range depths {
		depths[i] = depth
	}
	if len(samples) != 2 {
		return len(samples) - 1, samples, depths
	}
	left, right := samples[0], samples[1]
	mid, side := make([]int64, len(left)), make([]int64, len(left))
	for i := range left {
		mid[i], side[i] = (left[i]+right[i])>>1, left[i]-right[i]
	}
	l, r, m, s := effort(left), effort(right), effort(mid), effort(side)
	switch min(l+r, l+s, s+r, m+s) {
	case l + r:
		return 1, samples, depths
	case l + s:
		return leftSide, [][]int64{left, side}, []int{depth, depth + 1}
	case s + r:
		return sideRight, [][]int64{side, right}, []int{depth + 1, depth}
	}
	return midSide, [][]int64{mid, side}, []int{depth, depth + 1}
}

// effort is about how much the changes of the changes of the samples have to say.
func effort(samples []int64) (sum int64) {
	for i := 2; i < len(samples); i++ {
		d := samples[i] - 2*samples[i-1] + samples[i-2]
		sum += max(d, -d)
	}
	return sum
}

// Subframe types (9.2.1).
const (
	typeConstant = 0
	typeVerbatim = 1
	typeFixed    = 8
)

// maxFixed is the highest order of a fixed predictor, and maxResidual the bits that a residual may have (9.2.7.3).
const (
	maxFixed    = 4
	maxResidual = 31
)

func writeSubframe(w *bits.Writer, samples []int64, depth int) {
	constant := true
	for _, v := range samples {
		constant = constant && v == samples[0]
	}
	if constant {
		w.Write(typeConstant<<1, 8)
		w.Write(uint64(samples[0]), depth)
		return
	}
	best, order, plan := depth*len(samples), -1, ricePlan{}
	for o, residual := 0, samples; o <= maxFixed && o < len(samples) && depth+o <= maxResidual; o++ {
		if o > 0 {
			residual = differences(residual)
		}
		if p := planRice(residual, o); p.size+o*depth < best {
			best, order, plan = p.size+o*depth, o, p
		}
	}
	if order < 0 {
		w.Write(typeVerbatim<<1, 8)
		for _, v := range samples {
			w.Write(uint64(v), depth)
		}
		return
	}
	w.Write(uint64(typeFixed+order)<<1, 8)
	for _, v := range samples[:order] {
		w.Write(uint64(v), depth)
	}
	plan.write(w)
}

func differences(samples []int64) []int64 {
	out := make([]int64, len(samples)-1)
	for i := range out {
		out[i] = samples[i+1] - samples[i]
	}
	return out
}

// ricePlan is how a residual is coded (9.2.7): in partitions, each with its own Rice parameter.
type ricePlan struct {
	folded []uint64 // the residual as numbers from 0 on
	order  int      // of the predictor: that many samples are missing from the first partition
	split  int      // there are 1<<split partitions
	params []int
	wide   bool // parameters of 5 bits
	size   int  // bits
}

// Bounds of the coding: parameters of the narrow and the wide form (the largest of each is an escape), and how often a
// block is split.
const (
	maxNarrow = 14
	maxWide   = 30
	maxSplit  = 6
)

func planRice(residual []int64, order int) ricePlan {
	folded := make([]uint64, len(residual))
	for i, v := range residual {
		folded[i] = uint64(v<<1 ^ v>>63)
	}
	best := ricePlan{size: math.MaxInt}
	block := len(residual) + order
	for split := 0; split <= maxSplit && block%(1<<split) == 0 && block>>split > order; split++ {
		p := ricePlan{folded: folded, order: order, split: split, size: 6}
		for part := range 1 << split {
			k, size := bestParam(p.partition(part))
			p.params, p.size = append(p.params, k), p.size+size
			p.wide = p.wide || k > maxNarrow
		}
		if p.size += len(p.params) * p.paramBits(); p.size < best.size {
			best = p
		}
	}
	return best
}

func (p *ricePlan) paramBits() int {
	if p.wide {
		return 5
	}
	return 4
}

// partition returns the residual of one partition.
func (p *ricePlan) partition(part int) []uint64 {
	size := (len(p.folded) + p.order) >> p.split
	return p.folded[max(part*size-p.order, 0) : (part+1)*size-p.order]
}

// bestParam returns the parameter that codes the values in the fewest bits, and these.
func bestParam(values []uint64) (param, size int) {
	size = math.MaxInt
	for k := range maxWide + 1 {
		bits := uint64(len(values)) * uint64(k+1)
		for _, v := range values {
			bits += v >> k
		}
		if bits >= uint64(size) {
			break // it only grows from here on
		}
		param, size = k, int(bits)
	}
	return param, size
}

func (p *ricePlan) write(w *bits.Writer) {
	method := uint64(0)
	if p.wide {
		method = 1
	}
	w.Write(method, 2)
	w.Write(uint64(p.split), 4)
	for part, k := range p.params {
		w.Write(uint64(k), p.paramBits())
		for _, v := range p.partition(part) {
			w.Unary(int(v>>k), false)
			w.Write(v, k)
		}
	}
}
