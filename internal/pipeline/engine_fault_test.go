package pipeline_test

import (
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/engine/exec"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// faults are what a program may answer, and what comes of it. docs/engines.md has them as a table.
var faults = []struct {
	name  string
	fault []string
	code  retake.Code // of the error; "" when the edit succeeds
	says  string      // in the error or in a warning
	more  bool        // only with -all-faults: what the answer lacks is tried by the drifts, too
}{
	{"as it should be", nil, "", "It is a test.", false},
	{"half the size", []string{"ffmpeg=-vf scale=iw/2:ih/2"}, "", "", true},
	{"half the rate", []string{"ffmpeg=-r 15"}, "", "matched by time", false},
	{"another sample rate", []string{"ffmpeg=-ar 16000 -ac 1"}, "", "", true},
	{"too many pictures", []string{"ffmpeg=-vf tpad=stop=40:stop_mode=clone"}, "", "pictures where it was shown", true},
	{"too few pictures", []string{"ffmpeg=-frames:v 20"}, retake.CodeEngine, "do not reach the segment's end", false},
	{"one picture", []string{"ffmpeg=-frames:v 1"}, retake.CodeEngine, "do not reach the segment's end", true},
	{"no colour tags", []string{"ffmpeg=-bsf:v h264_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"}, "", "", true},
	{"another matrix", []string{"ffmpeg=-vf scale=out_color_matrix=bt601 -colorspace smpte170m"}, "", "", true},
	{"full range", []string{"ffmpeg=-vf scale=out_range=pc -color_range pc"}, "", "", true},
	{"wrong colour tags", []string{"ffmpeg=-colorspace smpte170m"}, "", "BT.601", true},
	{"10 bits", []string{"ffmpeg=-pix_fmt yuv420p10le"}, "", "", true},
	{"no sound", []string{"ffmpeg=-an"}, retake.CodeEngine, "sound", false},
	{"no pictures", []string{"ffmpeg=-vn"}, retake.CodeEngine, "no pictures", false},
	{"cut off", []string{"truncated"}, retake.CodeEngine, "no pictures", false},
	{"cut off, with its index", []string{"truncated", "ffmpeg=-movflags +faststart"}, retake.CodeEngine, "", false},
	{"a playlist", []string{"text"}, retake.CodeEngine, "no pictures", false},
	{"a file elsewhere", []string{"outside"}, retake.CodeEngine, "can't be used", false},
	{"crash", []string{"crash"}, retake.CodeEngine, "ended in the middle", false},
	{"no GPU", []string{"hello unavailable"}, retake.CodeUnavailable, "no GPU", false},
	{"refused", []string{"error=refused"}, retake.CodeRefused, "does not make", false},
}

var allFaults = flag.Bool("all-faults", false, "try every fault of an engine's answer")

// Whatever an engine answers, the result keeps its promise or there is none; and nothing is left behind.
func TestEngineFaults(t *testing.T) {
	clip := driftClip(t, "160x96", "30")
	for _, c := range faults {
		if c.more && !*allFaults {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			e := newEditor(t)
			cfg := exec.DefaultConfig()
			cfg.Command = enginetest.Command(c.fault...)
			engine, err := exec.New("test", cfg, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer engine.Close()
			e.Engines = []retake.Engine{engine}
			out := filepath.Join(t.TempDir(), "out.mp4")
			report, err := e.Edit(t.Context(), pipeline.Edit{Source: clip, Out: out, Request: retake.Request{Prompt: "x", Start: 1.5, Duration: 2, Mode: retake.ReplaceAudioAndVideo}}, nil)
			left, _ := os.ReadDir(e.TempDir)
			if len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if c.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				if said := strings.Join(report.Warnings, "\n"); !report.Holds || !report.Exact || !strings.Contains(said, c.says) {
					t.Errorf("holds %v, exact %v, warnings %q", report.Holds, report.Exact, said)
				}
				return
			}
			user, ok := errors.AsType[*retake.Error](err)
			if !ok || user.Code != c.code || !strings.Contains(user.Message, c.says) {
				t.Fatalf("got %v, want %s with %q", err, c.code, c.says)
			}
			if strings.Contains(user.Message, "/") {
				t.Errorf("the user is told of the inside: %s", user.Message)
			}
			if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a result is there: %v", err)
			}
			t.Log(user.Message)
		})
	}
}
