package transcode

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"

	"retake/internal/media"
	"retake/internal/mkv"
	"retake/internal/pcm"
)

// Codecs by their Matroska names (RFC 9559 and the codec mappings beside it).
const (
	FLAC   = "A_FLAC"
	ALAC   = "A_ALAC"
	AC3    = "A_AC3"
	EAC3   = "A_EAC3"
	MP3    = "A_MPEG/L3"
	Opus   = "A_OPUS"
	Vorbis = "A_VORBIS"
)

// Track is what a decoder is told of a track.
type Track = mkv.StreamTrack

// Integers decodes packets of lossless sound to interleaved samples of 32 bits, little-endian, shifted to the top.
func Integers(ctx context.Context, tools *media.Tools, t Track, packets [][]byte) ([]byte, error) {
	return decode(ctx, tools, t, packets, "s32le")
}

// Decode decodes packets to interleaved samples in ffmpeg's channel order, all that they give.
func Decode(ctx context.Context, tools *media.Tools, t Track, packets [][]byte) ([]float32, error) {
	data, err := decode(ctx, tools, t, packets, "f32le")
	if err != nil {
		return nil, err
	}
	return pcm.Float32.Decode(data), nil
}

func decode(ctx context.Context, tools *media.Tools, t Track, packets [][]byte, format string) ([]byte, error) {
	if len(packets) == 0 {
		return nil, nil
	}
	args := []string{"-f", "matroska", "-i", "pipe:0", "-map", "0:a:0", "-f", format, "pipe:1"}
	data, err := tools.Output(ctx, media.Command{Stdin: bytes.NewReader(mkv.WriteStream(t, packets)), Args: args}, maxDecoded)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", t.Codec, err)
	}
	return data, nil
}

// Sound is what an encoder is given.
type Sound struct {
	Samples  io.Reader // as pcm.Float32 lays them out, interleaved in the order of the layout
	Rate     int       // sample frames a second
	Channels int
	Layout   string // ffmpeg's name of the channels, "" for its usual one of so many
}

// Encode makes packets of sound. options name the encoder and its settings.
func Encode(ctx context.Context, tools *media.Tools, s Sound, options ...string) (Track, [][]byte, error) {
	args := []string{"-f", "f32le", "-ar", strconv.Itoa(s.Rate), "-ac", strconv.Itoa(s.Channels)}
	if s.Layout != "" {
		args = append(args, "-channel_layout", s.Layout)
	}
	args = append(append(args, "-i", "pipe:0"), options...)
	data, err := tools.Output(ctx, media.Command{Stdin: s.Samples, Args: append(args, "-f", "matroska", "pipe:1")}, maxEncoded)
	if err != nil {
		return Track{}, nil, fmt.Errorf("encode sound: %w", err)
	}
	t, packets, err := mkv.ReadStream(data)
	if err != nil {
		return Track{}, nil, fmt.Errorf("encode sound: %w", err)
	}
	t.Rate, t.Channels = s.Rate, s.Channels
	return t, packets, nil
}

// What is read of ffmpeg at most, bytes: a minute of 8 channels at 192 kHz.
const (
	maxDecoded = 60 * 192000 * 8 * 4
	maxEncoded = maxDecoded
)
