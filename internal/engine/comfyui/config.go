package comfyui

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// Config is one ComfyUI server.
type Config struct {
	URL          string        `koanf:"url"`             // of the server; "": no such engine
	Title        string        `koanf:"title"`           // for people
	Headers      []string      `koanf:"headers"`         // NAME=env:VARIABLE or NAME=file:PATH, sent with every request
	Workflow     string        `koanf:"workflow"`        // path of a template in API format; "": the one for LTX-2
	Checkpoint   string        `koanf:"checkpoint"`      // for the mark of that name
	TextEncoder  string        `koanf:"text_encoder"`    // likewise
	Slots        int           `koanf:"slots"`           // jobs in the server's queue at once
	Modes        []string      `koanf:"modes"`           // that the workflow can do
	MaxWindow    float64       `koanf:"max_window"`      // seconds
	MaxWidth     int           `koanf:"max_width"`       // of a picture that is wider than high; 0: any
	MaxHeight    int           `koanf:"max_height"`      // likewise
	Multiple     int           `koanf:"multiple"`        // of both sides
	Rates        []string      `koanf:"rates"`           // 24 or 30000/1001; none: any
	FrameStep    int           `koanf:"frame_step"`      // the count of pictures is a multiple of it and one more
	MinFrames    int           `koanf:"min_frames"`      // pictures that it has to be shown
	Handle       int           `koanf:"handle"`          // real pictures on each side of the segment
	AnswerLimit  int64         `koanf:"answer_limit"`    // bytes of an answer's file
	AnswerWithin time.Duration `koanf:"answer_within"`   // for an answer to one question
	MoveWithin   time.Duration `koanf:"transfer_within"` // for one upload or download
	JobWithin    time.Duration `koanf:"job_within"`      // for one job, with its time in the server's queue
	SilentWithin time.Duration `koanf:"silent_within"`   // a server out of reach during a job is waited for
	CancelWithin time.Duration `koanf:"cancel_within"`   // for a cancelled job to leave the queue
	PollEvery    time.Duration `koanf:"poll_every"`      // between questions, where the socket tells nothing
}

// DefaultConfig is right for LTX-2; it has no server.
func DefaultConfig() Config {
	return Config{
		Title: "ComfyUI", Checkpoint: "ltx-2.3-22b-distilled-1.1.safetensors", TextEncoder: "gemma_3_12B_it_fp4_mixed.safetensors",
		Slots: 1, Modes: []string{string(retake.ReplaceVideo), string(retake.ReplaceAudio), string(retake.ReplaceAudioAndVideo)},
		MaxWindow: retake.MaxWindow, MaxWidth: 1280, MaxHeight: 736, Multiple: 32, Rates: []string{"24", "25", "30", "48", "50", "60"},
		FrameStep: 8, MinFrames: 9, Handle: 16,
		AnswerLimit: 4 << 30, AnswerWithin: 30 * time.Second, MoveWithin: 10 * time.Minute, JobWithin: time.Hour,
		SilentWithin: 2 * time.Minute, CancelWithin: 10 * time.Second, PollEvery: 2 * time.Second,
	}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.URL != "" {
		if _, err := baseURL(c.URL); err != nil {
			bad("url %w", err)
		}
	}
	for _, h := range c.Headers {
		if _, _, _, err := headerSource(h); err != nil {
			bad("headers %w", err)
		}
	}
	if len(c.Modes) == 0 {
		bad("modes must name at least one")
	}
	for _, m := range c.Modes {
		if !retake.Mode(m).Valid() {
			bad("modes must be of replace_video, replace_audio and replace_audio_and_video, got %q", m)
		}
	}
	for _, r := range c.Rates {
		if _, err := readRate(r); err != nil {
			bad("rates %w", err)
		}
	}
	if c.MaxWindow < retake.MaxSegment || c.MaxWindow > retake.MaxWindow {
		bad("max_window must be %d to %d seconds, got %v", int(retake.MaxSegment), int(retake.MaxWindow), c.MaxWindow)
	}
	for _, n := range []struct {
		key               string
		value, low, highs int
	}{
		{"multiple", c.Multiple, 1, 256}, {"frame_step", c.FrameStep, 1, 256}, {"min_frames", c.MinFrames, 1, 256},
		{"handle", c.Handle, 0, 240}, {"max_width", c.MaxWidth, 0, 8192}, {"max_height", c.MaxHeight, 0, 8192},
	} {
		if n.value < n.low || n.value > n.highs {
			bad("%s must be %d to %d, got %d", n.key, n.low, n.highs, n.value)
		}
	}
	errs = append(errs, outside.Check(c.Slots, c.AnswerLimit, map[string]time.Duration{"answer_within": c.AnswerWithin, "transfer_within": c.MoveWithin,
		"job_within": c.JobWithin, "silent_within": c.SilentWithin, "cancel_within": c.CancelWithin, "poll_every": c.PollEvery}))
	return errors.Join(errs...)
}

func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("must be an address such as http://127.0.0.1:8188, got %q", text)
	}
	if u.User != nil {
		return nil, errors.New("must not hold a password: put it into headers, from a variable or a file")
	}
	return u, nil
}

// headerSource takes NAME=env:VARIABLE and NAME=file:PATH apart.
func headerSource(text string) (name, kind, from string, err error) {
	name, source, _ := strings.Cut(text, "=")
	kind, from, _ = strings.Cut(source, ":")
	if strings.TrimSpace(name) == "" || from == "" || kind != "env" && kind != "file" {
		return "", "", "", errors.New("must be NAME=env:VARIABLE or NAME=file:PATH, so that no key stands in the settings")
	}
	return strings.TrimSpace(name), kind, from, nil
}

// readHeaders reads the headers' values from where they are kept.
func readHeaders(list []string) (http.Header, error) {
	h := http.Header{}
	for _, text := range list {
		name, kind, from, err := headerSource(text)
		if err != nil {
			return nil, err
		}
		value := os.Getenv(from)
		if kind == "file" {
			data, err := os.ReadFile(from)
			if err != nil {
				return nil, fmt.Errorf("header %s: %w", name, err)
			}
			value = string(data)
		}
		if value = strings.TrimSpace(value); value == "" {
			return nil, fmt.Errorf("header %s: %s is empty", name, from)
		}
		h.Set(name, value)
	}
	return h, nil
}

func readRate(text string) (retake.Rate, error) {
	num, den, fraction := strings.Cut(text, "/")
	if !fraction {
		den = "1"
	}
	n, err1 := strconv.Atoi(strings.TrimSpace(num))
	d, err2 := strconv.Atoi(strings.TrimSpace(den))
	r := retake.Rate{Num: n, Den: d}
	if err := errors.Join(err1, err2); err != nil || n <= 0 || d <= 0 || r.FPS() < 1 || r.FPS() > 240 {
		return r, fmt.Errorf("must be pictures a second such as 24 or 30000/1001, got %q", text)
	}
	return r, nil
}
