// Package pcm reads and writes linear samples of every width, byte order and kind that containers hold. It knows the
// layout of a sample and nothing of containers.
package pcm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Format is how the samples of a track are laid out: all channels of a sample frame side by side, each in whole bytes.
type Format struct {
	Rate      int // sample frames a second
	Channels  int
	Bits      int // of one sample: 8, 16, 24, 32, or 64 for floats
	BigEndian bool
	Float     bool
	Unsigned  bool // offset binary, as 8-bit sound of WAV and QuickTime's raw
}

// Float32 is how ffmpeg is given sound and gives it: little-endian floats (f32le) of any rate and number of channels.
var Float32 = Format{Bits: 32, Float: true}

// Check returns an error for a layout that Decode and Encode can't read.
func (f Format) Check() error {
	switch {
	case f.Rate <= 0 || f.Channels <= 0 || f.Channels > 64:
	case f.Float && !f.Unsigned && (f.Bits == 32 || f.Bits == 64):
		return nil
	case !f.Float && (f.Bits == 8 || f.Bits == 16 || f.Bits == 24 || f.Bits == 32):
		return nil
	}
	return fmt.Errorf("uncompressed sound of a kind that can't be read: %+v", f)
}

// FrameSize returns the bytes of a sample frame.
func (f Format) FrameSize() int { return f.Channels * f.Bits / 8 }

// Decode returns the samples of whole frames, nominal range -1 to 1. Up to 24 bits come back from Encode to the bit.
func (f Format) Decode(data []byte) []float32 {
	width := f.Bits / 8
	out := make([]float32, len(data)/width)
	full := math.Ldexp(1, f.Bits-1)
	for i := range out {
		v := f.load(data[i*width:])
		switch {
		case f.Float && f.Bits == 32:
			out[i] = math.Float32frombits(uint32(v))
		case f.Float:
			out[i] = float32(math.Float64frombits(v))
		default:
			out[i] = float32(float64(f.signed(v)) / full)
		}
	}
	return out
}

// Encode returns samples in the format, rounded to the nearest value it has and held inside its range. Nothing is
// dithered: where new sound fades into the original, that has to come out as it was.
func (f Format) Encode(samples []float32) []byte {
	width := f.Bits / 8
	out := make([]byte, len(samples)*width)
	for i, s := range samples {
		var v uint64
		switch {
		case f.Float && f.Bits == 32:
			v = uint64(math.Float32bits(s))
		case f.Float:
			v = math.Float64bits(float64(s))
		default:
			v = uint64(Quantise(s, f.Bits))
			if f.Unsigned {
				v ^= 1 << (f.Bits - 1)
			}
		}
		f.store(out[i*width:], v)
	}
	return out
}

// Reader yields samples in the format.
func (f Format) Reader(samples []float32) io.Reader { return bytes.NewReader(f.Encode(samples)) }

// Quantise returns the nearest integer of a number of bits to a sample of nominal range -1 to 1.
func Quantise(sample float32, bits int) int64 {
	full := math.Ldexp(1, bits-1)
	v := math.RoundToEven(float64(sample) * full)
	if v != v {
		return 0
	}
	return int64(min(max(v, -full), full-1))
}

// signed widens a stored integer.
func (f Format) signed(v uint64) int64 {
	if f.Unsigned {
		v ^= 1 << (f.Bits - 1)
	}
	shift := 64 - f.Bits
	return int64(v<<shift) >> shift
}

func (f Format) load(b []byte) (v uint64) {
	width := f.Bits / 8
	if f.Bits == 64 {
		if f.BigEndian {
			return binary.BigEndian.Uint64(b)
		}
		return binary.LittleEndian.Uint64(b)
	}
	for i := range width {
		at := i
		if !f.BigEndian {
			at = width - 1 - i
		}
		v = v<<8 | uint64(b[at])
	}
	return v
}

func (f Format) store(b []byte, v uint64) {
	width := f.Bits / 8
	for i := range width {
		at := i
		if f.BigEndian {
			at = width - 1 - i
		}
		b[at] = byte(v >> (8 * i))
	}
}
