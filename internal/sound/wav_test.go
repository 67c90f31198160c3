package sound

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wavFile builds a WAV file; a chunk before the samples is there to be skipped.
func wavFile(tag, channels, rate, bits int, dataSize uint32, data []byte) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF"), 0xff, 0xff, 0xff, 0x7f)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, uint16(tag))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*bits/8))
	b = le.AppendUint16(b, uint16(channels*bits/8))
	b = le.AppendUint16(b, uint16(bits))
	b = append(b, "LIST\x03\x00\x00\x00abc\x00data"...)
	b = le.AppendUint32(b, dataSize)
	return append(b, data...)
}

func TestParseWAV(t *testing.T) {
	float := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.25))
	for _, test := range []struct {
		name string
		file []byte
		want []float32
	}{
		{"16 bits", wavFile(1, 1, 22050, 16, 4, []byte{0, 0x40, 0, 0xC0}), []float32{0.5, -0.5}},
		{"size of a pipe", wavFile(1, 1, 22050, 16, 0x7ffff000, []byte{0, 0x40, 0, 0xC0}), []float32{0.5, -0.5}},
		{"cut sample", wavFile(1, 1, 22050, 16, 4, []byte{0, 0x40, 0}), []float32{0.5}},
		{"samples before the next chunk", wavFile(1, 1, 22050, 16, 2, []byte{0, 0x40, 'x', 'y'}), []float32{0.5}},
		{"8 bits", wavFile(1, 1, 8000, 8, 2, []byte{128, 192}), []float32{0, 0.5}},
		{"24 bits", wavFile(1, 1, 8000, 24, 3, []byte{0, 0, 0xC0}), []float32{-0.5}},
		{"32 bits", wavFile(1, 1, 8000, 32, 4, []byte{0, 0, 0, 0x20}), []float32{0.25}},
		{"float", wavFile(3, 1, 8000, 32, 4, float), []float32{0.25}},
		{"stereo", wavFile(1, 2, 8000, 16, 4, []byte{0, 0x40, 0, 0}), []float32{0.25}},
		{"no samples", wavFile(1, 1, 8000, 16, 0, nil), []float32{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := parseWAV(test.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseWAVRefuses(t *testing.T) {
	good := wavFile(1, 1, 22050, 16, 2, []byte{0, 0})
	for name, file := range map[string][]byte{
		"empty":             nil,
		"text":              []byte("this is no sound at all, just words"),
		"no samples chunk":  good[:40],
		"a-law":             wavFile(6, 1, 8000, 8, 2, []byte{0, 0}),
		"12 bits":           wavFile(1, 1, 8000, 12, 2, []byte{0, 0}),
		"0 channels":        wavFile(1, 0, 8000, 16, 2, []byte{0, 0}),
		"a million samples": wavFile(1, 1, 1000000, 16, 2, []byte{0, 0}),
		"samples first":     append(append([]byte{}, good[:12]...), "data\x02\x00\x00\x00\x00\x00"...),
	} {
		if _, _, err := parseWAV(file); !errors.Is(err, errWAV) {
			t.Errorf("%s: %v, want errWAV", name, err)
		}
	}
}

func FuzzParseWAV(f *testing.F) {
	f.Add(wavFile(1, 1, 22050, 16, 0x7ffff000, []byte{0, 0x40, 0, 0xC0}))
	f.Add(wavFile(1, 2, 48000, 24, 6, []byte{0, 0, 0xC0, 1, 2, 3}))
	f.Add(wavFile(3, 1, 8000, 32, 4, []byte{0, 0, 0xC0, 0x7f}))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVE"))
	f.Fuzz(func(t *testing.T, file []byte) {
		mono, rate, err := parseWAV(file)
		if err != nil {
			return
		}
		if rate < minRate || rate > maxRate || len(mono) > len(file) {
			t.Fatalf("%d samples at %d from %d bytes", len(mono), rate, len(file))
		}
		for _, v := range mono {
			if v != v || math.IsInf(float64(v), 0) {
				t.Fatal("a sample that is no number")
			}
		}
	})
}
