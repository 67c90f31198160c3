package pipeline_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/engine"
	"retake/internal/engine/enginetest"
	"retake/internal/media"
	"retake/internal/pipeline"
)

func TestMain(m *testing.M) {
	media.Main()
	enginetest.Program()
	os.Exit(m.Run())
}

// newEditor makes an editor with the real engines and tools.
func newEditor(t testing.TB) *pipeline.Editor {
	t.Helper()
	tools, err := media.Open(media.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	engines, err := engine.All(engine.DefaultConfig(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &pipeline.Editor{Tools: tools, Engines: engines, TempDir: t.TempDir(), Config: pipeline.DefaultConfig()}
}

// makeClip encodes 7 s of a moving, noisy test picture, 15 a second, and a sweep of sound with ffmpeg.
func makeClip(t testing.TB, name, args string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	line := "-y -v error -f lavfi -i testsrc2=size=320x180:rate=15,noise=alls=8:allf=t+u -f lavfi -i aevalsrc=0.3*sin(2*PI*(220+40*t)*t)|0.2*sin(2*PI*330*t):s=48000 -t 7 " + args
	cmd := exec.CommandContext(context.Background(), "ffmpeg", append(strings.Fields(line), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	return path
}
