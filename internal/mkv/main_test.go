package mkv

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/container"
	"retake/internal/corpus"
)

func openFile(t testing.TB, path string) (*File, *os.File) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := Open(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return file, f
}

func patch(t *testing.T, src *File, changes []container.Change, reps []container.Replacement, added ...*container.Sound) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "patched"+src.Kind().Extensions()[0])
	dst, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	p, err := src.Patch(dst, changes, added)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CopyHead(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(context.Background(), reps); err != nil {
		t.Fatal(err)
	}
	return path
}

// probe returns what ffprobe says.
func probe(t *testing.T, path string, args ...string) string {
	t.Helper()
	out, err := exec.Command("ffprobe", append(append([]string{"-v", "quiet"}, args...), path)...).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v\n%s", err, out)
	}
	return string(out)
}

// mkvmerge remuxes a file with mkvtoolnix, whose files differ from ffmpeg's.
func mkvmerge(t testing.TB, from string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("mkvmerge"); err != nil {
		t.Fatal("mkvmerge is needed and missing: scripts/install-deps.sh test installs it")
	}
	to := filepath.Join(t.TempDir(), "merged.mkv")
	if out, err := exec.Command("mkvmerge", append(append([]string{"-q", "-o", to}, args...), from)...).CombinedOutput(); err != nil {
		t.Fatalf("mkvmerge: %v\n%s", err, out)
	}
	return to
}

var formats = []struct{ name, args string }{
	{"avc.mkv", "-c:v libx264 -g 30 -c:a aac -metadata title=Kept -metadata:s:a language=deu"},
	{"hevc.mkv", "-c:v libx265 -x265-params log-level=error:keyint=30 -c:a flac"},
	{"front.mkv", "-c:v libx264 -g 30 -c:a ac3 -cues_to_front 1"},
	{"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30 -c:a libopus"},
	{"vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 30 -c:a libvorbis"},
	{"live.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 30 -c:a libopus -live 1 -f webm"},
	{"av1.mkv", "-c:v libsvtav1 -preset 12 -g 30 -c:a pcm_s16le"},
}

// same replaces frames [from, to) by themselves.
func same(t *testing.T, f *os.File, src *File, track, from, to int) (container.Change, container.Replacement) {
	t.Helper()
	list := src.List()[track]
	samples, err := list.Samples()
	if err != nil {
		t.Fatal(err)
	}
	to = min(to, samples.Len())
	rep := container.Replacement{Config: nil}
	for i := from; i < to; i++ {
		s := samples.At(i)
		data, err := src.ReadSample(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		rep.Pieces = append(rep.Pieces, container.Piece{From: bytes.NewReader(data), Size: s.Size})
		if list.Kind == container.Video {
			rep.CTS, rep.Sync = append(rep.CTS, s.CTS), append(rep.Sync, s.Sync)
		}
	}
	return container.Change{Track: track, First: from, Count: to - from}, rep
}

const everything = "packet=stream_index,pts,dts,duration,flags,data_hash,size:stream:stream_tags:format_tags:chapter:chapter_tags"

// What ffprobe says of each packet must not change when frames are replaced by themselves, and mkvinfo must find no fault.
func TestPatchWithTheSameFrames(t *testing.T) {
	paths := map[string]string{}
	for _, c := range formats {
		paths[c.name] = corpus.Clip(t, c.name, c.args)
	}
	paths["merged, lacing"] = mkvmerge(t, paths["front.mkv"])
	paths["merged, header stripping"] = mkvmerge(t, corpus.Clip(t, "p2.mkv", "-c:v mpeg4 -c:a ac3"), "--compression", "0:mpeg4_p2")
	paths["merged, vp9"] = mkvmerge(t, paths["vp9.webm"])
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			src, f := openFile(t, path)
			change, rep := same(t, f, src, 0, 20, 50)
			sound, soundRep := same(t, f, src, 1, 10, 25)
			out := patch(t, src, []container.Change{change, sound}, []container.Replacement{rep, soundRep})
			all := []string{"-show_packets", "-show_chapters", "-show_data_hash", "md5", "-show_entries", everything}
			if diff := cmp.Diff(probe(t, path, all...), probe(t, out, all...)); diff != "" {
				t.Error(diff)
			}
			again, _ := openFile(t, out)
			if a, b := told(t, src), told(t, again); !bytes.Equal(a, b) {
				t.Errorf("what the file says of itself changed: %d and %d bytes", len(a), len(b))
			}
			checkSeeking(t, path, out)
			if _, err := exec.LookPath("mkvmerge"); err == nil {
				report, err := exec.Command("mkvmerge", "-J", out).Output()
				var said struct{ Errors, Warnings []string }
				if err != nil || json.Unmarshal(report, &said) != nil || len(said.Errors)+len(said.Warnings) > 0 {
					t.Errorf("mkvmerge: %v %v", err, said)
				}
			}
		})
	}
}

// checkSeeking holds the packet that ffprobe reads first after a seek in either file against the other's.
func checkSeeking(t *testing.T, a, b string) {
	t.Helper()
	for _, at := range []string{"0.5", "1.2", "2.4"} {
		args := []string{"-select_streams", "v", "-read_intervals", at + "%+#1", "-show_packets", "-show_entries", "packet=pts,flags", "-of", "csv"}
		if x, y := probe(t, a, args...), probe(t, b, args...); x != y && !strings.Contains(a, "live") {
			t.Errorf("seeking to %s s reads %q, want %q", at, y, x)
		}
	}
}

// told returns all that is said of the file and its tracks beside the frames.
func told(t *testing.T, f *File) (all []byte) {
	t.Helper()
	parts, err := f.Parts()
	if err != nil {
		t.Fatal(err)
	}
	for _, track := range f.List() {
		parts = append(parts, track.Parts()...)
		all = append(all, track.Description()...)
	}
	for _, p := range parts {
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, p.Path...), body...)
	}
	return all
}
