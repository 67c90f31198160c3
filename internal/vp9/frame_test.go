package vp9

import (
	"errors"
	"testing"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// samples encodes in two passes: only the second one makes frames that are not shown.
func samples(t testing.TB, args string) [][]byte {
	return corpus.Samples(t, 2, "-c:v libvpx-vp9 -cpu-used 4 -b:v 100k "+args)
}

func TestFrames(t *testing.T) {
	for name, tt := range map[string]struct {
		args                      string
		depth, chroma, matrix     int
		full, superframes, hidden bool
	}{
		"alone":          {"-pix_fmt yuv420p -lag-in-frames 0 -colorspace bt709", 8, 1, 1, false, false, false},
		"superframes":    {"-pix_fmt yuv420p -auto-alt-ref 1 -lag-in-frames 25", 8, 1, 2, false, true, true},
		"10 bit, BT2020": {"-pix_fmt yuv420p10le -profile:v 2 -lag-in-frames 0 -colorspace bt2020nc -color_range pc", 10, 1, 9, true, false, false},
		"4:4:4":          {"-pix_fmt yuv444p -profile:v 1 -lag-in-frames 0", 8, 3, 2, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			superframes, hidden := false, false
			all := samples(t, tt.args)
			if len(all) != 25 {
				t.Fatalf("%d samples", len(all))
			}
			for i, sample := range all {
				frames, err := Split(int64(len(sample)), sample)
				if err != nil {
					t.Fatal(err)
				}
				shown := 0
				superframes = superframes || len(frames) > 1
				for k, part := range frames {
					f, err := ParseFrame(sample[part[0]:][:part[1]])
					if err != nil {
						t.Fatalf("sample %d: %v", i, err)
					}
					if f.Shown {
						shown++
					}
					hidden = hidden || !f.Shown
					if i > 0 || k > 0 {
						continue
					}
					s := f.Signal
					if !f.Key || !f.Told || s.Width != 98 || s.Height != 66 || s.BitDepth != tt.depth || s.ChromaFormat != tt.chroma || s.Matrix != tt.matrix || s.FullRange != tt.full {
						t.Errorf("%+v of %+v", f, *s)
					}
				}
				if shown != 1 {
					t.Errorf("sample %d shows %d pictures", i, shown)
				}
			}
			if superframes != tt.superframes || hidden != tt.hidden {
				t.Errorf("superframes %v, hidden frames %v", superframes, hidden)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	for name, err := range map[string]error{
		"no sample":                func() error { _, err := Split(0, nil); return err }(),
		"superframe past its end":  func() error { _, err := Split(4, []byte{0xc0, 9, 0xc0}); return err }(),
		"superframe of no frames":  func() error { _, err := Split(3, []byte{0xc0, 0, 0xc0}); return err }(),
		"no frame":                 func() error { _, err := ParseFrame(nil); return err }(),
		"no marker":                func() error { _, err := ParseFrame([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}); return err }(),
		"keyframe without a code":  func() error { _, err := ParseFrame([]byte{0x82, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0}); return err }(),
		"keyframe that is cut off": func() error { _, err := ParseFrame([]byte{0x82, 0x49, 0x83, 0x42, 0}); return err }(),
	} {
		if !errors.Is(err, nal.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSample(f *testing.F) {
	for _, s := range samples(f, "-pix_fmt yuv420p -auto-alt-ref 1 -lag-in-frames 25") {
		f.Add(s)
	}
	corpus.Each(f, corpus.Sample("vp9"), func(sample []byte) { f.Add(sample) })
	f.Fuzz(func(t *testing.T, data []byte) {
		frames, err := Split(int64(len(data)), data[max(0, len(data)-MaxIndex):])
		if err != nil {
			return
		}
		end := int64(0)
		for _, p := range frames {
			if p[0] < end || p[1] < 1 || p[0]+p[1] > int64(len(data)) {
				t.Fatalf("frames %v in %d bytes", frames, len(data))
			}
			end = p[0] + p[1]
			part := data[p[0]:end]
			f, err := ParseFrame(part[:min(len(part), MaxHeader)])
			if err == nil && f.Sized && !f.Signal.SizeIsSane() {
				t.Fatalf("%+v", f.Signal)
			}
		}
	})
}
