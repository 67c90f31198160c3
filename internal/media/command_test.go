package media

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLine(t *testing.T) {
	const quiet = "-nostdin -hide_banner -loglevel error -y "
	const guarded = "-protocol_whitelist file,pipe -format_whitelist " + containers
	const stated = "-protocol_whitelist file,pipe"
	for _, tt := range []struct {
		name    string
		command Command
		want    string
		inputs  []string
	}{
		{"each input is guarded", Command{Args: strings.Fields("-ss 1 -i /a.mp4 -i /b.mov out.mp4")},
			quiet + "-ss 1 " + guarded + " -i file:/a.mp4 " + guarded + " -i file:/b.mov out.mp4", []string{"/a.mp4", "/b.mov"}},
		{"a stated format holds for one input", Command{Args: strings.Fields("-f rawvideo -i pipe:3 -i /a.mp4 -f null -")},
			quiet + "-f rawvideo " + stated + " -i pipe:3 " + guarded + " -i file:/a.mp4 -f null -", []string{"/a.mp4"}},
		{"a filter graph is no file", Command{Args: strings.Fields("-f lavfi -i color -f null -")},
			quiet + "-f lavfi " + stated + " -i color -f null -", nil},
		{"a protocol is but a name", Command{Args: strings.Fields("-i http://host/a.mp4 -i /x/concat:/etc/passwd")},
			quiet + guarded + " -i file:" + wd(t) + "/http:/host/a.mp4 " + guarded + " -i file:/x/concat:/etc/passwd",
			[]string{wd(t) + "/http:/host/a.mp4", "/x/concat:/etc/passwd"}},
		{"a dash is no option", Command{Args: []string{"-i", "-y.mp4"}},
			quiet + guarded + " -i file:" + wd(t) + "/-y.mp4", []string{wd(t) + "/-y.mp4"}},
		{"ffprobe, last argument", Command{Probe: true, Args: strings.Fields("-show_packets /a.mp4")},
			"-hide_banner -loglevel error " + guarded + " -show_packets file:/a.mp4", []string{"/a.mp4"}},
		{"ffprobe, -i", Command{Probe: true, Args: strings.Fields("-i /a.mp4 -show_packets")},
			"-hide_banner -loglevel error " + guarded + " -i file:/a.mp4 -show_packets", []string{"/a.mp4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args, inputs := tt.command.line()
			if diff := cmp.Diff(tt.want, strings.Join(args, " ")); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.inputs, inputs); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
		})
	}
}

func wd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Files that send ffmpeg to other files are refused even where no kernel feature hides those.
func TestFilesThatPointElsewhere(t *testing.T) {
	target := clip(t, "target.ts", pictures+"-c:v mpeg2video")
	for name, text := range map[string]string{
		"hls":    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" + target + "\n#EXT-X-ENDLIST\n",
		"concat": "ffconcat version 1.0\nfile 'file:" + target + "'\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "clip.mp4")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			tl := tools(t, func(c *Config) { c.Sandbox = SandboxOff })
			_, err := tl.Run(t.Context(), Command{Args: []string{"-i", path, "-f", "null", "-"}})
			e, ok := errors.AsType[*ExitError](err)
			if !ok || !strings.Contains(e.Stderr, "not on whitelist") {
				t.Errorf("got %v, want a refusal by the whitelist", err)
			}
		})
	}
}

func TestOpenSaysHowToInstall(t *testing.T) {
	cfg := DefaultConfig()
	cfg.FFmpeg, cfg.FFprobe = "no-such-ffmpeg", "no-such-ffprobe"
	_, err := Open(cfg)
	for _, want := range []string{"no-such-ffmpeg", "no-such-ffprobe", "apt install ffmpeg"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	err := Config{Threads: -1, Timeout: time.Millisecond, CPULimit: 1, MemoryLimit: 1, FileLimit: 1, Sandbox: "maybe"}.Validate()
	for _, key := range []string{"ffmpeg", "ffprobe", "threads", "timeout", "cpu_limit", "memory_limit", "file_limit", "open_files", "sandbox"} {
		if err == nil || !strings.Contains(err.Error(), "media."+key+":") {
			t.Errorf("media.%s is not named in: %v", key, err)
		}
	}
}

func TestThreads(t *testing.T) {
	if got := tools(t, func(c *Config) { c.Threads = 3 }).Threads(); got != 3 {
		t.Errorf("got %d threads, want the configured 3", got)
	}
	if got := tools(t).Threads(); got < 1 || got > 16 {
		t.Errorf("got %d threads by default", got)
	}
}
