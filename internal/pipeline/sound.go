package pipeline

import (
	"context"
	"fmt"
	"io"
	"math"

	"retake/internal/aac"
	"retake/internal/container"
	"retake/internal/pcm"
	"retake/internal/retake"
)

// newSound is what an edit does to the sound: packets of the clip's track replaced, or a track added to a clip
// that has none.
type newSound struct {
	change      *container.Change
	replacement container.Replacement
	added       []*container.Sound
	warnings    []string
}

// soundSpan returns the segment in sample frames: on the track's own timeline, or from the clip's start when there
// is no track.
func (r *run) soundSpan(rate int) (from, to int64) {
	if a := r.src.Audio; a != nil {
		return a.Span(r.segment.Start, r.segment.End)
	}
	at := func(seconds float64) int64 { return int64(math.Round(seconds * float64(rate))) }
	return at(r.segment.Start), at(r.segment.End)
}

// newSound puts the take's sound, if it has any, into the clip's track or one of its own.
func (r *run) newSound(ctx context.Context, job retake.Job) (newSound, error) {
	if !r.job.Request.Mode.Audio() {
		return newSound{}, nil
	}
	if r.src.Audio == nil {
		track, err := r.freshTrack(ctx, job)
		if err != nil {
			return newSound{}, err
		}
		return newSound{added: []*container.Sound{track},
			warnings: []string{"The clip had no sound: it now has a track that is silent outside the segment."}}, nil
	}
	from, _ := r.soundSpan(job.Sound.Rate)
	change, replacement, err := r.src.Audio.Replace(ctx, r.Tools, from, r.take.Sound)
	return newSound{change: &change, replacement: replacement}, err
}

// freshBitRate is that of a new stereo track, bits a second.
const freshBitRate = 192000

// freshTrack makes a track as long as the clip, silent but for the segment.
func (r *run) freshTrack(ctx context.Context, job retake.Job) (*container.Sound, error) {
	from, to := r.soundSpan(job.Sound.Rate)
	total := int64(math.Round(r.src.Duration() * float64(job.Sound.Rate)))
	frame := int64(4 * job.Sound.Channels)
	sound := io.MultiReader(
		io.LimitReader(silence{}, from*frame),
		pcm.Float32.Reader(r.take.Sound),
		io.LimitReader(silence{}, max(total-to, 0)*frame),
	)
	if r.src.File.Kind() == container.WebM {
		return r.freshOpus(ctx, sound, job.Sound)
	}
	packets, config, priming, err := aac.EncodeTrack(ctx, r.Tools, sound, job.Sound.Rate, job.Sound.Channels, freshBitRate)
	if err != nil {
		return nil, fmt.Errorf("encode sound: %w", err)
	}
	return &container.Sound{
		Codec: container.AAC, Frame: aac.BlockSize, Packets: packets, Config: config.Bytes(), Rate: config.Rate, Channels: config.Channels,
		Priming: int64(priming), Duration: r.src.Duration(),
	}, nil
}

// silence is an endless run of zero samples.
type silence struct{}

func (silence) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
