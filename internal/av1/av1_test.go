package av1

import (
	"errors"
	"testing"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// read reads a temporal unit: the sequence, when it has one, and its frames' headers.
func read(sample []byte, seq *Sequence) (*Sequence, []Frame, error) {
	var frames []Frame
	for at := int64(0); at < int64(len(sample)); {
		u, next, err := ParseUnit(sample[at:min(int64(len(sample)), at+MaxUnitHead)], at, int64(len(sample)))
		if err != nil {
			return seq, nil, err
		}
		payload := sample[u.Offset:][:u.Size]
		switch u.Type {
		case TypeSequence:
			if seq, err = ParseSequence(payload); err != nil {
				return seq, nil, err
			}
		case TypeFrame, TypeHeader:
			if seq == nil {
				return nil, nil, nal.ErrMalformed
			}
			f, err := seq.ParseFrame(payload[:min(len(payload), MaxHeader)])
			if err != nil {
				return seq, nil, err
			}
			frames = append(frames, f)
		}
		at = next
	}
	return seq, frames, nil
}

func TestTemporalUnits(t *testing.T) {
	for name, tt := range map[string]struct {
		args                  string
		depth, chroma, matrix int
		full, grain, hidden   bool
	}{
		"SVT":           {"-c:v libsvtav1 -preset 12 -g 12 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709", 8, 1, 1, false, false, true},
		"SVT, 10 bit":   {"-c:v libsvtav1 -preset 12 -pix_fmt yuv420p10le -colorspace bt2020nc -color_primaries bt2020 -color_trc smpte2084 -color_range tv", 10, 1, 9, false, false, true},
		"libaom, grain": {"-c:v libaom-av1 -usage realtime -cpu-used 8 -pix_fmt yuv420p -denoise-noise-level 30 -color_range pc", 8, 1, 2, true, true, false},
		"libaom, 4:4:4": {"-c:v libaom-av1 -usage realtime -cpu-used 8 -pix_fmt yuv444p", 8, 3, 2, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			all := corpus.Samples(t, 1, tt.args)
			if len(all) != 25 {
				t.Fatalf("%d temporal units", len(all))
			}
			var seq *Sequence
			hidden := false
			for i, sample := range all {
				var frames []Frame
				var err error
				if seq, frames, err = read(sample, seq); err != nil {
					t.Fatalf("temporal unit %d: %v", i, err)
				}
				shown := 0
				for _, f := range frames {
					if f.Shown {
						shown++
					}
					hidden = hidden || !f.Shown
				}
				if shown != 1 || i == 0 && !frames[0].Key {
					t.Errorf("temporal unit %d shows %d pictures: %+v", i, shown, frames)
				}
			}
			s := seq.Signal
			if s.Width != 98 || s.Height != 66 || s.BitDepth != tt.depth || s.ChromaFormat != tt.chroma || s.Matrix != tt.matrix || s.FullRange != tt.full || seq.Grain != tt.grain {
				t.Errorf("%+v", *seq)
			}
			if hidden != tt.hidden {
				t.Errorf("hidden frames: %v", hidden)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	for name, err := range map[string]error{
		"no unit":              func() error { _, _, err := ParseUnit(nil, 0, 0); return err }(),
		"forbidden bit":        func() error { _, _, err := ParseUnit([]byte{0x80, 0}, 0, 2); return err }(),
		"unit past its sample": func() error { _, _, err := ParseUnit([]byte{0x32, 9, 1}, 0, 3); return err }(),
		"size without an end":  func() error { _, _, err := ParseUnit([]byte{0x32, 0x80}, 0, 2); return err }(),
		"empty sequence":       func() error { _, err := ParseSequence(nil); return err }(),
		"empty frame":          func() error { _, err := new(Sequence).ParseFrame(nil); return err }(),
		"short configuration":  func() error { _, err := ConfigUnits([]byte{0x81}); return err }(),
	} {
		if !errors.Is(err, nal.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSample(f *testing.F) {
	for _, s := range corpus.Samples(f, 1, "-c:v libsvtav1 -preset 12 -g 12 -pix_fmt yuv420p") {
		f.Add(s)
	}
	corpus.Each(f, corpus.Sample("av1"), func(sample []byte) { f.Add(sample) })
	corpus.Each(f, corpus.Config("av1"), func(config []byte) {
		if units, err := ConfigUnits(config); err == nil {
			f.Add(units)
		}
	})
	start := &Sequence{idBits: 9, timed: true, timeBits: 7, chooseScreen: true}
	f.Fuzz(func(t *testing.T, data []byte) {
		if units, err := ConfigUnits(data); err == nil {
			data = units
		}
		if m, err := ReadMetadata(data); err == nil {
			with, err := WithMetadata(data, []byte{TypeMetadata<<3 | 2, 3, kindITUT35, 1, 2})
			again, err2 := ReadMetadata(with)
			if err != nil || err2 != nil || len(again.Own) != len(m.Own)+1 || len(again.Lasting) != len(m.Lasting) {
				t.Fatalf("%v, %v: %d and %d units became %d and %d", err, err2, len(m.Own), len(m.Lasting), len(again.Own), len(again.Lasting))
			}
		}
		seq, _, err := read(data, start)
		if err == nil && seq != start && !seq.Signal.SizeIsSane() {
			t.Fatalf("%+v", seq.Signal)
		}
	})
}
