package media

import (
	"os"
	"path/filepath"
	"testing"

	"retake/internal/retake"
	"retake/internal/sample"
)

func TestWaveform(t *testing.T) {
	tl := tools(t)
	// Silence for a second, then a tone at half of full scale; RMS of a sine is its peak over √2.
	const half = "-f lavfi -i aevalsrc=if(gte(t\\,1)\\,0.5*sin(2*PI*440*t)\\,0):s=48000:d=4 "
	pics := "-f lavfi -i testsrc2=size=64x64:rate=30:duration=4 "
	path := clip(t, "a.mp4", pics+half+h264+aac)
	w, err := tl.Waveform(t.Context(), path, 40)
	if err != nil {
		t.Fatal(err)
	}
	if w.Points != 40 || len(w.Peak) != 40 || len(w.RMS) != 40 || w.Duration < 3.9 || w.Duration > 4.1 {
		t.Fatalf("%+v", w)
	}
	for i := range 40 {
		switch {
		case i < 9 && (w.Peak[i] > 2 || w.RMS[i] > 2):
			t.Errorf("point %d of the silence: %d, %d", i, w.Peak[i], w.RMS[i])
		case i > 10 && i < 39 && (w.Peak[i] < 120 || w.Peak[i] > 136 || w.RMS[i] < 84 || w.RMS[i] > 96):
			t.Errorf("point %d of the tone: %d, %d", i, w.Peak[i], w.RMS[i])
		}
	}
	// Sound that begins a second late and ends before the pictures do.
	late := clip(t, "late.mkv", pics+"-itsoffset 1 -f lavfi -i sine=frequency=440:duration=1 -map 0:v -map 1:a "+h264+aac)
	if w, err = tl.Waveform(t.Context(), late, 16); err != nil || w.Peak[1] > 2 || w.Peak[5] < 8 || w.Peak[12] > 2 {
		t.Errorf("late sound: %+v, %v", w, err)
	}
	silent := clip(t, "silent.mp4", pics+h264)
	if w, err = tl.Waveform(t.Context(), silent, 16); err != nil || w.Points != 0 || w.Peak == nil || w.RMS == nil || w.Duration < 3.9 {
		t.Errorf("a clip without sound: %+v, %v", w, err)
	}
	for _, n := range []int{0, 15, 4001, -1} {
		if _, err := tl.Waveform(t.Context(), path, n); retake.CodeOf(err) != retake.CodeInvalid {
			t.Errorf("%d points: %v", n, err)
		}
	}
}

func BenchmarkWaveform(b *testing.B) {
	tl := tools(b)
	path := filepath.Join(b.TempDir(), "sample.mp4")
	if err := os.WriteFile(path, sample.Clip(), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := tl.Waveform(b.Context(), path, 800); err != nil {
			b.Fatal(err)
		}
	}
}
