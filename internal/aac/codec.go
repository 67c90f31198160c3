package aac

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"retake/internal/media"
	"retake/internal/pcm"
)

// Priming is the number of sample frames ffmpeg's AAC encoder puts before the first one it was given.
const Priming = BlockSize

// layouts names the channel layout of each channel configuration as ffmpeg's encoder takes it, so that it neither
// mixes nor reorders. Configuration 7 is 7.1 with front wides by the standard; ffmpeg and most others put plain 7.1
// there and read it so.
var layouts = [...]string{"", "mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1"}

// Decode decodes consecutive packets and returns interleaved samples in ffmpeg's channel order, BlockSize sample
// frames for each packet. The first block lacks the packet before it; a caller that needs it exact decodes from at
// least one packet earlier. The config must pass CheckLC. A track with SBR or PS that its config doesn't tell of
// gives an error that wraps ErrNotLC.
func Decode(ctx context.Context, tools *media.Tools, packets [][]byte, c Config) ([]float32, error) {
	if err := c.CheckLC(); err != nil || len(packets) == 0 {
		return nil, err
	}
	var stream []byte
	for _, p := range packets {
		var err error
		if stream, err = appendADTS(stream, c, p); err != nil {
			return nil, err
		}
	}
	want := len(packets) * BlockSize * c.Channels
	var samples []float32
	read := func(r io.Reader) (err error) {
		samples, err = readSamples(r, 4*want)
		return err
	}
	err := tools.Stream(ctx, media.Command{Stdin: bytes.NewReader(stream), Args: []string{
		"-f", "aac", "-i", "pipe:0", "-map", "0:a:0", "-f", "f32le", "pipe:1"}}, read)
	if err != nil {
		return nil, fmt.Errorf("decode aac: %w", err)
	}
	if len(samples) != want {
		return nil, fmt.Errorf("%w: %d packets of %d channels decode to %d values", ErrNotLC, len(packets), c.Channels, len(samples))
	}
	return samples, nil
}

// readSamples reads little-endian float32 values to the end of r, expecting about size bytes and refusing more
// than four times as many.
func readSamples(r io.Reader, size int) ([]float32, error) {
	buf := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := buf.ReadFrom(io.LimitReader(r, int64(size)*4+4096)); err != nil {
		return nil, err
	}
	return pcm.Float32.Decode(buf.Bytes()), nil
}

// EncodeTrack makes a new AAC-LC track of interleaved little-endian float32 samples in ffmpeg's channel order.
// n sample frames give ⌈n/BlockSize⌉+1 packets; the first Priming sample frames of what they decode to come before
// the first one given, which an edit list has to skip. The bit rate is in bits a second. A rate or channel count
// that AAC-LC has no fixed configuration for gives an error that wraps ErrNotLC.
func EncodeTrack(ctx context.Context, tools *media.Tools, samples io.Reader, rate, channels, bitRate int) (packets [][]byte, c Config, priming int, err error) {
	c, err = configFor(rate, channels)
	if err != nil {
		return nil, Config{}, 0, err
	}
	packets, err = encode(ctx, tools, samples, c, bitRate)
	return packets, c, Priming, err
}

// encode makes packets of the samples and checks that their headers agree with the config.
func encode(ctx context.Context, tools *media.Tools, samples io.Reader, c Config, bitRate int) ([][]byte, error) {
	var packets [][]byte
	read := func(r io.Reader) error {
		for a := newADTSReader(r); ; {
			got, packet, err := a.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if got.ObjectType != c.ObjectType || got.Rate != c.Rate || got.ChannelConfig != c.ChannelConfig {
				return fmt.Errorf("asked for %+v, the encoder made %+v", c, got)
			}
			packets = append(packets, packet)
		}
	}
	err := tools.Stream(ctx, media.Command{Stdin: samples, Args: []string{
		"-f", "f32le", "-ar", strconv.Itoa(c.Rate), "-ac", strconv.Itoa(c.Channels), "-channel_layout", layouts[c.ChannelConfig], "-i", "pipe:0",
		"-c:a", "aac", "-profile:a", "aac_low", "-b:a", strconv.Itoa(bitRate),
		// Neither noise substitution nor intensity stereo: both give up the waveform, which the seams need.
		"-aac_pns", "0", "-aac_is", "0",
		"-f", "adts", "pipe:1"}}, read)
	if err != nil {
		return nil, fmt.Errorf("encode aac: %w", err)
	}
	return packets, nil
}
