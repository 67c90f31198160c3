package media

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	Main()
	self = "/proc/self/exe" // whatever this binary was linked with
	if sandbox := os.Getenv(orphanMaker); sandbox != "" {
		makeOrphan(sandbox)
	}
	os.Exit(m.Run())
}

// tools opens ffmpeg as configured by default, changed by edit.
func tools(t testing.TB, edit ...func(*Config)) *Tools {
	t.Helper()
	cfg := DefaultConfig()
	for _, e := range edit {
		e(&cfg)
	}
	opened, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// clip makes a small file with ffmpeg from arguments without the output, and returns its path.
func clip(t testing.TB, name, args string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	_, err := tools(t).Run(t.Context(), Command{Args: append(strings.Fields(args), path), WriteDirs: []string{filepath.Dir(path)}})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Arguments for clip.
const (
	pictures = "-f lavfi -i testsrc2=size=320x180:rate=30:duration=1 "
	tone     = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1 "
	h264     = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p "
	aac      = "-c:a aac "
)

const orphanMaker = "RETAKE_TEST_ORPHAN"

// makeOrphan is this test program's other life: it starts an ffmpeg that never ends by itself and touches no pipe,
// says its process id and waits to be killed.
func makeOrphan(sandbox string) {
	cfg := DefaultConfig()
	cfg.Sandbox = sandbox
	tl, err := Open(cfg)
	if err == nil {
		var p *Process
		p, err = tl.Start(context.Background(), Command{Args: strings.Fields("-re -f lavfi -i testsrc2=size=64x64:rate=30 -f null /dev/null")})
		if err == nil {
			fmt.Println(p.PID())
			err = p.Wait()
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
