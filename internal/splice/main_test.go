package splice_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/mediatest"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

// makeClip encodes 8 s of a moving, noisy test picture, 15 a second, and a sweep of sound with ffmpeg.
func makeClip(t testing.TB, name string, args string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	line := "-y -v error -f lavfi -i testsrc2=size=320x180:rate=15,noise=alls=12:allf=t+u -f lavfi -i aevalsrc=0.3*sin(2*PI*(220+40*t)*t)|0.2*sin(2*PI*330*t):s=48000 -t 8 " + args
	cmd := exec.CommandContext(context.Background(), "ffmpeg", append(strings.Fields(line), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	return path
}

// packet is one packet as ffprobe sees it.
type packet struct {
	PTS, DTS, Duration int64
	Flags              string
	Hash               string `json:"data_hash"`
}

// packets asks ffprobe for every packet of a stream: an account of the file that owes nothing to this package.
func packets(t testing.TB, path, stream string) []packet {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", stream, "-show_packets", "-show_data_hash", "sha256",
		"-of", "json", path).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	var answer struct{ Packets []packet }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Packets
}

// frameHashes decodes the pictures with ffmpeg and returns a line of pts and hash for each.
func frameHashes(t testing.TB, path string) []string {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "md5", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, ",")
		if len(f) < 6 {
			t.Fatalf("decoding %s: %s", path, line)
		}
		list = append(list, strings.TrimSpace(f[2])+" "+strings.TrimSpace(f[5]))
	}
	return list
}
