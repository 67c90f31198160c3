package splice_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"retake/internal/mediatest"
	"retake/internal/splice"
)

// Clips of codecs that begin anew at keyframes and have no B-frames, and Matroska's own ways of telling times.
func TestFramesOutsideStayExact(t *testing.T) {
	const sound = " -map 0:v -map 1:a -c:a libopus "
	const vp9 = "-c:v libvpx-vp9 -deadline good -cpu-used 5 -pix_fmt yuv420p -g 25 -lag-in-frames 16 -auto-alt-ref 1"
	clips := []struct {
		name, args string
		lossless   bool // the bridge decodes to the original's frames
	}{
		{"hidden.webm", vp9 + sound, true},
		{"vp9.mp4", vp9 + " -map 0:v", true},
		{"ten.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p10le -profile:v 2 -g 25" + sound, true},
		{"vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -auto-alt-ref 0 -pix_fmt yuv420p -g 25" + sound, false},
		{"av1.webm", "-c:v libsvtav1 -preset 12 -pix_fmt yuv420p -g 25" + sound, true},
		{"aom.mp4", "-c:v libaom-av1 -cpu-used 8 -usage realtime -pix_fmt yuv420p -g 25 -map 0:v", true},
		{"avc.mkv", "-map 0:v -map 1:a -c:v libx264 -pix_fmt yuv420p -preset fast -g 25 -c:a aac", false},
		{"variable.mkv", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 25 -vf select='not(eq(mod(n\\,7)\\,3))' -fps_mode vfr", false},
		{"open.mkv", "-map 0:v -map 1:a -c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error:open-gop=1:keyint=22:min-keyint=22:scenecut=0 -c:a flac", false},
	}
	tools := mediatest.Open(t)
	for _, c := range clips {
		t.Run(c.name, func(t *testing.T) {
			original := makeClip(t, c.name, c.args+" -t 4")
			result := filepath.Join(t.TempDir(), "out-"+c.name)
			p := invert(t, tools, original, result, 1, 2)
			comparePackets(t, original, result, p)
			compareFrames(t, original, result, p)
			if a, b := packets(t, original, "a"), packets(t, result, "a"); !slices.Equal(a, b) {
				t.Error("the sound changed")
			}
			if a, b := frameHashes(t, original), frameHashes(t, result); c.lossless && !slices.Equal(a[p.End:p.M], b[p.End:p.M]) {
				t.Error("the bridge shows other pictures")
			}
			if p.M == p.Total || p.M == p.End {
				t.Error("no bridge to a keyframe: the clip doesn't try what it should")
			}
		})
	}
}

// A clip whose pictures change their size is none whose packets can be replaced.
func TestFramesOfAnotherSize(t *testing.T) {
	for _, codec := range []string{"libvpx-vp9", "libvpx"} {
		a := makeClip(t, "a.webm", "-map 0:v -t 1 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -c:v "+codec)
		b := makeClip(t, "b.webm", "-map 0:v -t 1 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -s 160x90 -c:v "+codec)
		list := filepath.Join(t.TempDir(), "list")
		if err := os.WriteFile(list, []byte("file '"+a+"'\nfile '"+b+"'\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		both := filepath.Join(t.TempDir(), "both.webm")
		ffmpeg(t, "-f", "concat", "-safe", "0", "-i", list, "-c", "copy", both)
		src, err := splice.Open(both)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		if src.Video.Reason != "its picture size changes within the clip" {
			t.Errorf("%s: %q", codec, src.Video.Reason)
		}
	}
}
