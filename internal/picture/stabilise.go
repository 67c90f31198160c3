package picture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/retake"
)

// Stabilise is the effect's name.
const Stabilise Kind = "stabilise"

var stabilised = Entry{Kind: Stabilise,
	Doc: "the camera's shake goes and its way stays: its motion is measured over the whole segment, smoothed, and each picture moved and turned by what is between; the view comes a little nearer (12 % at most) so that no edge shows. The pictures wait on the disk meanwhile, as for reverse",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		from, to, err := s.part(l)
		if err != nil {
			return nil, err
		}
		r := &steadyReader{source: source, dir: s.Dir, stage: newStage(cfg, s), from: from, to: to, strength: clamp01(l.Strength),
			curve: newEnvelope(s.Frames, frequency(s.Format), cfg.Ramp, l.When)}
		r.warp = newWarped(r.stage, func(index int, _ float64) (placing, float64) { return r.placing(index), 1 })
		return r, nil
	}}

// nearest is how much nearer the view may come.
const nearest = 1.12

// steadyReader gives the segment's pictures without the camera's shake.
type steadyReader struct {
	source   retake.FrameReader
	dir      string
	stage    stage
	from, to int // pictures
	strength float64
	curve    envelope
	warp     *warped

	next  int
	kept  *kept
	moves []move // by picture from from on
	zoom  float64
}

// move is how far a picture is moved, in luma samples, and turned, in degrees.
type move struct{ x, y, turn float64 }

// Next gives the next picture, whose time is that of a steady clock: the encoder puts it in the place of the original.
func (r *steadyReader) Next(ctx context.Context, dst *retake.Frame) error {
	index := r.next
	if index >= r.stage.frames {
		return io.EOF
	}
	if index < r.from || index > r.to {
		if err := r.source.Next(ctx, dst); err != nil {
			return err
		}
	} else {
		if r.kept == nil {
			if err := r.study(ctx, dst); err != nil {
				return fmt.Errorf("stabilise: %w", err)
			}
		}
		if err := r.kept.load(dst, index-r.from); err != nil {
			return fmt.Errorf("stabilise: %w", err)
		}
		if index > 0 && index < r.stage.frames-1 {
			r.warp.apply(dst, index, 1)
		}
	}
	dst.Time = r.stage.seconds(index)
	r.next++
	return ctx.Err()
}

// study reads all pictures, measures the camera's way and decides on the moves.
func (r *steadyReader) study(ctx context.Context, f *retake.Frame) error {
	al := newAligner(r.stage.crew, r.stage.format)
	var way []similar // of picture i against the first
	var err error
	r.kept, err = keepAll(ctx, r.dir, r.source, f, r.from, r.to, func(f *retake.Frame) {
		step := al.next(f)
		if len(way) > 0 {
			step = way[len(way)-1].then(step)
		}
		way = append(way, step)
	})
	if err != nil {
		return err
	}
	r.plan(way)
	return nil
}

// plan finds the moves: the smoothed way less the way, and how near the view must come for them.
func (r *steadyReader) plan(way []similar) {
	n := len(way)
	x, y, turn := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, s := range way {
		x[i], y[i], turn[i] = s.x, s.y, math.Atan2(s.b, 1+s.a)*180/math.Pi
	}
	reach := frequency(r.stage.format) * (0.25 + 0.6*r.strength)
	sx, sy, st := smoothWay(x, reach), smoothWay(y, reach), smoothWay(turn, reach)
	r.moves = make([]move, n)
	width, height := float64(r.stage.format.Width), float64(r.stage.format.Height)
	for i := range r.moves {
		m := move{x[i] - sx[i], y[i] - sy[i], turn[i] - st[i]}
		need := r.stage.filling(m.turn) * max(1+2*math.Abs(m.x)/width, 1+2*math.Abs(m.y)/height)
		if need > nearest { // the worst shakes are only lessened
			k := (nearest - 1) / (need - 1)
			m, need = move{m.x * k, m.y * k, m.turn * k}, nearest
		}
		r.moves[i], r.zoom = m, max(r.zoom, need)
	}
}

// placing is where picture index is shown from.
func (r *steadyReader) placing(index int) placing {
	amount := r.curve.at(index)
	zoom, m := 1+(r.zoom-1)*amount, r.moves[index-r.from]
	// Near the seams the view is not near enough yet for all of the move.
	width, height := float64(r.stage.format.Width), float64(r.stage.format.Height)
	need := r.stage.filling(m.turn) * max(1+2*math.Abs(m.x)/width, 1+2*math.Abs(m.y)/height)
	if need > zoom && need > 1 {
		k := (zoom - 1) / (need - 1)
		m = move{m.x * k, m.y * k, m.turn * k}
	}
	return magnified(zoom, -m.turn, m.x, m.y)
}

// Close closes the source and lets go of what was kept.
func (r *steadyReader) Close() error { return errors.Join(r.source.Close(), r.kept.close()) }

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
