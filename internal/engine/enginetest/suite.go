// Package enginetest holds every engine to the same promises: what retake.Engine says in its comments, and what the
// pipeline relies on. An engine's own tests call Run; engines that are remote or need hardware run it on fakes.
package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

// Options says what the suite may ask of an engine.
type Options struct {
	Prompts       map[retake.Mode]string // one each mode can carry out
	Refused       string                 // a prompt the engine refuses, "" if it refuses none
	Deterministic bool                   // the same seed gives the same bytes
}

// Run holds one engine to the promises. open makes a fresh engine.
func Run(t *testing.T, open func(t *testing.T) retake.Engine, opt Options) {
	t.Run("info", func(t *testing.T) { info(t, open(t)) })
	for _, mode := range open(t).Info().Modes {
		t.Run(string(mode), func(t *testing.T) {
			text := opt.Prompts[mode]
			if text == "" {
				t.Fatalf("the options have no prompt for mode %s", mode)
			}
			t.Run("take", func(t *testing.T) { whole(t, open(t), mode, text) })
			t.Run("explain", func(t *testing.T) { explain(t, open(t), mode, text) })
			t.Run("placeholder", func(t *testing.T) { placeholder(t, open(t), mode) })
			t.Run("cancelled before", func(t *testing.T) { cancelledBefore(t, open(t), mode, text) })
			if opt.Deterministic {
				t.Run("same", func(t *testing.T) { same(t, open, mode, text) })
			}
			if opt.Refused != "" {
				t.Run("refused", func(t *testing.T) { refused(t, open(t), mode, opt.Refused) })
			}
			if mode.Video() {
				t.Run("cancelled while read", func(t *testing.T) { cancelledWhileRead(t, open(t), mode, text) })
				t.Run("left unread", func(t *testing.T) { leftUnread(t, open(t), mode, text) })
				t.Run("failing source", func(t *testing.T) { failingSource(t, open(t), mode, text) })
			}
		})
	}
}

// Job returns a job for two seconds of the test clip, and the clip.
func Job(t *testing.T, mode retake.Mode, text string) (retake.Job, *Clip) {
	c := &Clip{Dir: t.TempDir(), Picture: retake.PictureFormat{Width: 96, Height: 54, Rate: retake.Rate{Num: 24, Den: 1}, Matrix: "bt709"},
		Sounds: retake.SoundFormat{Rate: 16000, Channels: 2}, Count: 48}
	return retake.Job{Prompt: text, Mode: mode, Seed: 42, Segment: retake.Segment{Start: 1, End: 3}, Frames: c.Count, Samples: c.samples(),
		Picture: c.Picture, Sound: c.Sounds, Source: c, TempDir: c.Dir, Window: c.window(1)}, c
}

func info(t *testing.T, e retake.Engine) {
	i := e.Info()
	if i.Name == "" || i.Title == "" || len(i.Modes) == 0 || i.Slots < 1 || i.MaxWindow < retake.MaxSegment {
		t.Errorf("incomplete: %+v", i)
	}
	for _, m := range i.Modes {
		if !m.Valid() {
			t.Errorf("unknown mode %q", m)
		}
	}
}

// answer is everything a take holds, read to its end.
type answer struct {
	pictures [][]byte
	sound    []float32
	file     []byte // of a generative engine, in place of the others
	kinds    string // of its tracks
}

func read(ctx context.Context, t *testing.T, job retake.Job, take *retake.Take) answer {
	t.Helper()
	a := answer{sound: take.Sound}
	if take.File != "" {
		var err error
		if a.file, err = os.ReadFile(take.File); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(ctx, "ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", take.File).CombinedOutput()
		if err != nil {
			t.Fatalf("ffprobe: %v: %s", err, out)
		}
		a.kinds = string(out)
	}
	if take.Frames == nil {
		return a
	}
	f := retake.NewFrame(job.Picture)
	for {
		err := take.Frames.Next(ctx, f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("picture %d: %v", len(a.pictures), err)
		}
		a.pictures = append(a.pictures, slices.Clone(f.Data))
	}
	if err := take.Frames.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := take.Frames.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	return a
}

func whole(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	job, clip := Job(t, mode, text)
	var last float64
	took := make(chan float64, 1<<12)
	take, err := e.Retake(t.Context(), job, func(f float64) { took <- f })
	if err != nil {
		t.Fatal(err)
	}
	a := read(t.Context(), t, job, take)
	close(took)
	for f := range took {
		if f < last || f > 1 {
			t.Errorf("progress went from %v to %v", last, f)
		}
		last = f
	}
	streams(t, job, a)
	if take.Edited.Start > job.Segment.Start || take.Edited.End < job.Segment.End {
		t.Errorf("edited %v, less than the segment %v", take.Edited, job.Segment)
	}
	if take.Seed != job.Seed {
		t.Errorf("seed %d, asked for %d", take.Seed, job.Seed)
	}
	if clip.opened.Load() != clip.closed.Load() {
		t.Errorf("the source was opened %d times and closed %d times", clip.opened.Load(), clip.closed.Load())
	}
	if last != 1 {
		t.Errorf("progress ended at %v", last)
	}
}

func streams(t *testing.T, job retake.Job, a answer) {
	t.Helper()
	pictures, samples := 0, 0
	if a.file != nil {
		if job.Mode.Video() && !strings.Contains(a.kinds, "video") || job.Mode.Audio() && !strings.Contains(a.kinds, "audio") {
			t.Errorf("the answer's tracks are %q", a.kinds)
		}
		return
	}
	if job.Mode.Video() {
		pictures = job.Frames
	}
	if job.Mode.Audio() {
		samples = job.Samples * job.Sound.Channels
	}
	if len(a.pictures) != pictures || len(a.sound) != samples {
		t.Errorf("%d pictures and %d samples, want %d and %d", len(a.pictures), len(a.sound), pictures, samples)
	}
	for i, v := range a.sound {
		if v != v || v > 2 || v < -2 {
			t.Fatalf("sample %d is %v", i, v)
		}
	}
}

func explain(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	x, ok := e.(retake.Explainer)
	if !ok {
		t.Skip("the engine does not explain")
	}
	reading, err := x.Explain(text, mode)
	if err != nil {
		t.Fatal(err)
	}
	job, _ := Job(t, mode, text)
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	read(t.Context(), t, job, take)
	explained, err1 := json.Marshal(reading)
	done, err2 := json.Marshal(take.Reading)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(explained), string(done)); diff != "" || reading.Sentence == "" {
		t.Errorf("explained (-) and done (+) differ, or are empty:\n%s", diff)
	}
}

func placeholder(t *testing.T, e retake.Engine, mode retake.Mode) {
	job, _ := Job(t, mode, "<prompt>")
	job.Placeholder = true
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	read(t.Context(), t, job, take)
}

func same(t *testing.T, open func(*testing.T) retake.Engine, mode retake.Mode, text string) {
	var answers [2]answer
	for i := range answers {
		job, _ := Job(t, mode, text)
		take, err := open(t).Retake(t.Context(), job, nil)
		if err != nil {
			t.Fatal(err)
		}
		answers[i] = read(t.Context(), t, job, take)
	}
	if !slices.EqualFunc(answers[0].pictures, answers[1].pictures, slices.Equal[[]byte]) {
		t.Error("the same seed gave other pictures")
	}
	if !slices.Equal(answers[0].file, answers[1].file) {
		t.Error("the same seed gave another file")
	}
	if !slices.Equal(answers[0].sound, answers[1].sound) {
		t.Error("the same seed gave another sound")
	}
}

func refused(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	job, clip := Job(t, mode, text)
	_, err := e.Retake(t.Context(), job, nil)
	user, ok := errors.AsType[*retake.Error](err)
	if !ok || user.Code != retake.CodeInvalid || user.Field != "prompt" || user.Message == "" {
		t.Errorf("refusal: %v", err)
	}
	if clip.opened.Load() != clip.closed.Load() {
		t.Error("the source was left open")
	}
}

func cancelledBefore(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(retake.ErrCancelled)
	job, clip := Job(t, mode, text)
	take, err := e.Retake(ctx, job, nil)
	if err == nil && take.Frames != nil {
		err = take.Frames.Next(ctx, retake.NewFrame(job.Picture))
		take.Frames.Close()
	}
	if !errors.Is(err, retake.ErrCancelled) && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if clip.opened.Load() != clip.closed.Load() {
		t.Error("the source was left open")
	}
}

func cancelledWhileRead(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	job, clip := Job(t, mode, text)
	take, err := e.Retake(ctx, job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if take.Frames == nil {
		t.Skip("the engine answers with a file")
	}
	f := retake.NewFrame(job.Picture)
	if err := take.Frames.Next(ctx, f); err != nil {
		t.Fatal(err)
	}
	cancel(retake.ErrCancelled)
	for err == nil {
		err = take.Frames.Next(ctx, f)
	}
	if !errors.Is(err, retake.ErrCancelled) {
		t.Errorf("after cancelling: %v", err)
	}
	closes(t, take, clip)
}

// leftUnread closes a take of which one picture was read: the work must stop by itself.
func leftUnread(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	job, clip := Job(t, mode, text)
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if take.Frames == nil {
		t.Skip("the engine answers with a file")
	}
	if err := take.Frames.Next(t.Context(), retake.NewFrame(job.Picture)); err != nil {
		t.Fatal(err)
	}
	closes(t, take, clip)
	if n := clip.read.Load(); int(n) > job.Frames/2 {
		t.Errorf("%d of %d pictures were read ahead", n, job.Frames)
	}
}

func failingSource(t *testing.T, e retake.Engine, mode retake.Mode, text string) {
	job, clip := Job(t, mode, text)
	clip.Fail, clip.FailAt = errors.New("the decoder died"), 7
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		if !errors.Is(err, clip.Fail) {
			t.Errorf("got %v", err)
		}
		return
	}
	f := retake.NewFrame(job.Picture)
	for n := 0; err == nil && n <= job.Frames; n++ {
		err = take.Frames.Next(t.Context(), f)
	}
	if !errors.Is(err, clip.Fail) {
		t.Errorf("got %v", err)
	}
	closes(t, take, clip)
}

// closes closes a take, which has to come back and to leave the source closed.
func closes(t *testing.T, take *retake.Take, clip *Clip) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- take.Frames.Close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("close: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("close hangs")
	}
	if clip.opened.Load() != 1 || clip.closed.Load() != 1 {
		t.Errorf("the source was opened %d times and closed %d times", clip.opened.Load(), clip.closed.Load())
	}
}
