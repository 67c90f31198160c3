package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"retake/internal/media"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	media.Main()
	testscript.Main(m, map[string]func(){"retake": main})
}

// TestScript runs testdata/script: the command line as scripts use it. Beside testscript's own commands there are
//
//	exits CODE COMMAND…   run a command that must end with this exit code
//	json FILE PATH VALUE  FILE (or stdout, stderr) is one JSON value, in which a.b.0.c is VALUE; * stands for any
//
// and each script finds clip.mp4 in its folder: 6 s, 320x180, with sound.
func TestScript(t *testing.T) {
	clip := makeClip(t)
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("..", "..", "testdata", "script"),
		Setup: func(env *testscript.Env) error { return setup(env, clip) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"json":  jsonValue,
		},
		RequireUniqueNames: true,
	})
}

// makeClip writes the clip that the tests edit.
func makeClip(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	cmd := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error",
		"-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=6",
		"-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000:duration=6",
		"-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-pix_fmt", "yuv420p",
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
		"-c:a", "aac", "-ac", "2", "-b:a", "96k", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make the clip: %v\n%s", err, out)
	}
	return path
}

// setup gives a script its clip, and a folder for temporary files in which it can look for what was left behind.
func setup(env *testscript.Env, clip string) error {
	data, err := os.ReadFile(clip)
	if err != nil {
		return err
	}
	temp := filepath.Join(env.WorkDir, ".tmp")
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("TMPDIR", temp)
	return errors.Join(os.MkdirAll(temp, 0o700), os.WriteFile(filepath.Join(env.WorkDir, "clip.mp4"), data, 0o600))
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		ee, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = ee.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.UseNumber()
	var v any
	ts.Check(dec.Decode(&v))
	if dec.More() {
		ts.Fatalf("%s has more than one JSON value", args[0])
	}
	got, ok := at(v, strings.Split(args[1], "."))
	match := ok && (args[2] == "*" || fmt.Sprint(got) == args[2])
	if match == neg {
		ts.Fatalf("%s is %v (there: %v), compared with %s", args[1], got, ok, args[2])
	}
}

// at follows a path of member names and indexes.
func at(v any, path []string) (any, bool) {
	for _, p := range path {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[p]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}
