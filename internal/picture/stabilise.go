package picture

import (
	"math"

	"retake/internal/retake"
)

// Stabilise is the effect's name.
const Stabilise Kind = "stabilise"

var stabilised = Entry{Kind: Stabilise,
	Doc: "the camera's shake goes and its way stays: its motion is measured over the whole segment, smoothed, and each picture moved and turned by what is between; the view comes a little nearer (12 % at most) so that no edge shows. The pictures wait on the disk meanwhile, as for reverse",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		k, err := newKeptReader(source, s, l)
		if err != nil {
			return nil, err
		}
		r := &steadied{keptReader: k, stage: newStage(cfg, s), strength: clamp01(l.Strength), curve: newEnvelope(s.Frames, frequency(s.Format), cfg.Ramp, l.When)}
		r.warp = newWarped(r.stage, func(index int, _ float64) (placing, float64) { return r.placing(index), 1 })
		k.see, k.all, k.show = r.study(), r.plan, r.still
		return k, nil
	}}

// nearest is how much nearer the view may come.
const nearest = 1.12

// steadied shows the pictures that are kept without the camera's shake.
type steadied struct {
	*keptReader
	stage    stage
	strength float64
	curve    envelope
	warp     *warped

	way   []similar // of picture i of them against the first
	moves []move    // by picture from from on
	zoom  float64
}

// move is how far a picture is moved, in luma samples, and turned, in degrees.
type move struct{ x, y, turn float64 }

// still shows a picture of the segment, but for its ends, from where the camera would have stood.
func (r *steadied) still(dst *retake.Frame, index int) error {
	if err := r.load(dst, index); err != nil {
		return err
	}
	if index > 0 && index < r.last {
		r.warp.apply(dst, index, 1)
	}
	return nil
}

// study measures the camera's way, picture by picture.
func (r *steadied) study() func(f *retake.Frame) {
	al := newAligner(r.stage.crew, r.stage.format)
	return func(f *retake.Frame) {
		step := al.next(f)
		if n := len(r.way); n > 0 {
			step = r.way[n-1].then(step)
		}
		r.way = append(r.way, step)
	}
}

// plan finds the moves: the smoothed way less the way, and how near the view must come for them.
func (r *steadied) plan() {
	n := len(r.way)
	x, y, turn := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, s := range r.way {
		x[i], y[i], turn[i] = s.x, s.y, math.Atan2(s.b, 1+s.a)*180/math.Pi
	}
	reach := frequency(r.stage.format) * (0.25 + 0.6*r.strength)
	sx, sy, st := smoothWay(x, reach), smoothWay(y, reach), smoothWay(turn, reach)
	r.moves = make([]move, n)
	for i := range r.moves {
		m := move{x[i] - sx[i], y[i] - sy[i], turn[i] - st[i]}
		r.zoom = max(r.zoom, min(r.need(m), nearest))
		r.moves[i] = r.within(m, nearest) // the worst shakes are only lessened
	}
}

// need is how near the view must be for a move to show no edge.
func (r *steadied) need(m move) float64 {
	width, height := float64(r.stage.format.Width), float64(r.stage.format.Height)
	return r.stage.filling(m.turn) * max(1+2*math.Abs(m.x)/width, 1+2*math.Abs(m.y)/height)
}

// within is as much of a move as a view that is so near has room for.
func (r *steadied) within(m move, zoom float64) move {
	if need := r.need(m); need > zoom && need > 1 {
		k := (zoom - 1) / (need - 1)
		return move{m.x * k, m.y * k, m.turn * k}
	}
	return m
}

// placing is where picture index is shown from. Near the seams the view is not near enough yet for all of the move.
func (r *steadied) placing(index int) placing {
	zoom := 1 + (r.zoom-1)*r.curve.at(index)
	m := r.within(r.moves[index-r.from], zoom)
	return magnified(zoom, -m.turn, m.x, m.y)
}

// smoothWay is a way without what is faster than about reach pictures, by a Gaussian. Beyond its ends it goes on as it came, turned about, so that the ends stay
// where they are.
func smoothWay(way []float64, reach float64) []float64 {
	n := len(way)
	out := make([]float64, n)
	at := func(i int) float64 {
		switch last := n - 1; {
		case last == 0:
			return way[0]
		case i < 0:
			return 2*way[0] - way[min(-i, last)]
		case i > last:
			return 2*way[last] - way[max(2*last-i, 0)]
		}
		return way[i]
	}
	far := int(3 * reach)
	for i := range out {
		sum, weights := 0.0, 0.0
		for k := -far; k <= far; k++ {
			w := math.Exp(-float64(k*k) / (2 * reach * reach))
			sum, weights = sum+w*at(i+k), weights+w
		}
		out[i] = sum / weights
	}
	return out
}
