package seam

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"retake/internal/retake"
)

// Load fills dst with a picture of a handle, false where there is none. Picture 0 is the handle's first.
type Load func(i int, dst *retake.Frame) (bool, error)

// None returns the fit of an answer that is taken as it is.
func None(format retake.PictureFormat) *Fit { return &Fit{format: format} }

// Handle is real footage on one side of the segment and what the engine made of it. Answer is asked for one picture more on
// either side, too, in case the answer came a picture early or late.
type Handle struct {
	Count         int
	Shown, Answer Load
}

// Fit is how an answer is fitted into its clip.
type Fit struct {
	Notes     []string // what was wrong with the answer, each a sentence for the user
	HeadShift int      // pictures by which the answer is late at the segment's start: picture i is found at i + HeadShift
	TailShift int

	format          retake.PictureFormat
	seed            int64
	head, tail      *colourMap // nil for a segment without handles, which has nothing to fit into
	before, after   float64    // pictures from the middles of the handles, where their models hold, to the segment
	tolerance       tolerance
	have, want      noise
	fadeIn, fadeOut int // pictures over which the new comes in, and goes out
}

// What a fit may leave before the seam is cross-faded, code values, and over how many pictures at most.
const (
	closed   = 1.5
	maxFades = 8

	grainPairs = 3 // pairs of pictures of a handle that tell of grain
)

// Measure looks at what the engine made of the handles. A handle with Count 0 is none.
func Measure(format retake.PictureFormat, head, tail Handle, seed int64) (*Fit, error) {
	f := &Fit{format: format, seed: seed, before: float64(head.Count) / 2, after: float64(tail.Count) / 2}
	var ends [2]*end
	for i, h := range []Handle{head, tail} {
		if h.Count == 0 {
			continue
		}
		e, err := measureEnd(format, h)
		if err != nil {
			return nil, fmt.Errorf("fit handles: %w", err)
		}
		ends[i] = e
	}
	if ends[0] == nil && ends[1] == nil {
		return f, nil
	}
	for i := range ends {
		if ends[i] == nil {
			ends[i] = ends[1-i]
		}
	}
	f.head, f.tail = ends[0].model(), ends[1].model()
	f.HeadShift, f.TailShift = ends[0].shift, ends[1].shift
	var left leftover
	for i, h := range []Handle{head, tail} {
		if err := ends[i].correct(format, h, &left); err != nil {
			return nil, fmt.Errorf("fit handles: %w", err)
		}
	}
	f.have, f.want = left.grain()
	f.tolerance = left.tolerance()
	f.fadeIn, f.fadeOut = f.fade(ends[0], head.Count), f.fade(ends[1], tail.Count)
	f.note(ends)
	return f, nil
}

// fade returns over how many pictures a seam is cross-faded: none, unless the fit leaves more than the grain of both makes up
// for.
func (f *Fit) fade(e *end, count int) int {
	if count == 0 || e.fit == nil {
		return 0
	}
	size := float64(blockSize(f.format))
	power := func(n noise) float64 { return (n.fine*n.fine + 8*n.chroma*n.chroma) / (size * size) } // of means of blocks
	gap := math.Sqrt(max(0, e.fit.rms*e.fit.rms-power(f.have)-power(f.want)))
	if gap <= closed {
		return 0
	}
	return min(2+int(gap), maxFades)
}

// end is what one handle tells.
type end struct {
	shift   int
	samples []sample
	fit     *colourFit // nil where there is too little to go by
}

func (e *end) model() *colourMap {
	if e.fit == nil {
		return identity.model(nil)
	}
	return e.fit.model
}

var errNoHandle = errors.New("a picture of the handle is missing")

// measureEnd finds a handle's shift in time and its colours.
func measureEnd(format retake.PictureFormat, h Handle) (*end, error) {
	var best *end
	var bestLeft float64
	for _, shift := range []int{0, 1, -1} {
		if shift != 0 && h.Count < 2 {
			break
		}
		e := &end{shift: shift}
		if err := e.sample(format, h); err != nil {
			return nil, err
		}
		left := e.left()
		if best == nil || left < 0.85*bestLeft-0.02 {
			best, bestLeft = e, left
		}
	}
	best.fit = fitColour(best.samples, format.FullRange)
	return best, nil
}

// pairs calls f with each picture of a handle that the answer has, and what was shown.
func (e *end) pairs(format retake.PictureFormat, h Handle, f func(i int, answer, shown *retake.Frame)) error {
	a, b := retake.NewFrame(format), retake.NewFrame(format)
	for i := range h.Count {
		ok, err := h.Answer(i+e.shift, a)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if ok, err = h.Shown(i, b); err != nil || !ok {
			return errors.Join(errNoHandle, err)
		}
		f(i, a, b)
	}
	return nil
}

// sample takes samples of all pairs of pictures.
func (e *end) sample(format retake.PictureFormat, h Handle) error {
	err := e.pairs(format, h, func(_ int, a, b *retake.Frame) {
		e.samples = takeSamples(e.samples, a, b, 2*maxSamples/h.Count)
	})
	e.samples = thin(e.samples, maxSamples)
	return err
}

// left is what gains and offsets leave of all samples, those of moving things among them: a wrong moment shows there. What
// an edit did in a handle counts up to a bound.
func (e *end) left() float64 {
	const most = 24.0
	if len(e.samples) < leastSamples {
		return most
	}
	fitted, _ := fitAffine(e.samples, &identity, false, rounds/2)
	var sum float64
	for _, s := range e.samples {
		sum += min(distance(fitted.at(s.in), s.out), most)
	}
	return sum / float64(len(e.samples))
}

// leftover is what corrected handles show: how far they are still off, and the noise of both.
type leftover struct {
	residue
	have, want noise // sums over pairs of pictures
	pairs      float64
}

// grain returns the mean noise of corrected and real pictures, none where there were no pairs.
func (l *leftover) grain() (have, want noise) {
	n := max(l.pairs, 1)
	return l.have.times(1 / n), l.want.times(1 / n)
}

// correct corrects a handle and adds up what is left of it.
func (e *end) correct(format retake.PictureFormat, h Handle, left *leftover) error {
	model, d := newApplied(e.model()), newDiffer(format)
	return e.pairs(format, h, func(i int, a, b *retake.Frame) {
		model.to(a, a)
		d.look(a, b)
		left.add(d)
		if i < grainPairs {
			left.have, left.want = left.have.plus(noiseOf(a)), left.want.plus(noiseOf(b))
			left.pairs++
		}
	})
}

// note words what was found, each thing once.
func (f *Fit) note(ends [2]*end) {
	say := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); !slices.Contains(f.Notes, s) {
			f.Notes = append(f.Notes, s)
		}
	}
	var moved float64
	for _, e := range ends {
		switch {
		case e.shift > 0:
			say("The engine's pictures came one picture too late; that was undone.")
		case e.shift < 0:
			say("The engine's pictures came one picture too early; that was undone.")
		}
		if e.fit != nil && e.fit.name != "" {
			say("The engine's pictures had %s; that was undone.", e.fit.name)
		} else if e.fit != nil {
			moved = max(moved, e.fit.moves(e.samples))
		}
	}
	if moved >= 0.5 {
		say("The engine's colours had drifted by %.1f code values beside the segment; that was undone.", moved)
	}
	if n := max(f.fadeIn, f.fadeOut); n > 0 {
		say("The engine's pictures differ from the clip's beside the segment by more than colour; they are faded in and out over up to %d pictures.", n)
	}
}
