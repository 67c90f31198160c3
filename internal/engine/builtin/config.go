package builtin

import (
	"errors"
	"fmt"

	"retake/internal/picture"
	"retake/internal/sound"
)

// Config holds what an operator may tune.
type Config struct {
	Slots   int                `koanf:"slots"` // generations it runs at once
	Picture picture.Config     `koanf:"picture"`
	Speech  sound.SpeechConfig `koanf:"speech"`
	Lexicon string             `koanf:"lexicon"` // a folder of words of one's own, see docs/lexicon.md
	LUTs    string             `koanf:"luts"`    // a folder of .cube files
}

// DefaultConfig runs two generations at once.
func DefaultConfig() Config {
	return Config{Slots: 2, Picture: picture.DefaultConfig(), Speech: sound.DefaultSpeechConfig()}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.Slots < 1 || c.Slots > 64 {
		errs = append(errs, fmt.Errorf("slots must be 1 to 64, got %d", c.Slots))
	}
	if err := c.Picture.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("picture: %w", err))
	}
	if err := c.Speech.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("speech: %w", err))
	}
	return errors.Join(errs...)
}
