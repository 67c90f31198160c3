package sound

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

// program makes one that speaks by writing body's output, and a config that runs it with arguments.
func program(t *testing.T, body string, args ...string) SpeechConfig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "speak")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return SpeechConfig{Command: append([]string{path}, args...), Language: "en-gb", Timeout: 20 * time.Second}
}

// aWAV writes half a second of a note to a file and returns its path.
func aWAV(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "note.wav")
	var data []byte
	for _, v := range sine(16000, 8000, 440, 0.4) {
		data = binary.LittleEndian.AppendUint16(data, uint16(int16(v*32767)))
	}
	if err := os.WriteFile(path, wavFile(1, 1, 16000, 16, uint32(len(data)), data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCommand holds what a program of the user's is told, on standard input and in its arguments, and that its WAV is taken
// from standard output or from a file; nothing is left behind.
func TestCommand(t *testing.T) {
	note := aWAV(t)
	for name, test := range map[string]struct {
		body string
		args []string
		want string // the arguments, with OUT and TEXT for paths
	}{
		"by standard output": {"cat >$0.in; echo \"$@\" >$0.args; cat " + note,
			[]string{"--lang={language}", "{sex}", "{age}", "{manner}", "{speed}", "{length}", "{pitch}"}, "--lang=de female child whisper 1.250 0.800 1.100"},
		"by a file": {"cat \"$2\" >$0.in; cat >/dev/null; echo \"$@\" >$0.args; cp " + note + " \"$1\"", []string{"{out}", "{text}"}, "OUT TEXT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("RETAKE_SECRET", "do not pass on")
			cfg, temp := program(t, "env >$0.env; "+test.body, test.args...), t.TempDir()
			mono, rate, err := Speaker(cfg)(context.Background(), "$(touch x) --help; Grüße", Voice{Sex: Female, Child: true, Whisper: true, Language: "de", Speed: 1.25, Pitch: 1.1}, temp)
			if err != nil {
				t.Fatal(err)
			}
			if rate != 16000 || len(mono) != 8000 {
				t.Errorf("%d samples at %d", len(mono), rate)
			}
			read := func(what string) string {
				b, err := os.ReadFile(cfg.Command[0] + what)
				if err != nil {
					t.Fatal(err)
				}
				return strings.TrimSpace(string(b))
			}
			if diff := cmp.Diff("$(touch x) --help; Grüße", read(".in")); diff != "" {
				t.Errorf("the words (-want +got):\n%s", diff)
			}
			args := strings.Fields(read(".args"))
			for i, a := range args {
				if strings.HasPrefix(a, temp) {
					args[i] = map[string]string{"out.wav": "OUT", "text": "TEXT"}[filepath.Base(a)]
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(args, " ")); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if strings.Contains(read(".env"), "RETAKE_SECRET") {
				t.Error("the environment is passed on")
			}
			if left, _ := os.ReadDir(temp); len(left) != 0 {
				t.Errorf("%v is left behind", left)
			}
		})
	}
}

// TestCommandFails holds that whatever such a program does wrong ends in an error for the user, and leaves nothing behind.
func TestCommandFails(t *testing.T) {
	for name, test := range map[string]struct {
		cfg  SpeechConfig
		code retake.Code
	}{
		"not there":           {SpeechConfig{Command: []string{"no-such-program-here"}, Language: "en", Timeout: time.Second}, retake.CodeUnavailable},
		"an error":            {program(t, "echo boom >&2; exit 3"), retake.CodeEngine},
		"no file":             {program(t, "exit 0", "{out}"), retake.CodeEngine},
		"a folder":            {program(t, "mkdir \"$1\"", "{out}"), retake.CodeEngine},
		"no WAV":              {program(t, "echo hello"), retake.CodeEngine},
		"nothing":             {program(t, "exit 0"), retake.CodeEngine},
		"endless":             {program(t, "exec yes"), retake.CodeInvalid},
		"too large a file":    {program(t, "truncate -s 40M \"$1\"", "{out}"), retake.CodeInvalid},
		"noise on its stderr": {program(t, "yes | head -c 100000 >&2; exit 1"), retake.CodeEngine},
	} {
		temp := t.TempDir()
		_, _, err := Speaker(test.cfg)(context.Background(), "hello", Voice{}, temp)
		if err == nil || retake.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
		if left, _ := os.ReadDir(temp); len(left) != 0 {
			t.Errorf("%s: %v is left behind", name, left)
		}
	}
	if err := SpeechReady(SpeechConfig{Command: []string{"no-such-program-here"}}); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Errorf("a missing program is ready: %v", err)
	}
}

func TestCommandConfig(t *testing.T) {
	good := DefaultSpeechConfig()
	good.Command = []string{"piper", "--model", "en.onnx", "--length_scale", "{length}", "--output_file", "{out}"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for _, command := range [][]string{{""}, {"{out}"}, {"piper", "{voice}"}} {
		c := DefaultSpeechConfig()
		c.Command = command
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "command:") {
			t.Errorf("%q: %v", command, err)
		}
	}
	for _, tt := range []struct {
		voice Voice
		want  []string
	}{
		{Voice{}, nil},
		{Voice{Sex: Male, Old: true}, []string{"male", "old"}},
		{Voice{Whisper: true}, []string{"whisper"}},
	} {
		if diff := cmp.Diff(tt.want, good.Unheard(tt.voice)); diff != "" {
			t.Errorf("%+v: %s", tt.voice, diff)
		}
	}
	if got := DefaultSpeechConfig().Unheard(Voice{Whisper: true, Sex: Male}); got != nil {
		t.Errorf("espeak-ng can't do %q", got)
	}
}
