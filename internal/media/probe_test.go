package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

func TestProbe(t *testing.T) {
	path := clip(t, "a.mp4", pictures+tone+h264+aac+"-ac 2 -metadata:s:a:0 language=deu -profile:v high -bf 0 "+
		"-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv")
	got, err := tools(t).Probe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	v, a := *got.Video(), *got.Audio()
	wantVideo := Stream{
		Index: 0, Kind: "video", Default: true, Codec: "h264", CodecTag: "avc1", Profile: v.Profile, Language: "und",
		Duration: 1, Frames: 30,
		Width: 320, Height: 180, Aspect: "1:1", PixFmt: "yuv420p", FieldOrder: "progressive",
		Rate:   retake.Rate{Num: 30, Den: 1},
		Matrix: "bt709", Primaries: "bt709", Transfer: "bt709",
	}
	if diff := cmp.Diff(wantVideo, v); diff != "" {
		t.Errorf("video (-want +got):\n%s", diff)
	}
	wantAudio := Stream{
		Index: 1, Kind: "audio", Codec: "aac", CodecTag: "mp4a", Profile: "LC", Language: "deu",
		Default: true, Duration: 1, Frames: a.Frames,
		SampleRate: 48000, Channels: 2,
	}
	if diff := cmp.Diff(wantAudio, a); diff != "" {
		t.Errorf("audio (-want +got):\n%s", diff)
	}
	if a.Frames < 46 {
		t.Errorf("%d packets of sound", a.Frames)
	}
	if got.Brand != "isom" || !agree(got.Duration, 1) || got.Size == 0 {
		t.Errorf("container: %+v", got)
	}
	if !v.Progressive() || v.Picture().FrameSize() != 320*180*3/2 {
		t.Errorf("picture: %+v", v.Picture())
	}
}

func TestProbeRefuses(t *testing.T) {
	tl := tools(t)
	whole := read(t, clip(t, "a.mp4", pictures+tone+h264+aac))
	front := read(t, clip(t, "b.mp4", pictures+h264+"-movflags +faststart"))
	gif := read(t, clip(t, "one.gif", pictures+"-frames:v 1"))
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"text", []byte("Dear ox,\nhere is my clip.\n"), "text file"},
		{"text with umlauts", []byte("Grüße"), "text file"},
		{"json", []byte(`{"error": "not found"}`), "text file"},
		{"web page", []byte("<!DOCTYPE html><html><body>404</body></html>"), "web page"},
		{"playlist", []byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), "playlist"},
		{"zip", []byte("PK\x03\x04 and so on"), "archive"},
		{"pdf", []byte("%PDF-1.4\n\x00"), "PDF"},
		{"noise", bytes.Repeat([]byte{0, 200, 13, 255, 7}, 5000), "isn't a video"},
		{"png", read(t, clip(t, "a.png", pictures+"-frames:v 1")), "a picture"},
		{"jpeg", read(t, clip(t, "a.jpg", pictures+"-frames:v 1")), "a picture"},
		{"gif", gif, "a picture"},
		{"bmp", read(t, clip(t, "a.bmp", pictures+"-frames:v 1")), "a picture"},
		{"tiff", read(t, clip(t, "a.tiff", pictures+"-frames:v 1")), "a picture"},
		{"sound", read(t, clip(t, "a.wav", tone)), "sound but no video"},
		{"sound with a cover", read(t, clip(t, "a.m4a", tone+pictures+"-map 0 -map 1 -frames:v 1 -c:v mjpeg -disposition:v attached_pic "+aac+"-f mp4")), "sound but no video"},
		{"index cut off", whole[:len(whole)/2], "index is missing"},
		{"index cut in two", whole[:len(whole)-300], "cut off"},
		{"pictures cut off", front[:len(front)-500], "cut off"},
		{"lying box size", lie(whole, "mdat", 0x7fffffff), "cut off"},
		{"box size of 3", lie(whole, "mdat", 3), "damaged"},
		{"no frames", emptied(whole), "no pictures in it"},
		{"no tracks", read(t, clip(t, "none.mp4", pictures+h264+"-t 0")), "no video track"},
		{"one pixel", read(t, clip(t, "1px.mkv", "-f lavfi -i color=size=2x2:rate=30:duration=1,format=gray,crop=1:1 -c:v ffv1")), "1 × 1 pixels"},
		{"16k", read(t, clip(t, "16k.avi", "-f lavfi -i color=size=15360x16:rate=30:duration=0.1 -c:v mjpeg -pix_fmt yuvj420p")), "15360 × 16 pixels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "clip")
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := tl.Probe(t.Context(), path)
			e, ok := errors.AsType[*retake.Error](err)
			if !ok || e.Code != retake.CodeUnreadable || e.Field != "input_video" {
				t.Fatalf("got %v, want CodeUnreadable of input_video", err)
			}
			if !strings.Contains(e.Message, tt.want) {
				t.Errorf("got %q, want it to say %q", e.Message, tt.want)
			}
			if strings.Contains(e.Message, path) {
				t.Errorf("the message holds a path: %q", e.Message)
			}
		})
	}
}

func TestProbeAccepts(t *testing.T) {
	tl := tools(t)
	for name, args := range map[string]string{
		"a.mov":  pictures + h264,
		"a.mkv":  pictures + tone + h264 + aac,
		"a.webm": pictures + "-c:v libvpx -deadline realtime",
		"a.avi":  pictures + "-c:v mpeg4",
		"a.ts":   pictures + h264,
		"a.gif":  pictures,
		"f.mp4":  pictures + h264 + "-movflags frag_keyframe+empty_moov",
		"v.mp4":  pictures + h264 + "-frames:v 1",
	} {
		path := clip(t, name, args)
		info, err := tl.Probe(t.Context(), path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if v := info.Video(); v.Width != 320 || v.Rate.FPS() < 10 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	// Bytes after the last box harm nobody.
	path := clip(t, "tail.mp4", pictures+h264)
	data := append(read(t, path), "\xff\xff\xff\xffjunk and more junk"...)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tl.Probe(t.Context(), path); err != nil {
		t.Errorf("a clip with something appended: %v", err)
	}
}

func TestProbeMissingFile(t *testing.T) {
	_, err := tools(t).Probe(t.Context(), filepath.Join(t.TempDir(), "none.mp4"))
	if !errors.Is(err, os.ErrNotExist) || retake.CodeOf(err) != retake.CodeInternal {
		t.Errorf("got %v; a file that the server lost is not the user's fault", err)
	}
	if _, err := tools(t).Probe(t.Context(), t.TempDir()); retake.CodeOf(err) != retake.CodeUnreadable {
		t.Errorf("a folder: %v", err)
	}
}

// A pipe that nobody writes to must be refused at once.
func TestProbePipe(t *testing.T) {
	tl, pipe := tools(t), filepath.Join(t.TempDir(), "pipe.mp4")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := tl.Probe(t.Context(), pipe)
		done <- err
	}()
	select {
	case err := <-done:
		if retake.CodeOf(err) != retake.CodeUnreadable || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("Probe waits for a writer")
	}
}

func TestInspectTakesSound(t *testing.T) {
	info, err := tools(t).Inspect(t.Context(), clip(t, "a.wav", tone))
	if err != nil {
		t.Fatal(err)
	}
	if a := info.Audio(); a == nil || a.SampleRate != 48000 || info.Video() != nil {
		t.Errorf("got %+v", info)
	}
}

func TestRotation(t *testing.T) {
	flat := clip(t, "flat.mp4", pictures+h264)
	for _, degrees := range []string{"90", "180", "270"} {
		path := clip(t, "turned.mp4", "-i "+flat+" -c copy -metadata:s:v rotate="+degrees)
		info, err := tools(t).Probe(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		w, h := info.Video().DisplaySize()
		wantW, wantH := 180, 320
		if degrees == "180" {
			wantW, wantH = 320, 180
		}
		if w != wantW || h != wantH {
			t.Errorf("rotate=%s: shown as %d × %d, rotation %d", degrees, w, h, info.Video().Rotation)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lie returns data with another size in front of the first box of a kind.
func lie(data []byte, kind string, size uint32) []byte {
	data = slices.Clone(data)
	i := bytes.Index(data, []byte(kind))
	binary.BigEndian.PutUint32(data[i-4:], size)
	return data
}

// emptied returns an MP4 file whose sample tables count nothing.
func emptied(data []byte) []byte {
	data = slices.Clone(data)
	for kind, at := range map[string]int{"stsz": 12, "stts": 8, "stsc": 8, "stco": 8, "stss": 8} {
		for i := 0; ; {
			next := bytes.Index(data[i:], []byte(kind))
			if next < 0 {
				break
			}
			i += next + 4
			binary.BigEndian.PutUint32(data[i+at-4:], 0)
		}
	}
	return data
}
