package sound

import (
	"context"
	"fmt"
	"slices"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Render makes the segment's sound from items and returns Frames × channels interleaved samples. Its first and last
// samples are the original's own, from which it fades to the new sound and back, so it can be put in the place of the
// segment as it is. No true peak exceeds Ceiling, unless the original's own at the very ends.
//
// With every item's Mix set the original stays below what is added (and is lowered under words). Otherwise it gives
// way to the clip's room tone with the items on it. Warnings are sentences for the user. progress may be nil.
func Render(ctx context.Context, items []Item, in Input, progress retake.ProgressFunc) (out []float32, warnings []string, err error) {
	if err := in.validate(); err != nil {
		return nil, nil, err
	}
	p, err := planOf(items)
	if err != nil {
		return nil, nil, err
	}
	if progress == nil {
		progress = func(float64) {}
	}
	ch := in.Format.Channels
	r := &renderer{ctx: ctx, in: in, plan: p, progress: progress, steps: len(p.ambience) + 3, original: newPlanes(ch, in.Frames)}
	if len(in.Segment) > 0 {
		r.original = split(in.Segment, ch)
	}
	r.around = []planes{split(in.Before, ch), r.original, split(in.After, ch)}
	if len(items) == 0 {
		return r.original.interleave(), nil, nil
	}
	made, err := r.render()
	if err != nil {
		return nil, nil, fmt.Errorf("render sound: %w", err)
	}
	return made.interleave(), r.warnings, nil
}

// plan is the items, sorted by what is done with them.
type plan struct {
	words      []Item
	ambience   []Item // one of each kind
	treatments []Item // in the order of the list
	keep       bool   // the original stays
}

func planOf(items []Item) (plan, error) {
	p := plan{keep: true}
	for _, item := range items {
		e := entry(item.Kind)
		switch {
		case e == nil:
			return p, retake.Errorf(retake.CodeInternal, "There is no sound named %q.", string(item.Kind))
		case item.Kind == Silence:
			p.keep = false
			continue
		case e.treats():
			p.treatments, p.keep = append(p.treatments, item), false
			continue
		case item.Kind == Speech:
			p.words = append(p.words, item)
		default:
			p.addAmbience(item)
		}
		p.keep = p.keep && item.Mix
	}
	order := Kinds()
	slices.SortStableFunc(p.treatments, func(a, b Item) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return p, nil
}

// treatsOriginal reports whether the clip's own sound is what the treatments are for.
func (p plan) treatsOriginal() bool { return len(p.treatments) > 0 && len(p.words) == 0 }

// addAmbience keeps the stronger of two items of one kind, unless they come at different times.
func (p *plan) addAmbience(item Item) {
	for n, have := range p.ambience {
		if have.Kind == item.Kind && have.Variant == item.Variant && (have.When == item.When || !entry(item.Kind).Timed) {
			if item.strength() > have.strength() {
				p.ambience[n] = item
			}
			return
		}
	}
	p.ambience = append(p.ambience, item)
}

// renderer is the work on one segment.
type renderer struct {
	ctx      context.Context
	in       Input
	plan     plan
	original planes
	around   []planes // before, the segment, after
	warnings []string
	progress retake.ProgressFunc
	steps    int
	done     int
}

func (r *renderer) step() {
	r.done++
	r.progress(float64(r.done) / float64(r.steps))
}

func (r *renderer) rate() int { return r.in.Format.Rate }

func (r *renderer) render() (planes, error) {
	var words *speech
	if len(r.plan.words) > 0 {
		spoken, warnings, err := speak(r.ctx, r.plan.words, r.in)
		if err != nil {
			return nil, err
		}
		words = spoken
		r.warnings = append(r.warnings, warnings...)
	}
	r.step()
	made, err := r.ground(words)
	if err != nil {
		return nil, err
	}
	r.step()
	programme := reference(r.around, r.rate())
	for _, item := range r.plan.ambience {
		layer, err := r.ambience(item, programme, words != nil)
		if err != nil {
			return nil, err
		}
		made.add(layer)
		r.step()
	}
	if words != nil {
		voice, err := r.voice(words, programme)
		if err != nil {
			return nil, err
		}
		made.add(voice)
	}
	weight := ramp(r.in.Frames, edgeHold, int(r.fade()*float64(r.rate())))
	alike := r.plan.keep || r.plan.treatsOriginal()
	blend(r.original, made, weight, joints{alike, alike})
	finish(r.original, made, r.rate())
	r.step()
	return made, r.scene("end").stopped()
}

func (r *renderer) scene(name string) *scene { return newScene(r.ctx, r.in, name) }

// fade returns the length of the cross-fades at the ends, in seconds.
func (r *renderer) fade() float64 {
	switch {
	case len(r.plan.ambience) > 0:
		return fadeAmbience
	case r.plan.treatsOriginal():
		return fadeTreatment
	}
	return fadeCut
}

// ground is what the rest is laid on: the original, as it is or treated, or the room tone.
func (r *renderer) ground(words *speech) (planes, error) {
	switch {
	case r.plan.keep:
		p := r.original.clone()
		if words != nil {
			duck(p, r.scene("duck").speakers, words, float64(r.rate()))
		}
		return p, nil
	case r.plan.treatsOriginal():
		return r.treated()
	}
	tone, estimated, err := r.scene("room tone").roomTone(r.around)
	if estimated {
		r.warnings = append(r.warnings, "There is no quiet moment near the segment, so its background sound is an estimate.")
	}
	return tone, err
}

const lowestHeard = 20.0 // hertz

// ambience makes one layer at its level.
func (r *renderer) ambience(item Item, programme float64, under bool) (planes, error) {
	s, e := r.scene(string(item.Kind)), entry(item.Kind)
	if err := e.Paint(s, item); err != nil {
		return nil, err
	}
	for _, ch := range s.out { // what is struck leaves an offset, which no one hears and which costs level
		still := highPass(lowestHeard, 0.7, s.rate)
		still.run(ch)
	}
	if item.When != (wish.When{}) && !e.Timed {
		during(s.out, item.When, s.rate)
	}
	target := Target(item.Kind, item.strength(), programme)
	if under {
		target += underLU
	}
	if slices.Contains(e.Takes, wish.Nearness) {
		target += farLU(item.Distance)
	}
	s.out.toLoudness(target, r.rate(), e.ByPeak)
	return s.out, nil
}

// voice makes the words' layer: toned and levelled like the programme, in its room or treated.
func (r *renderer) voice(words *speech, programme float64) (planes, error) {
	s := r.scene("voice")
	rate := float64(r.rate())
	mono := words.mono
	rumble := highPass(80, 0.7, rate)
	rumble.run(mono)
	lined := false
	for _, item := range r.plan.treatments {
		if e := entry(item.Kind); e.Line != nil {
			mono, lined = e.Line(s, mono, item), true
		}
	}
	if !lined {
		matchTone(mono, r.around, rate, s.speakers)
	}
	p := s.ahead(mono)
	if len(r.plan.treatments) == 0 {
		decay, _ := roomDecay(r.around, rate, s.speakers)
		inRoom(p, s.speakers, rate, decay)
	}
	for _, item := range r.plan.treatments {
		var err error
		if e := entry(item.Kind); e.Treat != nil {
			if p, err = e.Treat(s, p, item); err != nil {
				return nil, err
			}
		}
	}
	if slices.ContainsFunc(r.plan.words, func(w Item) bool { return w.Voice.Robot }) && !slices.ContainsFunc(r.plan.treatments, func(i Item) bool { return i.Kind == Robot }) {
		p = s.robot(p, Item{Strength: 1})
	}
	// The items' own strengths are in the words already; the strongest says how loud that is.
	target := -100.0
	for _, item := range r.plan.words {
		target = max(target, Target(Speech, item.strength(), programme)+mannerShift(item.Voice))
	}
	p.toLoudness(target, r.rate(), false)
	return p, nil
}
