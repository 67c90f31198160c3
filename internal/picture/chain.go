package picture

import (
	"errors"
	"fmt"
	"slices"

	"retake/internal/bands"
	"retake/internal/lut"
	"retake/internal/retake"
	"retake/internal/wish"
)

// Kind names an effect. The kinds stand beside their effects.
type Kind string

// Look is one effect to apply, with a strength above 0 and up to 1; 0.6 is the usual one.
type Look struct {
	Kind     Kind
	Strength float64
	wish.Detail
	Table *lut.Table // of the effect LUT
}

// Setup describes the segment a Chain works on.
type Setup struct {
	Format retake.PictureFormat
	Frames int // pictures in the segment
	Looks  []Look
	Wind   float64 // drives snow and rain sideways, 0 to 1
	Seed   int64
	Dir    string // for pictures that have to wait; "" is the system's folder for temporary files
}

// Chain applies looks to the pictures of one segment. It remembers the previous picture, so pictures are given in
// order, and it is used by one goroutine at a time.
type Chain struct {
	effects []scheduled
}

// scheduled is an effect and how much of it each picture has.
type scheduled struct {
	effect
	curve envelope
}

// effect changes a picture in place. amount runs from 0 (exclusive: at 0 the effect is not called) to 1.
type effect interface {
	apply(f *retake.Frame, index int, amount float64)
}

// watcher is an effect that must see every picture, also those it leaves as they are.
type watcher interface {
	watch(f *retake.Frame, index int)
}

// NewChain prepares the looks for a segment. Memory is made here, once.
func NewChain(cfg Config, s Setup) (*Chain, error) {
	if s.Format.Width < 1 || s.Format.Height < 1 || s.Frames < 1 {
		return nil, fmt.Errorf("picture chain: %d frames of %d×%d", s.Frames, s.Format.Width, s.Format.Height)
	}
	for _, l := range s.Looks {
		if !known(l.Kind) {
			return nil, fmt.Errorf("picture chain: unknown effect %q", l.Kind)
		}
		if l.Kind == LUT && l.Table == nil {
			return nil, errors.New("picture chain: a LUT without its table")
		}
	}
	c := &Chain{}
	st := newStage(cfg, s)
	for _, entry := range Entries() {
		for _, l := range s.Looks {
			if l.Kind != entry.Kind || entry.Make == nil {
				continue
			}
			when := l.When
			if entry.Timed {
				when = wish.When{}
			}
			ramp := cfg.Ramp
			if entry.Timed {
				ramp = 0
			}
			l.Strength = clamp01(l.Strength)
			c.effects = append(c.effects, scheduled{entry.Make(st, l), newEnvelope(s.Frames, s.Format.Rate.FPS(), ramp, when)})
		}
	}
	c.effects = fused(c.effects)
	return c, nil
}

func known(k Kind) bool {
	return slices.ContainsFunc(Entries(), func(e Entry) bool { return e.Kind == k })
}

// Apply changes the picture with the given number in the segment, counted from 0.
func (c *Chain) Apply(f *retake.Frame, index int) {
	for _, e := range c.effects {
		if w, ok := e.effect.(watcher); ok {
			w.watch(f, index)
		}
		if amount := e.curve.at(index); amount > 0 {
			e.apply(f, index, amount)
		}
	}
}

// stage is what every effect needs to know of the segment.
type stage struct {
	format retake.PictureFormat
	frames int // pictures in the segment
	crew   crew
	levels levels
	seed   uint64
	wind   float64
	night  float64 // strength of the night among the looks, 0 for none: what falls is lit less
	dull   float64 // strength of the rain or hail among the looks, which makes the light of a storm
	super8 bool    // super 8 is among the looks: what vintage film has in common with it isn't done twice
	ramp   float64 // seconds over which effects grow in
	barred float64 // rows that bars cover above and below, which titles keep clear of

	flickers bool // whether a lamp flickers, at most twice a second
	flashes  int  // how many looks flash
}

func newStage(cfg Config, s Setup) stage {
	st := stage{format: s.Format, frames: s.Frames, crew: crew{threads: max(1, cfg.Threads)}, levels: levelsOf(s.Format), seed: uint64(s.Seed),
		wind: clamp01(s.Wind), ramp: cfg.Ramp}
	for _, l := range s.Looks {
		switch l.Kind {
		case Night, Moonlight:
			st.night = max(st.night, clamp01(l.Strength))
		case Super8:
			st.super8 = true
		case Dusk:
			st.night = max(st.night, clamp01(0.5*l.Strength))
		case Rain, Hail:
			st.dull = max(st.dull, clamp01(l.Strength))
		case Flicker:
			st.flickers = true
		case Flash:
			st.flashes++
		case Letterbox:
			st.barred = barHeight(s.Format, ratioOf(l))
		}
	}
	return st
}

// scale returns pixels for one reference pixel of a 1080-line picture.
func (s stage) scale() float64 { return float64(min(s.format.Width, s.format.Height)) / 1080 }

// area returns the picture's area, in those of a 1920×1080 picture at its scale.
func (s stage) area() float64 {
	k := s.scale()
	return float64(s.format.Width*s.format.Height) / (1920 * 1080 * k * k)
}

// softStep is how many samples of a picture one of its soft copies stands for each way.
func (s stage) softStep() int {
	switch k := s.scale(); {
	case k < 0.7:
		return 2
	case k > 1.5:
		return 8
	}
	return 4
}

// seconds returns the time of a picture, by its number: a steady clock, also for clips of variable rate.
func (s stage) seconds(index int) float64 {
	return float64(index) / frequency(s.format)
}

// crew shares the rows of a picture between goroutines.
type crew struct{ threads int }

// rows calls work on bands of [0, height) side by side and waits, see bands.Each.
func (c crew) rows(height int, work func(y0, y1 int)) { bands.Each(height, c.threads, work) }
