package pcm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"
)

// formats are all that Check takes, under ffmpeg's names.
var formats = map[string]Format{
	"u8": {Bits: 8, Unsigned: true}, "s8": {Bits: 8},
	"s16le": {Bits: 16}, "s16be": {Bits: 16, BigEndian: true}, "u16be": {Bits: 16, BigEndian: true, Unsigned: true},
	"s24le": {Bits: 24}, "s24be": {Bits: 24, BigEndian: true},
	"s32le": {Bits: 32}, "s32be": {Bits: 32, BigEndian: true},
	"f32le": {Bits: 32, Float: true}, "f32be": {Bits: 32, Float: true, BigEndian: true},
	"f64le": {Bits: 64, Float: true}, "f64be": {Bits: 64, Float: true, BigEndian: true},
}

// What ffmpeg reads of the bytes is what Decode says they are.
func TestDecodeAsFFmpegDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, f := range formats {
		t.Run(name, func(t *testing.T) {
			f.Rate, f.Channels = 48000, 2
			if err := f.Check(); err != nil {
				t.Fatal(err)
			}
			samples := make([]float32, 2000)
			for i := range samples {
				samples[i] = rng.Float32()*2 - 1
			}
			data := f.Encode(samples)
			if len(data) != 1000*f.FrameSize() {
				t.Fatalf("%d bytes", len(data))
			}
			cmd := exec.Command("ffmpeg", "-v", "error", "-f", name, "-ar", "48000", "-ac", "2", "-i", "pipe:0", "-f", "f64le", "-c:a", "pcm_f64le", "pipe:1")
			cmd.Stdin = bytes.NewReader(data)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			got := f.Decode(data)
			for i, v := range got {
				want := math.Float64frombits(binary.LittleEndian.Uint64(out[8*i:]))
				if v != float32(want) {
					t.Fatalf("sample %d is %v, ffmpeg reads %v", i, v, want)
				}
				if step := math.Ldexp(1, 1-min(f.Bits, 24)); math.Abs(want-float64(samples[i])) > step {
					t.Fatalf("sample %d of %v became %v", i, samples[i], want)
				}
			}
			if again := f.Encode(got); (f.Bits <= 24 || f.Float) && !bytes.Equal(again, data) {
				t.Error("samples don't come back to the bit")
			}
		})
	}
}

func TestEncodeStaysInRange(t *testing.T) {
	loud := []float32{2, -2, 1, -1, float32(math.NaN()), float32(math.Inf(1))}
	for _, bits := range []int{8, 16, 24, 32} {
		f := Format{Rate: 8000, Channels: 1, Bits: bits}
		top := int64(1)<<(bits-1) - 1
		want := []int64{top, -top - 1, top, -top - 1, 0, top}
		data := f.Encode(loud)
		for i, w := range want {
			if got := f.signed(f.load(data[i*bits/8:])); got != w {
				t.Errorf("%d bits: %v became %d, want %d", bits, loud[i], got, w)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, f := range []Format{{}, {Rate: 1, Channels: 1, Bits: 12}, {Rate: 1, Channels: 1, Bits: 16, Float: true}, {Rate: 1, Channels: 100, Bits: 16},
		{Rate: 1, Channels: 1, Bits: 64}} {
		if f.Check() == nil {
			t.Errorf("%s is taken", fmt.Sprintf("%+v", f))
		}
	}
}
