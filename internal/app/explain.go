package app

import (
	"fmt"

	"retake/internal/config"
	"retake/internal/engine/builtin"
	"retake/internal/retake"
)

// Explain says what the built-in engine reads in a prompt. Errors about the prompt are CodeInvalid.
func Explain(cfg config.Config, prompt string, mode retake.Mode) (retake.Reading, error) {
	e, err := builtin.New(cfg.Engine.Builtin, nil)
	if err != nil {
		return retake.Reading{}, fmt.Errorf("set up the engine: %w", err)
	}
	return e.Explain(prompt, mode)
}
