package cli

import (
	"fmt"

	"retake/internal/app"
	"retake/internal/retake"
)

type explainCommand struct {
	configFlag
	Prompt string `arg:"" help:"What to ask for."`
	Mode   string `default:"replace_audio_and_video" enum:"replace_audio_and_video,replace_audio,replace_video" help:"What may change: ${enum}."`
	JSON   bool   `help:"Write JSON."`
}

// Run says how the prompt is read.
func (c explainCommand) Run(env *environment) error {
	env.json = c.JSON
	cfg, err := settings(env, c.Config, nil)
	if err != nil {
		return err
	}
	reading, err := app.Explain(cfg, c.Prompt, retake.Mode(c.Mode))
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(env.Stdout, reading)
	}
	fmt.Fprintln(env.Stdout, reading.Sentence)
	for _, w := range reading.Warnings {
		fmt.Fprintln(env.Stderr, "Note:", w)
	}
	return nil
}
