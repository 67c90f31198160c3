package sound

import (
	"context"
	"fmt"
	"math"

	"retake/internal/retake"
)

// Lengths and bounds of a join.
const (
	fadeAlike   = 0.010 // seconds: the same material on both sides
	fadeUnlike  = 0.030
	likeness    = 0.7  // correlation from which on two sounds are the same material
	same        = 0.9  // correlation from which on new sound is the old one
	likeSpan    = 0.1  // seconds that are compared
	shortTerm   = 3.0  // seconds
	faintest    = -60  // LUFS under which nothing is levelled
	mostLevel   = 6.0  // LU that the level is changed by: more is the edit's doing
	leastLevel  = 0.5  // LU that are worth it
	deadUnder   = 10.0 // dB under the room tone: nothing is there
	deadWindow  = 0.02 // seconds
	deadFade    = 3    // windows over which room tone comes and goes
	lagFloor    = 0.6  // correlation from which on a handle tells the time
	lagReach    = 0.06 // seconds
	lagDecimate = 4
)

// Made is sound that an engine made for a segment, interleaved: Segment of Input.Frames, and its own version of what lies right
// before and after, as far as it has any.
type Made struct{ Before, Segment, After []float32 }

// Join fits sound that an engine made into the segment. Its level is brought to that of what surrounds it: by its own version of
// that or of the segment, where that is the same material, else by short-term loudness, and by 6 LU at most. Where it is silent and the clip's
// pauses are not, it gets the clip's room tone. It fades in from the original and out to it, with equal gain where both are the same
// material and equal power where they are not; its first and last samples are the original's. Notes are sentences for the user.
func Join(ctx context.Context, made Made, in Input) (out []float32, notes []string, err error) {
	if err := in.validate(); err != nil {
		return nil, nil, err
	}
	ch, rate := in.Format.Channels, in.Format.Rate
	if len(made.Segment) != in.Frames*ch {
		return nil, nil, retake.Errorf(retake.CodeEngine, "The engine answered with sound of the wrong length.")
	}
	original := newPlanes(ch, in.Frames)
	if len(in.Segment) > 0 {
		original = split(in.Segment, ch)
	}
	before, after := split(in.Before, ch), split(in.After, ch)
	p := split(made.Segment, ch)
	if gain := level(p, original, before, after, made, in.Format); gain != [2]float64{} {
		ramped(p, gain)
		notes = append(notes, fmt.Sprintf("The engine's sound was brought to the level around it: by %+.1f dB at the start and %+.1f dB at the end.", gain[0], gain[1]))
	}
	added, err := fillSilence(newScene(ctx, in, "room tone"), p, []planes{before, original, after})
	if err != nil {
		return nil, nil, fmt.Errorf("join sound: %w", err)
	}
	if added {
		notes = append(notes, "Where the engine's sound is silent the clip's own room tone was laid under it.")
	}
	span := min(int(likeSpan*float64(rate)), in.Frames)
	at := joints{in: correlated(original, p, 0, span), out: correlated(original, p, in.Frames-span, in.Frames)}
	length := func(alike bool) int {
		if alike {
			return int(fadeAlike * float64(rate))
		}
		return int(fadeUnlike * float64(rate))
	}
	weight := ramp(in.Frames, edgeHold, length(at.in))
	copy(weight[in.Frames/2:], ramp(in.Frames, edgeHold, length(at.out))[in.Frames/2:])
	blend(original, p, weight, at)
	finish(original, p, rate)
	return p.interleave(), notes, nil
}

// level returns by how many dB the sound is to be changed at the segment's start and end, zeros for not at all.
func level(p, original, before, after planes, made Made, f retake.SoundFormat) (gain [2]float64) {
	n := min(int(shortTerm*float64(f.Rate)), p.frames())
	sides := [2]struct {
		own, its planes // the clip's beside the segment and the engine's version of it
		was, new planes // the part of the segment that lies beside it
		tail     bool   // of own, what lies at its end is beside the segment
	}{
		{before, split(made.Before, f.Channels), original.cut(0, n), p.cut(0, n), true},
		{after, split(made.After, f.Channels), original.cut(p.frames()-n, p.frames()), p.cut(p.frames()-n, p.frames()), false},
	}
	known := 0
	for i, s := range sides {
		own := s.own.end(int(shortTerm*float64(f.Rate)), s.tail)
		if own.frames() == 0 {
			continue
		}
		if k := min(own.frames(), s.its.frames()); k > 0 {
			x, y := own.end(k, s.tail), s.its.end(k, s.tail)
			if r, scale := similar(x, y); r >= likeness {
				gain[i] = within(decibels(scale), -mostLevel, mostLevel)
				known |= 1 << i
				continue
			}
		}
		if r, scale := similar(s.was, s.new); r >= same { // the original itself, perhaps with something added
			gain[i] = within(decibels(scale), -mostLevel, mostLevel)
			known |= 1 << i
			continue
		}
		want, have := own.shortTerm(f.Rate), s.new.shortTerm(f.Rate)
		if want > faintest && have > faintest {
			gain[i] = within(want-have, -mostLevel, mostLevel)
			known |= 1 << i
		}
	}
	switch known { // a side without a measure goes by the other
	case 1:
		gain[1] = gain[0]
	case 2:
		gain[0] = gain[1]
	}
	if math.Abs(gain[0]) < leastLevel && math.Abs(gain[1]) < leastLevel {
		return [2]float64{}
	}
	return gain
}

// end returns the last or the first n frames.
func (p planes) end(n int, last bool) planes {
	n = min(n, p.frames())
	if last {
		return p.cut(p.frames()-n, p.frames())
	}
	return p.cut(0, n)
}

// cut returns the frames [from, to).
func (p planes) cut(from, to int) planes {
	q := make(planes, len(p))
	for c := range p {
		q[c] = p[c][from:to]
	}
	return q
}

// ramped scales p by a gain in dB that goes evenly from one to another.
func ramped(p planes, gain [2]float64) {
	n := max(p.frames()-1, 1)
	for c := range p {
		for i := range p[c] {
			p[c][i] *= float32(gainOf(gain[0] + (gain[1]-gain[0])*float64(i)/float64(n)))
		}
	}
}

// similar returns the correlation of two sounds of equal length, and the factor that takes the level of what y has of x to that of x.
func similar(x, y planes) (r, scale float64) {
	var xx, yy, xy float64
	for c := range x {
		for i, v := range x[c] {
			w := float64(y[c][i])
			xx += float64(v) * float64(v)
			yy += w * w
			xy += float64(v) * w
		}
	}
	if xx == 0 || yy == 0 {
		return 0, 1
	}
	return xy / math.Sqrt(xx*yy), math.Abs(xy / yy)
}

func correlated(x, y planes, from, to int) bool {
	r, _ := similar(x.cut(from, to), y.cut(from, to))
	return r >= likeness
}

// fillSilence lays room tone under p where it is silent.
func fillSilence(s *scene, p planes, around []planes) (bool, error) {
	tone, _, err := s.roomTone(around)
	if err != nil {
		return false, err
	}
	floor := rms(tone)
	if decibels(floor) < digitalSilence {
		return false, nil
	}
	size := max(int(deadWindow*s.rate), 1)
	dead := make([]float64, p.frames()/size+2)
	any := false
	for k := range dead {
		from, to := min(k*size, p.frames()), min((k+1)*size, p.frames())
		if from < to && rms(p.cut(from, to)) < floor*gainOf(-deadUnder) {
			dead[k], any = 1, true
		}
	}
	if !any {
		return false, nil
	}
	smooth := make([]float64, len(dead))
	for k := range smooth {
		for j := k - deadFade; j <= k+deadFade; j++ {
			smooth[k] += dead[min(max(j, 0), len(dead)-1)] / (2*deadFade + 1)
		}
	}
	for c := range p {
		for i := range p[c] {
			k, w := i/size, float64(i%size)/float64(size)
			p[c][i] += tone[c][i] * float32(smooth[k]*(1-w)+smooth[k+1]*w)
		}
	}
	return true, nil
}

// Lag returns by how many sample frames a version of some sound is late, interleaved and of about the same length, at most 60 ms
// either way; 0 where the two are not alike.
func Lag(own, version []float32, f retake.SoundFormat) int {
	x, y := mono(own, f.Channels), mono(version, f.Channels)
	reach := int(lagReach * float64(f.Rate))
	small := func(v []float64) []float64 {
		out := make([]float64, len(v)/lagDecimate)
		for i := range out {
			for _, s := range v[i*lagDecimate : (i+1)*lagDecimate] {
				out[i] += s
			}
		}
		return out
	}
	a, b := small(x), small(y)
	rough, found := bestLag(a, b, 0, reach/lagDecimate)
	if found < lagFloor {
		return 0
	}
	fine, _ := bestLag(x, y, rough*lagDecimate, 2*lagDecimate)
	return fine
}

func mono(v []float32, channels int) []float64 {
	out := make([]float64, len(v)/channels)
	for i := range out {
		for _, s := range v[i*channels : (i+1)*channels] {
			out[i] += float64(s)
		}
	}
	return out
}

func bestLag(x, y []float64, around, reach int) (best int, r float64) {
	r = math.Inf(-1)
	for lag := around - reach; lag <= around+reach; lag++ {
		if c := lagCorrelation(x, y, lag); c > r {
			best, r = lag, c
		}
	}
	return best, r
}

// lagCorrelation is that of x[i] and y[i+lag], where both are there and that is most of them.
func lagCorrelation(x, y []float64, lag int) float64 {
	from, to := max(0, -lag), min(len(x), len(y)-lag)
	if to-from < len(x)/2 || to <= from {
		return -1
	}
	var xx, yy, xy float64
	for i := from; i < to; i++ {
		xx, yy, xy = xx+x[i]*x[i], yy+y[i+lag]*y[i+lag], xy+x[i]*y[i+lag]
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}
