package vp8

import (
	"errors"
	"testing"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// key is the beginning of a keyframe of 98 by 66, shown twice as wide.
var key = []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 98, 0x40, 66, 0}

func TestParseFrame(t *testing.T) {
	f, err := ParseFrame(key)
	if err != nil || !f.Key || !f.Shown || f.Signal.Width != 98 || f.Signal.Height != 66 {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := ParseFrame([]byte{0x11, 0, 0}); err != nil || f.Key || !f.Shown {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := ParseFrame([]byte{0x01, 0, 0}); err != nil || f.Key || f.Shown {
		t.Errorf("%+v, %v", f, err)
	}
	noCode, noSize := append([]byte{}, key...), append([]byte{}, key...)
	noCode[4], noSize[6], noSize[7] = 0, 0, 0
	for name, data := range map[string][]byte{"empty": nil, "cut": key[:9], "no start code": noCode, "no width": noSize} {
		if _, err := ParseFrame(data); !errors.Is(err, nal.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(key)
	corpus.Each(f, corpus.Sample("vp8"), func(sample []byte) { f.Add(sample) })
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := ParseFrame(data)
		if err == nil && frame.Key && !frame.Signal.SizeIsSane() {
			t.Fatalf("%+v", frame.Signal)
		}
	})
}
