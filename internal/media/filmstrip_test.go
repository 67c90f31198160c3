package media

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/retake"
	"retake/internal/sample"
)

func TestFilmstrip(t *testing.T) {
	tl := tools(t)
	// Red for a second, then blue for three.
	path := clip(t, "a.mp4", "-f lavfi -i color=red:size=320x180:rate=30:duration=1 -f lavfi -i color=blue:size=320x180:rate=30:duration=3 "+
		"-filter_complex [0][1]concat=n=2 -g 999 -bf 2 "+h264)
	tall := clip(t, "tall.mp4", "-i "+path+" -c copy -metadata:s:v rotate=90")
	wide := clip(t, "wide.mp4", "-i "+path+" -c copy -aspect 32:9")
	panorama := clip(t, "panorama.mp4", "-f lavfi -i color=red:size=2000x32:rate=10:duration=2 "+h264)
	late := clip(t, "late.mkv", "-itsoffset 1.5 -i "+path+" -f lavfi -i sine=duration=5 -map 0:v -map 1:a -c:v copy -c:a aac")
	for _, tt := range []struct {
		name          string
		path          string
		count, height int
		wantW         int
		red           int // tiles; the rest is blue
	}{
		{"four", path, 4, 90, 640, 1},
		{"eight", path, 8, 64, 8 * 114, 2},
		{"one", path, 1, 200, 356, 0},
		{"most", path, 60, 16, 60 * 28, 15},
		{"upright", tall, 4, 160, 360, 1},
		{"anamorphic", wide, 4, 32, 456, 1},
		{"panorama", panorama, 2, 200, 2 * maxTileWidth, 2},
		{"begins late", late, 11, 90, 11 * 160, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := tl.Filmstrip(t.Context(), tt.path, tt.count, tt.height)
			if err != nil {
				t.Fatal(err)
			}
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if size := img.Bounds().Size(); size.X != tt.wantW || size.Y != tt.height {
				t.Fatalf("got %v, want %d × %d", size, tt.wantW, tt.height)
			}
			for i := range tt.count {
				r, _, b, _ := img.At(tt.wantW*(2*i+1)/(2*tt.count), tt.height/2).RGBA()
				if (r > b) != (i < tt.red) || max(r, b) < 0xd000 {
					t.Errorf("tile %d has red %#x, blue %#x; want %d red ones", i, r, b, tt.red)
				}
			}
		})
	}
}

// Turned clips come upright, as players and thumbnails show them.
func TestFilmstripTurns(t *testing.T) {
	tl := tools(t)
	stored := clip(t, "a.mp4", "-f lavfi -i color=red:size=160x48:duration=1 -f lavfi -i color=blue:size=160x48:duration=1 -filter_complex [0][1]vstack "+h264)
	for _, degrees := range []string{"0", "90", "180", "270"} {
		path := clip(t, "turned.mp4", "-i "+stored+" -c copy -metadata:s:v rotate="+degrees)
		still, err := tl.Thumbnail(t.Context(), path, 0, 0, 80)
		if err != nil {
			t.Fatal(err)
		}
		strip, err := tl.Filmstrip(t.Context(), path, 1, 80)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range [][2]float64{{0.5, 0.1}, {0.9, 0.5}, {0.5, 0.9}, {0.1, 0.5}} {
			if at[0] == 0.5 == (degrees == "0" || degrees == "180") && isRed(t, strip, at) != isRed(t, still, at) {
				t.Errorf("rotate=%s: the strip is not turned as the thumbnail is", degrees)
			}
		}
	}
}

// isRed looks at a place of a picture, 0 to 1 in each direction.
func isRed(t *testing.T, data []byte, at [2]float64) bool {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Size()
	r, _, b, _ := img.At(int(at[0]*float64(size.X)), int(at[1]*float64(size.Y))).RGBA()
	return r > b
}

func TestFilmstripBadInput(t *testing.T) {
	tl := tools(t)
	path := clip(t, "a.mp4", pictures+h264)
	for _, bad := range [][2]int{{0, 64}, {61, 64}, {-1, 64}, {20, 15}, {20, 201}} {
		if _, err := tl.Filmstrip(t.Context(), path, bad[0], bad[1]); retake.CodeOf(err) != retake.CodeInvalid {
			t.Errorf("count %d, height %d: %v", bad[0], bad[1], err)
		}
	}
	for name, data := range map[string][]byte{
		"text.mp4": []byte("not a clip at all"), "empty.mp4": nil, "cut.mp4": read(t, path)[:2000],
		"noise.mp4": append(read(t, path)[:40], bytes.Repeat([]byte{7, 1}, 5000)...),
	} {
		broken := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(broken, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := tl.Filmstrip(t.Context(), broken, 4, 64); retake.CodeOf(err) != retake.CodeUnreadable {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := tl.Waveform(t.Context(), broken, 100); retake.CodeOf(err) != retake.CodeUnreadable {
			t.Errorf("waveform of %s: %v", name, err)
		}
	}
}

// Where decoding everything takes too long, a clip with keyframes close enough shows those, one with few does not.
func TestFilmstripChoosesKeyframes(t *testing.T) {
	tl := tools(t, func(c *Config) { c.Threads = 1 })
	for args, want := range map[string]bool{"-g 12": true, "-g 999": false} {
		path := clip(t, "a.mp4", "-f lavfi -i testsrc2=size=320x180:rate=30:duration=4 "+h264+"-bf 2 "+args)
		info, err := tl.Probe(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		s := strip{path: path, v: info.Video(), count: 10, height: 64, length: 4, threads: 1}
		for size, want := range map[int64]bool{1000: false, 1e9: want, 1e12: true} {
			info.Size = size
			if got, err := tl.enoughKeyframes(t.Context(), s, info); err != nil || got != want {
				t.Errorf("%s, %d bytes: keyframes %v, want %v (%v)", args, size, got, want, err)
			}
		}
		s.keyframes = true
		out, err := tl.Run(t.Context(), s.command())
		if err != nil || len(out) == 0 {
			t.Errorf("%s: %d bytes, %v", args, len(out), err)
		}
	}
}

func FuzzReadPackets(f *testing.F) {
	f.Add("pts_time=0.1|dts_time=0|duration_time=0.04|flags=K_\npts_time=N/A|dts_time=1|flags=__\n")
	f.Add("flags=K_|\n\npts_time=1e308|flags=K\n")
	f.Fuzz(func(t *testing.T, out string) {
		packets, err := readPackets(strings.NewReader(out))
		for _, p := range packets {
			if err == nil && !(p.Time < 1e9 && p.Time > -1e9 && p.Duration < 1e9) {
				t.Errorf("%+v", p)
			}
		}
	})
}

func TestReadPackets(t *testing.T) {
	got, err := readPackets(strings.NewReader("pts_time=0.2|dts_time=0.1|duration_time=0.04|flags=K_|\n\npts_time=N/A|dts_time=0.3|flags=__\n"))
	if err != nil || len(got) != 2 || got[0] != (Packet{0.2, 0.04, true}) || got[1] != (Packet{0.3, 0, false}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := readPackets(strings.NewReader("pts_time=N/A|dts_time=N/A|flags=__\n")); err == nil {
		t.Error("a packet without a time is accepted")
	}
}

// A list of packets without an end is given up, as the clip's fault.
func TestReadTooManyPackets(t *testing.T) {
	const line = "pts_time=1|flags=_\n"
	endless := strings.NewReader(strings.Repeat(line, maxPackets+100_000))
	if _, err := readPackets(endless); retake.CodeOf(err) != retake.CodeUnreadable || !strings.Contains(err.Error(), "shorter") {
		t.Errorf("%v", err)
	}
	if n := endless.Len(); n == 0 {
		t.Error("they were read to their end")
	}
	if list, err := readPackets(strings.NewReader(strings.Repeat(line, maxPackets))); err != nil || len(list) != maxPackets {
		t.Errorf("%d packets, %v", len(list), err)
	}
}

// A recording of five hours has more packets than fit into what Run keeps, and a filmstrip of it shows keyframes.
func TestLongRecording(t *testing.T) {
	if testing.Short() {
		t.Skip("a million packets")
	}
	tl := tools(t)
	short := clip(t, "short.mp4", "-f lavfi -i color=red:size=16x16:rate=50:duration=20 -g 50 "+h264)
	long := clip(t, "long.mkv", "-stream_loop 1000 -i "+short+" -c copy")
	packets, err := tl.Packets(t.Context(), long, 0)
	if err != nil || len(packets) != 1001*1000 {
		t.Errorf("%d packets, %v", len(packets), err)
	}
	info, err := tl.Probe(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := tl.enoughKeyframes(t.Context(), strip{path: long, v: info.Video(), count: 20, length: info.Duration, threads: 2}, info)
	if err != nil || !keys {
		t.Errorf("all of a million frames are decoded: %v", err)
	}
}

func BenchmarkFilmstrip(b *testing.B) {
	tl := tools(b)
	own := filepath.Join(b.TempDir(), "sample.mp4")
	if err := os.WriteFile(own, sample.Clip(), 0o600); err != nil {
		b.Fatal(err)
	}
	const twenty = "-f lavfi -i testsrc2=size=1920x1080:rate=30:duration=20,noise=alls=4:allf=t -c:v libx264 -preset veryfast -b:v 10M -pix_fmt yuv420p -sc_threshold 0 "
	for name, path := range map[string]string{
		"sample": own, "20s-gop72": clip(b, "a.mp4", twenty+"-g 72"), "20s-one-keyframe": clip(b, "b.mp4", twenty+"-g 9999"),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := tl.Filmstrip(b.Context(), path, 20, 64); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
