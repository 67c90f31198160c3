package pipeline

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/mkv"
	"retake/internal/retake"
)

// Opus as it is made for a WebM clip without sound, which can't hold AAC: packets of 20 ms.
const (
	opusRate    = 48000
	opusFrame   = opusRate / 50
	opusPreSkip = 10 // where the OpusHead says how much of the first packets is not heard (RFC 7845, 5.1)
)

// freshOpus encodes a track of interleaved 32-bit floats.
func (r *run) freshOpus(ctx context.Context, sound io.Reader, f retake.SoundFormat) (*container.Sound, error) {
	path := filepath.Join(r.dir, "sound.webm")
	_, err := r.Tools.Run(ctx, media.Command{Stdin: sound, WriteDirs: []string{r.dir}, Args: []string{
		"-f", "f32le", "-ar", strconv.Itoa(f.Rate), "-ac", strconv.Itoa(f.Channels), "-i", "pipe:0",
		"-c:a", "libopus", "-b:a", strconv.Itoa(freshBitRate), "-frame_duration", "20", "-f", "webm", path}})
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	opened, err := mkv.Open(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	track := container.MainAudio(opened)
	if track == nil || len(track.Config) < opusPreSkip+2 {
		return nil, errors.New("encode sound: the encoder wrote no Opus")
	}
	samples, err := track.Samples()
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	out := &container.Sound{Codec: container.Opus, Frame: opusFrame, Config: track.Config, Rate: opusRate, Channels: f.Channels,
		Priming: int64(binary.LittleEndian.Uint16(track.Config[opusPreSkip:])), Duration: r.src.Duration()}
	for _, s := range samples {
		packet, err := opened.ReadSample(s, nil)
		if err != nil {
			return nil, fmt.Errorf("encode sound: %w", err)
		}
		out.Packets = append(out.Packets, packet)
	}
	return out, nil
}
