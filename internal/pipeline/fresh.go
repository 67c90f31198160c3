package pipeline

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"retake/internal/container"
	"retake/internal/opus"
	"retake/internal/retake"
	"retake/internal/transcode"
)

// opusFrame is the sample frames of a packet of Opus as it is made for a WebM clip without sound, which can't hold AAC:
// 20 ms.
const opusFrame = opus.Rate / 50

// freshOpus encodes a track of interleaved 32-bit floats.
func (r *run) freshOpus(ctx context.Context, sound io.Reader, f retake.SoundFormat) (*container.Sound, error) {
	track, packets, err := transcode.Encode(ctx, r.Tools, transcode.Sound{Samples: sound, Rate: f.Rate, Channels: f.Channels},
		"-c:a", "libopus", "-b:a", strconv.Itoa(freshBitRate), "-frame_duration", "20")
	if err != nil {
		return nil, err
	}
	head, err := opus.ParseHead(track.Private)
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	return &container.Sound{Codec: container.Opus, Packets: packets, Frame: opusFrame, Config: track.Private, Rate: opus.Rate, Channels: f.Channels,
		Priming: int64(head.PreSkip), Duration: r.src.Duration()}, nil
}
