package picture

import (
	"fmt"

	"retake/internal/bands"
	"retake/internal/retake"
)

// Kind names an effect on single pictures. Slow motion needs several pictures at once: see SlowReader.
type Kind string

// The kinds, in the order a Chain applies them.
const (
	BackgroundBlur Kind = "background blur"
	Night          Kind = "night"
	Rain           Kind = "rain"
	Snow           Kind = "snow"
	BlackAndWhite  Kind = "black and white"
	Warmer         Kind = "warmer"
	Cooler         Kind = "cooler"
)

// Kinds lists all kinds in the order a Chain applies them.
func Kinds() []Kind {
	return []Kind{BackgroundBlur, Night, Rain, Snow, BlackAndWhite, Warmer, Cooler}
}

// Look is one effect to apply, with a strength above 0 and up to 1; 0.6 is the usual one.
type Look struct {
	Kind     Kind
	Strength float64
}

// Setup describes the segment a Chain works on.
type Setup struct {
	Format retake.PictureFormat
	Frames int // pictures in the segment
	Looks  []Look
	Wind   float64 // drives snow and rain sideways, 0 to 1
	Seed   int64
}

// Chain applies looks to the pictures of one segment. It remembers the previous picture, so pictures are given in
// order, and it is used by one goroutine at a time.
type Chain struct {
	format  retake.PictureFormat
	curve   envelope
	effects []effect
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
	c := &Chain{format: s.Format, curve: newEnvelope(s.Frames, s.Format.Rate.FPS(), cfg.Ramp)}
	st := stage{format: s.Format, crew: crew{threads: max(1, cfg.Threads)}, levels: levelsOf(s.Format), seed: uint64(s.Seed), wind: clamp01(s.Wind)}
	night := 0.0
	for _, l := range s.Looks {
		if l.Kind == Night {
			night = clamp01(l.Strength)
		}
	}
	for _, kind := range Kinds() {
		for _, l := range s.Looks {
			if l.Kind != kind {
				continue
			}
			e, err := st.effect(l.Kind, clamp01(l.Strength), night)
			if err != nil {
				return nil, err
			}
			c.effects = append(c.effects, e)
		}
	}
	for _, l := range s.Looks {
		if !known(l.Kind) {
			return nil, fmt.Errorf("picture chain: unknown effect %q", l.Kind)
		}
	}
	return c, nil
}

func known(k Kind) bool {
	for _, have := range Kinds() {
		if k == have {
			return true
		}
	}
	return false
}

// Apply changes the picture with the given number in the segment, counted from 0.
func (c *Chain) Apply(f *retake.Frame, index int) {
	amount := c.curve.at(index)
	for _, e := range c.effects {
		if w, ok := e.(watcher); ok {
			w.watch(f, index)
		}
		if amount > 0 {
			e.apply(f, index, amount)
		}
	}
}

// stage is what every effect needs to know of the segment.
type stage struct {
	format retake.PictureFormat
	crew   crew
	levels levels
	seed   uint64
	wind   float64
}

func (s stage) effect(k Kind, strength, night float64) (effect, error) {
	switch k {
	case Snow:
		return newSnow(s, strength, night), nil
	case Rain:
		return newRain(s, strength, night), nil
	case Night:
		return newNight(s, strength), nil
	case BackgroundBlur:
		return newBackgroundBlur(s, strength), nil
	case BlackAndWhite:
		return newBlackAndWhite(s, strength), nil
	case Warmer:
		return newTemperature(s, strength), nil
	case Cooler:
		return newTemperature(s, -strength), nil
	}
	return nil, fmt.Errorf("picture chain: unknown effect %q", k)
}

// scale returns pixels for one reference pixel of a 1080-line picture.
func (s stage) scale() float64 { return float64(min(s.format.Width, s.format.Height)) / 1080 }

// seconds returns the time of a picture, by its number: a steady clock, also for clips of variable rate.
func (s stage) seconds(index int) float64 {
	fps := s.format.Rate.FPS()
	if fps <= 0 {
		fps = 30
	}
	return float64(index) / fps
}

// crew shares the rows of a picture between goroutines.
type crew struct{ threads int }

// rows calls work on bands of [0, height) side by side and waits, see bands.Each.
func (c crew) rows(height int, work func(y0, y1 int)) { bands.Each(height, c.threads, work) }
