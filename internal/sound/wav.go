package sound

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

var errWAV = errors.New("not a WAV file of one or more channels of PCM")

// parseWAV reads a RIFF WAVE file of 8, 16, 24 or 32-bit PCM or 32-bit float samples and mixes it to one channel.
// A program that writes to a pipe can't know the length beforehand, so sizes that reach past the end mean "the rest".
// Format: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", chapter 3.
func parseWAV(b []byte) (mono []float32, rate int, err error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, 0, errWAV
	}
	var format wavFormat
	for rest := b[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		body = body[:min(size, int64(len(body)))]
		switch id {
		case "fmt ":
			if format, err = parseWAVFormat(body); err != nil {
				return nil, 0, err
			}
		case "data":
			if format.channels == 0 {
				return nil, 0, fmt.Errorf("%w: samples before their format", errWAV)
			}
			return format.mix(body), format.rate, nil
		}
		rest = rest[8+len(body):]
		if size%2 == 1 && len(rest) > 0 { // chunks are padded to even lengths
			rest = rest[1:]
		}
	}
	return nil, 0, fmt.Errorf("%w: no samples in it", errWAV)
}

type wavFormat struct {
	float          bool
	channels, rate int
	bytes          int // of one sample
}

func parseWAVFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, fmt.Errorf("%w: format of %d bytes", errWAV, len(b))
	}
	tag := binary.LittleEndian.Uint16(b)
	if tag == 0xFFFE && len(b) >= 26 { // WAVE_FORMAT_EXTENSIBLE: the tag is the start of the sub-format
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	f := wavFormat{
		float:    tag == 3,
		channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate:     int(binary.LittleEndian.Uint32(b[4:])),
		bytes:    bits / 8,
	}
	pcm := tag == 1 && bits%8 == 0 && bits >= 8 && bits <= 32
	switch {
	case !pcm && !(f.float && bits == 32):
		return wavFormat{}, fmt.Errorf("%w: coding %d with %d bits", errWAV, tag, bits)
	case f.channels < 1 || f.channels > 64:
		return wavFormat{}, fmt.Errorf("%w: %d channels", errWAV, f.channels)
	case f.rate < minRate || f.rate > maxRate:
		return wavFormat{}, fmt.Errorf("%w: %d samples a second", errWAV, f.rate)
	}
	return f, nil
}

// mix averages the channels. A last sample that was cut off is dropped.
func (f wavFormat) mix(b []byte) []float32 {
	block := f.bytes * f.channels
	mono := make([]float32, len(b)/block)
	for i := range mono {
		var sum float64
		for c := range f.channels {
			sum += f.sample(b[i*block+c*f.bytes:])
		}
		mono[i] = float32(sum / float64(f.channels))
	}
	return mono
}

func (f wavFormat) sample(b []byte) float64 {
	switch {
	case f.float:
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0
		}
		return v
	case f.bytes == 1: // the only unsigned width
		return (float64(b[0]) - 128) / 128
	case f.bytes == 2:
		return float64(int16(binary.LittleEndian.Uint16(b))) / (1 << 15)
	case f.bytes == 3:
		return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
	default:
		return float64(int32(binary.LittleEndian.Uint32(b))) / (1 << 31)
	}
}
