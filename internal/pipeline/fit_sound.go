package pipeline

import (
	"context"
	"fmt"
	"math"

	"retake/internal/media"
	"retake/internal/pcm"
	"retake/internal/retake"
	"retake/internal/sound"
)

// surroundings is how much of the clip's sound beside the segment its level and room tone are taken from, seconds.
const surroundings = 3.0

// fitSound makes the take's sound of its file, or of sound that came as it was made: in time, at its level, with seams that
// can't be heard.
func (r *run) fitSound(ctx context.Context, f *footage, job retake.Job) error {
	before, segment, after, err := f.Sound(ctx, surroundings)
	if err != nil {
		return err
	}
	made := sound.Made{Segment: r.take.Sound}
	if made.Segment == nil {
		if made, err = f.madeSound(ctx, r.take.File, job, before, segment, after); err != nil {
			return err
		}
	}
	if !r.Config.FitAnswers {
		r.take.Sound = made.Segment
		return nil
	}
	var notes []string
	r.take.Sound, notes, err = sound.Join(ctx, made, sound.Input{Before: before, Segment: segment, After: after, Format: job.Sound,
		Frames: job.Samples, Seed: r.seed, TempDir: job.TempDir})
	r.warnings = append(r.warnings, notes...)
	return err
}

// madeSound takes an answer's sound apart: its version of the handles and of the segment. Where the handles show that it is early or
// late, as the delay of an encoder makes it, that is undone.
func (f *footage) madeSound(ctx context.Context, path string, job retake.Job, before, segment, after []float32) (sound.Made, error) {
	all, err := f.decodeSound(ctx, path, job.Sound)
	if err != nil {
		return sound.Made{}, err
	}
	ch := job.Sound.Channels
	head := min(f.headSamples(job.Sound.Rate)*ch, len(before)) // of the window, before the segment
	if job.Window.Sound.Rate == 0 {
		head = f.headSamples(job.Sound.Rate) * ch
	}
	n := job.Samples * ch
	late := 0
	if own := append(append(append([]float32(nil), before[len(before)-min(head, len(before)):]...), segment...), after...); len(before) > 0 && f.run.Config.FitAnswers {
		late = sound.Lag(handlesOf(own, head, n, len(all)), handlesOf(all, head, n, len(all)), job.Sound)
	}
	at := func(from, to int) []float32 { // interleaved values of the window, silence where the answer has none
		out := make([]float32, max(to-from, 0))
		for i := range out {
			if k := from + i + late*ch; k >= 0 && k < len(all) {
				out[i] = all[k]
			}
		}
		return out
	}
	tail := min(len(after), max(len(all)-late*ch-head-n, 0))
	made := sound.Made{Segment: at(head, head+n)}
	if len(before) > 0 {
		made.Before = at(0, head)
	}
	if len(after) > 0 {
		made.After = at(head+n, head+n+tail/ch*ch)
	}
	return made, nil
}

// handlesOf returns a window's sound with the segment silenced, so that what an engine made there does not tell the time.
func handlesOf(all []float32, head, segment, length int) []float32 {
	out := make([]float32, length)
	copy(out, all)
	clear(out[min(head, length):min(head+segment, length)])
	return out
}

// headSamples is the window's sound before the segment, in sample frames.
func (f *footage) headSamples(rate int) int {
	r := f.run
	if a := r.src.Audio; a != nil && a.Reason == "" {
		from, _ := a.Span(r.segment.Start, r.segment.End)
		start, _ := a.Span(f.window.Span.Start, f.window.Span.End)
		return int(from - start)
	}
	return int(math.Round((r.segment.Start - f.window.Span.Start) * float64(rate)))
}

// decodeSound decodes an answer's sound at the clip's rate, channels and pace.
func (f *footage) decodeSound(ctx context.Context, path string, format retake.SoundFormat) ([]float32, error) {
	info, err := f.run.Tools.Inspect(ctx, path)
	if err != nil || info.Audio() == nil {
		return nil, retake.Errorf(retake.CodeEngine, "The engine answered with a file that holds no sound.").Because(err)
	}
	filter := "aresample=async=1:first_pts=0"
	if pace := f.pace(); math.Abs(pace-1) > 1e-6 {
		filter += fmt.Sprintf(",aresample=%d,asetrate=%d", format.Rate, int(math.Round(float64(format.Rate)/pace)))
	}
	out, err := f.run.Tools.Run(ctx, media.Command{Args: []string{"-i", path, "-map", fmt.Sprintf("0:%d", info.Audio().Index),
		"-af", filter, "-ar", fmt.Sprint(format.Rate), "-ac", fmt.Sprint(format.Channels), "-f", "f32le", "pipe:1"}})
	if err != nil {
		return nil, retake.Errorf(retake.CodeEngine, "The engine's sound can't be decoded.").Because(err)
	}
	samples := pcm.Float32.Decode(out)
	return samples[:len(samples)/format.Channels*format.Channels], nil
}
