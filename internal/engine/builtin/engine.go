package builtin

import (
	"context"
	"fmt"
	"slices"

	"retake/internal/lut"
	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/retake"
	"retake/internal/sound"
)

// Name is the engine's name in requests and configuration.
const Name = "builtin"

// Engine implements retake.Engine, retake.Explainer and retake.Worded. It may be used by many goroutines.
type Engine struct {
	cfg   Config
	speak sound.SpeakFunc
	words *prompt.Lexicon
	luts  *lut.Folder // nil for none
}

// New makes the engine. speak turns words into sound; nil stands for the program that is configured.
func New(cfg Config, speak sound.SpeakFunc) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("builtin engine: %w", err)
	}
	if speak == nil {
		speak = sound.Speaker(cfg.Speech)
	}
	var luts *lut.Folder
	if cfg.LUTs != "" {
		var err error
		if luts, err = lut.Open(cfg.LUTs); err != nil {
			return nil, fmt.Errorf("builtin engine: luts: %w", err)
		}
	}
	words, err := cfg.lexicon(luts.Names())
	if err != nil {
		return nil, fmt.Errorf("builtin engine: %w", err)
	}
	return &Engine{cfg: cfg, speak: speak, words: words, luts: luts}, nil
}

// Info tells what the engine can do. It takes any size.
func (e *Engine) Info() retake.EngineInfo {
	return retake.EngineInfo{Name: Name, Title: "Built-in editor", Modes: retake.Modes(), MaxWindow: retake.MaxWindow, Slots: e.cfg.Slots, Stays: true}
}

// Explain tells what the engine reads in a prompt.
func (e *Engine) Explain(text string, mode retake.Mode) (retake.Reading, error) {
	plan, err := e.read(text, mode, retake.Request{Prompt: text}.IsPlaceholder())
	if err != nil {
		return retake.Reading{}, err
	}
	return reading(plan), nil
}

// Vocabulary lists what the engine understands.
func (e *Engine) Vocabulary() []retake.TermGroup { return e.words.Vocabulary() }

// Retake changes the segment's own footage. The pictures are made while they are read, so the take must be closed
// before the job's source is.
func (e *Engine) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	plan, err := e.read(job.Prompt, job.Mode, job.Placeholder)
	if err != nil {
		return nil, err
	}
	if !job.Mode.Video() && job.Sound.Channels == 0 {
		return nil, retake.NoSound(job.Mode)
	}
	r := reading(plan)
	take := &retake.Take{Edited: job.Segment, Seed: job.Seed, Reading: r, Warnings: slices.Concat(r.Warnings, unfit(plan, job))}
	share := 1.0
	if job.Mode.Audio() && job.Sound.Channels > 0 {
		share = 0.5
		if !job.Mode.Video() {
			share = 1
		}
		made, warnings, err := e.sound(ctx, plan, job, func(f float64) { progress(f * share) })
		if err != nil {
			return nil, err
		}
		take.Sound = made
		take.Warnings = append(take.Warnings, warnings...)
		if job.Mode.Video() {
			start := share
			all := progress
			progress = func(f float64) { all(start + f*(1-start)) }
		}
	}
	if job.Mode.Video() {
		take.Frames, err = e.frames(ctx, plan, job, progress)
		if err != nil {
			return nil, err
		}
	}
	return take, nil
}

func (e *Engine) read(text string, mode retake.Mode, placeholder bool) (prompt.Plan, error) {
	if placeholder {
		return e.words.Demonstration().For(mode)
	}
	plan, err := e.words.Read(text)
	if err != nil {
		return plan, err
	}
	if plan, err = e.settled(plan); err != nil {
		return plan, err
	}
	plan, err = plan.For(mode)
	return hidden(plan), err
}

// settled is a plan without what can't be done as it was asked for: titles without words, LUTs that there aren't.
func (e *Engine) settled(plan prompt.Plan) (prompt.Plan, error) {
	plan, err := lettered(plan)
	if err != nil {
		return plan, err
	}
	if plan, err = e.named(plan); err != nil {
		return plan, err
	}
	return bounded(plan), nil
}

func reading(p prompt.Plan) retake.Reading {
	return retake.Reading{Sentence: p.Sentence(), Warnings: p.Warnings, Plan: p}
}

// frames opens the source's pictures and puts the effects around them.
func (e *Engine) frames(ctx context.Context, plan prompt.Plan, job retake.Job, progress retake.ProgressFunc) (retake.FrameReader, error) {
	setup := picture.Setup{Format: job.Picture, Frames: job.Frames, Wind: plan.Gusts, Seed: job.Seed, Dir: job.TempDir}
	for _, l := range plan.Picture {
		look, err := e.look(l)
		if err != nil {
			return nil, err
		}
		setup.Looks = append(setup.Looks, look)
	}
	chain, err := picture.NewChain(e.cfg.Picture, setup)
	if err != nil {
		return nil, retake.Errorf(retake.CodeEngine, "The built-in engine can't work on this picture format.").Because(err)
	}
	source, err := job.Source.Frames(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the segment's pictures: %w", err)
	}
	all, err := picture.Read(e.cfg.Picture, source, setup)
	if err != nil {
		all.Close()
		return nil, retake.Errorf(retake.CodeEngine, "The built-in engine can't change the timing of this clip.").Because(err)
	}
	return newAhead(ctx, all, chain, job, progress), nil
}
