package pipeline_test

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"retake/internal/engine/comfyui"
	"retake/internal/engine/enginetest"
	"retake/internal/engine/exec"
	"retake/internal/engine/ltx"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// answers are what an engine may answer in place of a clip as it should be, and what comes of it.
var answers = []struct {
	name string
	bad  enginetest.Bad
	code retake.Code // of the error; "" when the edit succeeds
	says string      // in the error or in a warning
	by   int         // how many of the engines are tried without -all-faults
}{
	{"as it should be", enginetest.Bad{}, "", "", 3},
	{"of half the size", enginetest.Bad{Args: "-vf scale=iw/2:ih/2"}, "", "", 0},
	{"of half the rate", enginetest.Bad{Args: "-r 15"}, "", "matched by time", 3},
	{"of another sample rate, mono", enginetest.Bad{Args: "-ar 16000 -ac 1"}, "", "", 0},
	{"with too many pictures", enginetest.Bad{Args: "-vf tpad=stop=40:stop_mode=clone"}, "", "pictures where it was shown", 0},
	{"with too few pictures", enginetest.Bad{Args: "-frames:v 20"}, retake.CodeEngine, "do not reach the segment's end", 3},
	{"a single picture", enginetest.Bad{Args: "-frames:v 1"}, retake.CodeEngine, "do not reach the segment's end", 0},
	{"without colour tags", enginetest.Bad{Args: "-bsf:v h264_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"}, "", "", 0},
	{"in another matrix", enginetest.Bad{Args: "-vf scale=out_color_matrix=bt601 -colorspace smpte170m"}, "", "", 0},
	{"of full range", enginetest.Bad{Args: "-vf scale=out_range=pc -color_range pc"}, "", "full range", 0},
	{"with wrong colour tags", enginetest.Bad{Args: "-colorspace smpte170m"}, "", "BT.601", 0},
	{"of 10 bits", enginetest.Bad{Args: "-pix_fmt yuv420p10le"}, "", "", 0},
	{"without sound", enginetest.Bad{Args: "-an"}, retake.CodeEngine, "sound", 3},
	{"without pictures", enginetest.Bad{Args: "-vn"}, retake.CodeEngine, "no pictures", 1},
	{"cut off", enginetest.Bad{Cut: true}, retake.CodeEngine, "no pictures", 1},
	{"cut off, with its index in front", enginetest.Bad{Cut: true, Args: "-movflags +faststart"}, retake.CodeEngine, "", 0},
	{"a playlist that names an address", enginetest.Bad{Text: enginetest.Playlist}, retake.CodeEngine, "no pictures", 3},
	{"a text", enginetest.Bad{Text: "<html>Bad gateway</html>"}, retake.CodeEngine, "no pictures", 0},
}

var allFaults = flag.Bool("all-faults", false, "try every fault of an engine's answer by each kind of engine")

// small is an engine that is shown small pictures, so that a test of it takes no longer than of another: the size is nothing to what it answers.
type small struct{ retake.Engine }

func (s small) Info() retake.EngineInfo {
	i := s.Engine.Info()
	i.MaxWidth, i.MaxHeight, i.FixedSize, i.MinFrames = 0, 0, false, 0
	return i
}

// answering makes engines that answer so: a program, one at a provider, and a ComfyUI.
var answering = []struct {
	name string
	open func(t *testing.T, bad enginetest.Bad) retake.Engine
}{
	{"a program's", func(t *testing.T, bad enginetest.Bad) retake.Engine {
		cfg := exec.DefaultConfig()
		cfg.Command = enginetest.Command(bad.Faults()...)
		return must(t)(exec.New("test", cfg, slog.New(slog.DiscardHandler)))
	}},
	{"a provider's", func(t *testing.T, bad enginetest.Bad) retake.Engine {
		f := enginetest.NewFake(t)
		f.Bad, f.Good = bad, "-crf 12 -preset veryfast"
		f.ServeLTX()
		cfg := ltx.DefaultConfig()
		cfg.URL = f.URL
		enginetest.Hurry(t, &cfg)
		return small{enginetest.Make(t, cfg, ltx.New)}
	}},
	{"ComfyUI's", func(t *testing.T, bad enginetest.Bad) retake.Engine {
		cfg := comfyui.DefaultConfig()
		f := enginetest.NewComfy(t, cfg.Checkpoint, cfg.TextEncoder)
		f.Bad, f.Good = bad, "-crf 12 -preset veryfast"
		cfg.URL, cfg.PollEvery = f.URL, 20*time.Millisecond
		return small{must(t)(comfyui.New(cfg, slog.New(slog.DiscardHandler)))}
	}},
}

// must ends a test whose engine can't be made.
func must(t *testing.T) func(e retake.Engine, err error) retake.Engine {
	return func(e retake.Engine, err error) retake.Engine {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := e.(retake.Closer); ok {
			t.Cleanup(func() { _ = c.Close() })
		}
		return e
	}
}

// Whatever an engine answers, the result keeps its promise or there is none; and nothing is left behind. docs/engines.md has what came of it.
func TestAnswers(t *testing.T) {
	clip := driftClip(t, "160x96", "30")
	head := "| the answer is |"
	for _, a := range answering {
		head += " " + a.name + " |"
	}
	var rows []string
	for _, c := range answers {
		engines := answering
		if !*allFaults {
			engines = answering[:c.by]
		}
		row := "| " + c.name + " |"
		for _, a := range engines {
			t.Run(c.name+"/"+a.name, func(t *testing.T) {
				got := answered(t, clip, a.open(t, c.bad))
				if got.code != c.code || !strings.Contains(strings.Join(got.said, " "), c.says) {
					t.Errorf("%v, want %s with %q", got, c.code, c.says)
				}
				row += " " + got.about(c.says) + " |"
			})
		}
		if len(engines) == len(answering) {
			rows = append(rows, row)
		}
	}
	if !t.Failed() {
		enginetest.Table(t, "../../docs/engines.md", "answers", "go test ./internal/pipeline -run TestAnswers -all-faults -update-faults", head, rows)
	}
}

// came is what came of an answer.
type came struct {
	code retake.Code // "": the result
	said []string    // the error's sentence, or the warnings
}

var figures = regexp.MustCompile(` [0-9]+([.][0-9]+)?`)

// about is what came of it in words, with the warning that it is about. Its figures are those of the clip.
func (c came) about(words string) string {
	if c.code != "" {
		return fmt.Sprintf("it fails (`%s`): %s", c.code, c.said[0])
	}
	for _, w := range c.said {
		if words != "" && strings.Contains(w, words) {
			return "the result, with a warning: " + figures.ReplaceAllString(w, " N")
		}
	}
	return "the result"
}

// answered makes an edit by an engine.
func answered(t *testing.T, clip string, engine retake.Engine) came {
	e := newEditor(t)
	e.Engines = []retake.Engine{engine}
	out := filepath.Join(t.TempDir(), "out.mp4")
	report, err := e.Edit(t.Context(), pipeline.Edit{Source: clip, Out: out, Request: retake.Request{Prompt: "x", Start: 1.5, Duration: 2, Mode: retake.ReplaceAudioAndVideo}}, nil)
	if left, _ := os.ReadDir(e.TempDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err == nil {
		if !report.Holds || !report.Exact {
			t.Errorf("holds %v, exact %v", report.Holds, report.Exact)
		}
		return came{said: report.Warnings}
	}
	user, ok := errors.AsType[*retake.Error](err)
	if !ok || strings.Contains(user.Message, "/") {
		t.Fatalf("the user is told of the inside: %v", err)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a result is there: %v", err)
	}
	return came{user.Code, []string{user.Message}}
}

// What a program does in place of an answer fails in a sentence, too.
func TestProgramFaults(t *testing.T) {
	clip := driftClip(t, "160x96", "30")
	for _, c := range []struct {
		fault string
		code  retake.Code
		says  string
	}{
		{"outside", retake.CodeEngine, "can't be used"},
		{"crash", retake.CodeEngine, "ended in the middle"},
		{"hello unavailable", retake.CodeUnavailable, "no GPU"},
		{"error=refused", retake.CodeRefused, "does not make"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			cfg := exec.DefaultConfig()
			cfg.Command = enginetest.Command(c.fault)
			if got := answered(t, clip, must(t)(exec.New("test", cfg, slog.New(slog.DiscardHandler)))); got.code != c.code || !strings.Contains(got.said[0], c.says) {
				t.Errorf("%v, want %s with %q", got, c.code, c.says)
			}
		})
	}
}
