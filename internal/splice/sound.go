package splice

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"retake/internal/aac"
	"retake/internal/media"
	"retake/internal/mp4"
)

// Span returns the sample frames [from, to) of the decoder's own timeline (priming included) that are heard in
// [start, end) seconds, kept inside the track.
func (a *Audio) Span(start, end float64) (from, to int64) {
	limit := int64(a.Count()) * aac.BlockSize
	clamp := func(seconds float64) int64 {
		return min(max(int64(math.Round(a.Ticks(seconds))), 0), limit)
	}
	return clamp(start), clamp(end)
}

// runIn is how many packets are decoded before the first one that is used: one for the overlap, one for safety.
const runIn = 2

// Decode returns the sample frames [from, to) of the decoder's timeline, interleaved.
func (a *Audio) Decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	if to <= from {
		return nil, nil
	}
	first := max(int(from/aac.BlockSize)-runIn, 0)
	last := min(int((to+aac.BlockSize-1)/aac.BlockSize), a.Count())
	packets := make([][]byte, 0, last-first)
	for i := first; i < last; i++ {
		p, err := a.Packet(i)
		if err != nil {
			return nil, fmt.Errorf("read sound packet %d: %w", i, err)
		}
		packets = append(packets, p)
	}
	sound, err := aac.Decode(ctx, tools, packets, a.Config)
	if err != nil {
		return nil, fmt.Errorf("decode sound: %w", err)
	}
	base := int64(first) * aac.BlockSize
	ch := int64(a.Config.Channels)
	return sound[(from-base)*ch : (to-base)*ch], nil
}

// Replace makes the packets that put new sound into [from, from+len) of the decoder's timeline.
func (a *Audio) Replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (mp4.Change, mp4.Replacement, error) {
	region := aac.Region{Start: from, End: from + int64(len(sound)/a.Config.Channels), Sound: sound}
	rep, err := aac.Splice(ctx, tools, a, a.Config, region)
	if err != nil {
		return mp4.Change{}, mp4.Replacement{}, fmt.Errorf("splice sound: %w", err)
	}
	return mp4.Change{Track: a.Track.Index, First: rep.First, Count: len(rep.Packets)}, mp4.Replacement{Pieces: pieces(rep.Packets)}, nil
}

func pieces(packets [][]byte) []mp4.Piece {
	out := make([]mp4.Piece, len(packets))
	for i, p := range packets {
		out[i] = mp4.Piece{From: bytes.NewReader(p), Size: uint32(len(p))}
	}
	return out
}
