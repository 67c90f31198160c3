package media

import (
	"bytes"
	"image/jpeg"
	"math"
	"testing"

	"retake/internal/retake"
)

func TestThumbnail(t *testing.T) {
	tl := tools(t)
	// Red for half a second, then blue.
	path := clip(t, "a.mp4", "-f lavfi -i color=red:size=320x180:rate=30:duration=0.5 -f lavfi -i color=blue:size=320x180:rate=30:duration=0.5 "+
		"-filter_complex [0][1]concat=n=2 "+h264)
	tall := clip(t, "tall.mp4", "-i "+path+" -c copy -metadata:s:v rotate=90")
	wide := clip(t, "wide.mp4", "-i "+path+" -c copy -aspect 32:9")
	for _, tt := range []struct {
		name  string
		path  string
		at    float64
		w, h  int
		wantW int
		wantH int
		red   bool
	}{
		{"start", path, 0, 0, 0, 320, 180, true},
		{"later", path, 0.8, 0, 0, 320, 180, false},
		{"before the start", path, -3, 160, 0, 160, 90, true},
		{"past the end", path, 1e9, 0, 90, 160, 90, false},
		{"infinite", path, math.Inf(1), 0, 90, 160, 90, false},
		{"not a number", path, math.NaN(), 0, 90, 160, 90, true},
		{"both", path, 0, 100, 100, 100, 100, true},
		{"largest", path, 0, 4096, 0, 4096, 2304, true},
		{"upright", tall, 0, 90, 0, 90, 160, true},
		{"anamorphic", wide, 0, 320, 0, 320, 90, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := tl.Thumbnail(t.Context(), tt.path, tt.at, tt.w, tt.h)
			if err != nil {
				t.Fatal(err)
			}
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			size := img.Bounds().Size()
			if size.X != tt.wantW || size.Y != tt.wantH {
				t.Errorf("got %v, want %d × %d", size, tt.wantW, tt.wantH)
			}
			r, _, b, _ := img.At(size.X/2, size.Y/2).RGBA()
			if (r > b) != tt.red || max(r, b) < 0xe000 {
				t.Errorf("got red %#x, blue %#x; want red: %v", r, b, tt.red)
			}
		})
	}
	if _, err := tl.Thumbnail(t.Context(), path, 0, 4097, 0); retake.CodeOf(err) != retake.CodeInvalid {
		t.Errorf("a huge thumbnail: %v", err)
	}
}
