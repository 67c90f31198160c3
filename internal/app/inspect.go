package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"retake/internal/config"
	"retake/internal/engine"
	"retake/internal/media"
	"retake/internal/model"
	"retake/internal/pipeline"
	"retake/internal/plot"
	"retake/internal/retake"
	"retake/internal/verify"
)

// newEditor makes an editor for this process, with work as its folder for temporary files. Close its engines in the end.
func newEditor(cfg config.Config, work string) (*pipeline.Editor, error) {
	tools, err := media.Open(cfg.Media)
	if err != nil {
		return nil, err
	}
	engines, err := engine.All(cfg.Engine, nil)
	if err != nil {
		return nil, fmt.Errorf("set up the engines: %w", err)
	}
	return &pipeline.Editor{Tools: tools, Engines: engines, TempDir: work, Config: cfg.Pipeline}, nil
}

// VerifyOptions say what was edited, and how strict to be.
type VerifyOptions = verify.Options

// Verify holds result against original. The segment ends with the clip at the latest.
func Verify(ctx context.Context, cfg config.Config, original, result string, opt VerifyOptions) (*retake.Report, error) {
	tools, err := media.Open(cfg.Media)
	if err != nil {
		return nil, err
	}
	info, err := tools.Probe(ctx, original)
	if err != nil {
		return nil, err
	}
	length := info.Duration
	if v := info.Video(); v != nil && v.Duration > 0 {
		length = v.Duration
	}
	if opt.Segment, err = opt.Segment.Clamp(length); err != nil {
		return nil, err
	}
	return verify.Files(ctx, tools, original, result, opt)
}

// ModelState is a model with the engines here that may serve it.
type ModelState struct {
	Model   *model.Model
	Engines []EngineState
}

// EngineState is an engine and why it can't work now, nil when it can.
type EngineState struct {
	Info     retake.EngineInfo
	NotReady error
}

// Models lists the models and asks their engines whether they are ready.
func Models(ctx context.Context, cfg config.Config) (list []ModelState, err error) {
	catalog, err := model.Load(cfg.Models)
	if err != nil {
		return nil, err
	}
	states, err := Engines(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for _, m := range catalog.Models() {
		state := ModelState{Model: m}
		for _, name := range m.Engines {
			if i := slices.IndexFunc(states, func(s EngineState) bool { return s.Info.Name == name }); i >= 0 {
				state.Engines = append(state.Engines, states[i])
			}
		}
		list = append(list, state)
	}
	return list, nil
}

// Plot draws as a PNG how result goes along time beside original. The report is Verify's or Edit's of the two, about the
// sound track of a number, counted from 1; 0 stands for the default one.
func Plot(ctx context.Context, cfg config.Config, original, result string, audioTrack int, report *retake.Report, to string) (err error) {
	tools, err := media.Open(cfg.Media)
	if err != nil {
		return err
	}
	trace, err := verify.Follow(ctx, tools, original, result, audioTrack, report)
	if err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("write the plot: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return plot.Write(f, filepath.Base(result)+" beside "+filepath.Base(original), trace, report)
}
