package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// The names of effects that hold pictures.
const (
	Freeze     Kind = "freeze"
	StopMotion Kind = "stop motion"
)

var freezing = Entry{Kind: Freeze, Timed: true,
	Doc: "the picture stands still from its first one on, or from when the prompt says; what stays in front of it, such as snow, goes on. At the end it is dissolved into the original, which has gone on",
	Make: func(s stage, l Look) effect {
		from, to := l.When.Span(s.seconds(s.frames))
		f := &frozen{stage: s, held: retake.NewFrame(s.format), at: -1, from: s.index(from), to: min(s.index(to), s.frames-1)}
		f.back = min(freezeBack*frequency(s.format), float64(f.to-f.from)/2)
		return f
	}}

// freezeBack is how long the dissolve back takes, seconds.
const freezeBack = 0.4

// frozen shows one picture of its time.
type frozen struct {
	stage
	held     *retake.Frame
	at       int // number of the picture held, -1 for none yet
	from, to int // pictures
	back     float64
}

func (e *frozen) watch(f *retake.Frame, index int) {
	if e.at < 0 && index >= e.from {
		e.held.CopyFrom(f)
		e.at = index
	}
}

func (e *frozen) apply(f *retake.Frame, index int, _ float64) {
	if index <= e.at || e.at < 0 || index >= e.to {
		return
	}
	e.crew.over(f, e.held, grown(float64(e.to-index), e.back))
}

var stopped = Entry{Kind: StopMotion, Takes: []wish.Param{wish.Number},
	Doc: "a picture in every eighth of a second stands until the next, as puppets are moved by hand; a number that the prompt says is how many a second has",
	Make: func(s stage, l Look) effect {
		rate := 12 - 7*l.Strength
		if l.Amount >= 1 {
			rate = l.Amount
		}
		return &stepped{stage: s, held: retake.NewFrame(s.format), step: -1, rate: min(rate, frequency(s.format))}
	}}

// stepped shows each picture until the next step.
type stepped struct {
	stage
	held *retake.Frame
	step int // that the picture held is of
	rate float64
}

func (e *stepped) watch(f *retake.Frame, index int) {
	// A picture that belongs to a step by a hair must not depend on how its time is rounded.
	if step := int(math.Floor(e.seconds(index)*e.rate + 1e-6)); step != e.step {
		e.held.CopyFrom(f)
		e.step = step
	}
}

func (e *stepped) apply(f *retake.Frame, _ int, _ float64) { f.CopyFrom(e.held) }

// index is the number of the picture at a time.
func (s stage) index(seconds float64) int { return int(math.Round(seconds * frequency(s.format))) }

// over lays so much of another picture, 0 to 1, over f.
func (c crew) over(f, other *retake.Frame, share float64) {
	weight := int32(math.Round(256 * clamp01(share)))
	c.rows(len(f.Data), func(a, b int) {
		out, from := f.Data[a:b], other.Data[a:b]
		for i := range out {
			out[i] = blended(out[i], int32(from[i]), weight)
		}
	})
}
