package media

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
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

// Sound with gaps of days, in a clip of 100 KB, is placed by its packets' times: no silence is made up to be listened to.
func TestWaveformAcrossGaps(t *testing.T) {
	tl := tools(t)
	const day = 86400
	path := clip(t, "gaps.mkv", "-f lavfi -i testsrc2=size=64x64:rate=30:duration=4 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=3 "+h264+aac+
		"-bsf:a setts=ts=if(gte(N\\,47)\\,TS+86400000\\,TS)")
	info, err := tl.Inspect(t.Context(), path)
	if err != nil || info.Duration < day {
		t.Fatalf("the clip has no gap: %+v, %v", info, err)
	}
	w, err := tl.Waveform(t.Context(), path, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, peak := range w.Peak {
		if ends := i == 0 || i == 99; ends != (peak > 8) {
			t.Errorf("point %d: %d", i, peak)
		}
	}
}

func TestJumps(t *testing.T) {
	packets := []Packet{{Time: 1, Duration: 0.5}, {Time: 1.5}, {Time: 1.58, Duration: 0.02}, {Time: 100, Duration: 0.5}, {Time: 100.51, Duration: 0.5}, {Time: 50}}
	want := []jump{{0, 500}, {600, 99500}, {1600, 49500}}
	if got := jumps(packets, 0.5, 1000); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Stereo at the rate of 4 a second, in a clip of 8 frames: two frames, then one at its end, and far more behind it.
	m := newMeter(4, 8, 2)
	m.jumps = []jump{{0, 0}, {2, 6}}
	data := []byte{1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}
	if err := m.read(bytes.NewReader(data)); err != nil || !slices.Equal(m.peak, []int{4, 0, 0, 6}) || !slices.Equal(m.count, []int{4, 0, 0, 2}) {
		t.Errorf("%+v, %v", m, err)
	}
	endless := &zeros{}
	if err := m.read(endless); err != nil || endless.n > 100*4*waveRate {
		t.Errorf("%d bytes of what lies behind the end were read, %v", endless.n, err)
	}
}

// zeros is silence without an end.
type zeros struct{ n int }

func (z *zeros) Read(p []byte) (int, error) {
	clear(p)
	z.n += len(p)
	return len(p), nil
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
