package builtin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"retake/internal/prompt"
	"retake/internal/retake"
	"retake/internal/sound"
)

// surroundings is how much sound before and after the segment is listened to for its level, seconds.
const surroundings = 2

// sound makes the segment's new sound, or hands back the clip's own where the plan has none.
func (e *Engine) sound(ctx context.Context, plan prompt.Plan, job retake.Job, progress retake.ProgressFunc) ([]float32, []string, error) {
	before, segment, after, err := job.Source.Sound(ctx, surroundings)
	if err != nil {
		return nil, nil, fmt.Errorf("read the segment's sound: %w", err)
	}
	in := sound.Input{Before: before, Segment: segment, After: after, Format: job.Sound, Frames: job.Samples,
		Seed: job.Seed, TempDir: job.TempDir, Speak: e.speak}
	made := items(plan)
	out, warnings, err := sound.Render(ctx, made, in, progress)
	return out, append(warnings, e.unheard(made)...), err
}

// unheard warns of what the program that speaks can't be told of a voice.
func (e *Engine) unheard(made []sound.Item) []string {
	var missed []string
	for _, item := range made {
		if item.Kind == sound.Speech {
			missed = append(missed, e.cfg.Speech.Unheard(item.Voice)...)
		}
	}
	if len(missed) == 0 {
		return nil
	}
	slices.Sort(missed)
	return []string{fmt.Sprintf("The program that speaks here takes no notice of: %s.", strings.Join(slices.Compact(missed), ", "))}
}

// items puts the plan's cues into the words of package sound.
func items(plan prompt.Plan) []sound.Item {
	var out []sound.Item
	for _, c := range plan.Sound {
		item := sound.Item{Kind: sound.Kind(c.Noise), Strength: c.Strength, Mix: plan.KeepSound, Detail: c.Detail}
		item.Voice = sound.Voice{Whisper: c.Whisper, Child: c.Age == prompt.Child, Old: c.Age == prompt.Old, Shout: c.Manner == prompt.Shout, Robot: c.Manner == prompt.Robot,
			Pitch: c.Pitch, Speed: c.Speed, Language: plan.Language}
		switch c.Voice {
		case prompt.Man:
			item.Voice.Sex = sound.Male
		case prompt.Woman:
			item.Voice.Sex = sound.Female
		}
		out = append(out, item)
	}
	return out
}
