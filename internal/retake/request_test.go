package retake

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

func good() Request {
	return Request{Prompt: "snow", Input: "clip.mp4", Start: 1, Duration: 4, Mode: ReplaceVideo}
}

func TestValidate(t *testing.T) {
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Request)
		field  string
		says   string
	}{
		"empty prompt":       {func(r *Request) { r.Prompt = " \n" }, "prompt", "must not be empty"},
		"huge prompt":        {func(r *Request) { r.Prompt = strings.Repeat("ö", MaxPrompt+1) }, "prompt", "at most 5000 characters, got 5001"},
		"no input":           {func(r *Request) { r.Input = "" }, "input_video", "missing"},
		"negative start":     {func(r *Request) { r.Start = -0.1 }, "start_time", "from 0 up, got -0.1"},
		"start not a number": {func(r *Request) { r.Start = math.NaN() }, "start_time", "NaN"},
		"endless start":      {func(r *Request) { r.Start = math.Inf(1) }, "start_time", "+Inf"},
		"too short":          {func(r *Request) { r.Duration = 1.99 }, "duration", "between 2 and 16 seconds, got 1.99"},
		"too long":           {func(r *Request) { r.Duration = 20 }, "duration", "between 2 and 16 seconds, got 20"},
		"endless":            {func(r *Request) { r.Duration = math.Inf(1) }, "duration", "+Inf"},
		"duration NaN":       {func(r *Request) { r.Duration = math.NaN() }, "duration", "NaN"},
		"unknown mode":       {func(r *Request) { r.Mode = "replace_all" }, "mode", `got "replace_all"`},
	} {
		r := good()
		c.change(&r)
		e, ok := errors.AsType[*Error](r.Validate())
		if !ok || e.Code != CodeInvalid || e.Field != c.field || !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %v, want field %s and %q", name, e, c.field, c.says)
		}
	}
	longest := good()
	longest.Prompt = strings.Repeat("ö", MaxPrompt)
	longest.Duration = MaxSegment
	if err := longest.Validate(); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

func TestClamp(t *testing.T) {
	for _, c := range []struct {
		start, end, clip float64
		want             float64 // end; 0: an error
		says             string
	}{
		{1, 5, 10, 5, ""},
		{8, 14, 10, 10, ""},
		{8, 14, 9.9999999999, 9.9999999999, ""}, // short by rounding only
		{8.5, 14, 10, 0, "would keep only 1.5 s of the clip, which is 10 s long"},
		{10, 14, 10, 0, "at or past the end of the clip, which is 10 s long"},
		{99, 103, 10.04, 0, "which is 10.04 s long"},
		{0, 2, 1.5, 0, "The clip is 1.5 s long; a segment needs at least 2 s."},
	} {
		got, err := Segment{c.start, c.end}.Clamp(c.clip)
		if c.says == "" && (err != nil || got.End != c.want || got.Start != c.start) {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
		if c.says != "" && (CodeOf(err) != CodeInvalid || !strings.Contains(UserMessage(err), c.says)) {
			t.Errorf("%+v: %v, want %q", c, err, c.says)
		}
	}
}

func TestIsPlaceholder(t *testing.T) {
	for prompt, want := range map[string]bool{
		"<prompt>": true, "  <your prompt here> ": true, "<>": false, "snow": false, "<b>snow</b>": false, "": false, "a < b": false, "<prompt": false,
	} {
		if got := (Request{Prompt: prompt}).IsPlaceholder(); got != want {
			t.Errorf("%q: %v", prompt, got)
		}
	}
}

func TestErrorsHideTheirCause(t *testing.T) {
	secret := errors.New("open /srv/secret: denied")
	err := fmt.Errorf("step: %w", Errorf(CodeEngine, "The engine failed.").Because(secret))
	if got := UserMessage(err); got != "The engine failed." {
		t.Errorf("message %q", got)
	}
	if CodeOf(err) != CodeEngine || !errors.Is(err, secret) {
		t.Errorf("%v lost its code or its cause", err)
	}
	if got := UserMessage(secret); strings.Contains(got, "secret") {
		t.Errorf("an inner error leaks: %q", got)
	}
	if CodeOf(io.EOF) != CodeInternal {
		t.Error("a plain error has a code")
	}
}

func TestModes(t *testing.T) {
	for _, m := range Modes() {
		if !m.Valid() {
			t.Errorf("%s is not valid", m)
		}
	}
	if ReplaceAudio.Video() || ReplaceVideo.Audio() || !ReplaceAudioAndVideo.Audio() || !ReplaceAudioAndVideo.Video() || Mode("").Valid() {
		t.Error("modes are mixed up")
	}
	for s, ended := range map[Status]bool{Queued: false, Processing: false, Succeeded: true, Failed: true, Cancelled: true} {
		if s.Ended() != ended || !s.Valid() {
			t.Errorf("%s: ended %v", s, s.Ended())
		}
	}
	if Status("done").Valid() {
		t.Error("an unknown state is valid")
	}
}

func TestNewFrame(t *testing.T) {
	f := NewFrame(PictureFormat{Width: 5, Height: 3})
	if len(f.Y) != 15 || len(f.Cb) != 6 || len(f.Cr) != 6 || len(f.Data) != 27 {
		t.Errorf("planes of %d, %d, %d", len(f.Y), len(f.Cb), len(f.Cr))
	}
	f.Y[14], f.Cb[0], f.Cr[5] = 1, 2, 3
	if f.Data[14] != 1 || f.Data[15] != 2 || f.Data[26] != 3 {
		t.Error("the planes are not the data")
	}
	g := NewFrame(f.Format)
	f.Time = time.Second.Seconds()
	if g.CopyFrom(f); g.Cr[5] != 3 || g.Time != 1 {
		t.Error("a copy differs")
	}
}
