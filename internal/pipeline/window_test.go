package pipeline

import (
	"testing"

	"retake/internal/retake"
)

// A window has real pictures on both sides of the segment and keeps to what the engine takes.
func TestWindow(t *testing.T) {
	ltx := retake.EngineInfo{Name: "ltx", MaxWindow: 20, MaxWidth: 1920, MaxHeight: 1088, Multiple: 32, FrameStep: 8, MinFrames: 73,
		Rates: []retake.Rate{{Num: 24, Den: 1}, {Num: 25, Den: 1}, {Num: 30, Den: 1}, {Num: 50, Den: 1}}}
	free := retake.EngineInfo{Name: "free", MaxWindow: 20}
	ntsc := retake.Rate{Num: 30000, Den: 1001}
	for _, tt := range []struct {
		name                    string
		info                    retake.EngineInfo
		w, h                    int
		rate                    retake.Rate
		start, end, total       int
		first, real, frames     int
		width, height, inW, inH int
		fps                     float64
		field                   string
	}{
		{"free", free, 640, 360, ntsc, 60, 120, 200, 8, 76, 76, 640, 360, 640, 360, 29.97, ""},
		{"at the start", free, 640, 360, ntsc, 0, 60, 200, 0, 68, 68, 640, 360, 640, 360, 29.97, ""},
		{"the whole clip", free, 640, 360, ntsc, 0, 60, 60, 0, 60, 60, 640, 360, 640, 360, 29.97, ""},
		{"odd sides", free, 641, 361, ntsc, 60, 120, 200, 8, 76, 76, 642, 362, 641, 361, 29.97, ""},
		{"grid", ltx, 1920, 1080, ntsc, 60, 120, 200, 8, 81, 81, 1920, 1088, 1920, 1080, 30, ""},
		{"short clip, filled up", ltx, 1920, 1080, ntsc, 4, 62, 64, 4, 64, 73, 1920, 1088, 1920, 1080, 30, ""},
		{"little behind", ltx, 1280, 720, ntsc, 60, 120, 122, 11, 73, 73, 1280, 736, 1280, 720, 30, ""},
		{"too large", ltx, 3840, 2160, ntsc, 60, 120, 200, 8, 81, 81, 1920, 1088, 1920, 1080, 30, ""},
		{"upright", ltx, 2160, 3840, ntsc, 60, 120, 200, 8, 81, 81, 1088, 1920, 1080, 1920, 30, ""},
		{"long", ltx, 1920, 1080, retake.Rate{Num: 24, Den: 1}, 50, 50 + 384, 2000, 8, 401, 401, 1920, 1088, 1920, 1080, 24, ""},
		{"as long as can be", retake.EngineInfo{Name: "x", MaxWindow: 10}, 64, 64, retake.Rate{Num: 25, Den: 1}, 50, 298, 2000, 1, 250, 250, 64, 64, 64, 64, 25, ""},
		{"too long", retake.EngineInfo{Name: "x", MaxWindow: 10}, 64, 64, retake.Rate{Num: 25, Den: 1}, 50, 300, 2000, 0, 0, 0, 0, 0, 0, 0, 0, "duration"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := layWindow(tt.info, retake.PictureFormat{Width: tt.w, Height: tt.h, Rate: tt.rate}, tt.start, tt.end, tt.total)
			if retake.FieldOf(err) != tt.field || (err != nil) != (tt.field != "") {
				t.Fatalf("error %v about %q", err, retake.FieldOf(err))
			}
			if err != nil {
				return
			}
			if l.First != tt.first || l.Real != tt.real || l.Frames != tt.frames || l.to-l.from != l.Real || l.from+l.First != tt.start {
				t.Errorf("first %d, real %d, frames %d: [%d, %d)", l.First, l.Real, l.Frames, l.from, l.to)
			}
			if l.Picture.Width != tt.width || l.Picture.Height != tt.height || l.width != tt.inW || l.height != tt.inH {
				t.Errorf("%d×%d with %d×%d in it", l.Picture.Width, l.Picture.Height, l.width, l.height)
			}
			if fps := l.Picture.Rate.FPS(); fps < tt.fps-0.01 || fps > tt.fps+0.01 {
				t.Errorf("%v pictures a second", fps)
			}
		})
	}
}
