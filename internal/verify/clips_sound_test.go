package verify_test

import (
	"bytes"
	"context"
	"math"
	"testing"

	"retake/internal/aac"
	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/pcm"
	"retake/internal/splice"
)

// sound makes the sound track's change that the edit asks for.
func (e edit) sound(ctx context.Context, t testing.TB, tools *media.Tools, src *splice.Source) (container.Change, container.Replacement) {
	t.Helper()
	a := src.Audio
	change := container.Change{Track: a.Track.Index}
	if e.shift != 0 {
		change.Count = a.Count()
		var packets [][]byte
		for i := range a.Count() {
			packets = append(packets, packet(t, a, min(max(i+e.shift, 0), a.Count()-1)))
		}
		return change, container.Replacement{Pieces: piecesOf(packets)}
	}
	from, to := a.Span(e.start, e.end)
	from -= e.early
	fresh := tone(int(to-from), a.Format().Channels)
	if e.raw {
		packets, _, _, err := aac.EncodeTrack(ctx, tools, pcm.Float32.Reader(fresh), a.Format().Rate, a.Format().Channels, 128000)
		if err != nil {
			t.Fatal(err)
		}
		change.First, change.Count = int(from/aac.BlockSize), len(packets)
		return change, container.Replacement{Pieces: piecesOf(packets)}
	}
	old, err := a.Decode(ctx, tools, from, to)
	if err != nil {
		t.Fatal(err)
	}
	change, rep, err := a.Replace(ctx, tools, from, blend(old, fresh, a.Format().Channels))
	if err != nil {
		t.Fatal(err)
	}
	return change, rep
}

func packet(t testing.TB, a *splice.Audio, i int) []byte {
	t.Helper()
	p, err := a.Packet(i)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func piecesOf(packets [][]byte) []container.Piece {
	var out []container.Piece
	for _, p := range packets {
		out = append(out, container.Piece{From: bytes.NewReader(p), Size: uint32(len(p))})
	}
	return out
}

// tone is the new sound: nothing like the old.
func tone(frames, channels int) []float32 {
	out := make([]float32, frames*channels)
	for i := range out {
		out[i] = float32(0.3 * math.Sin(2*math.Pi*900*float64(i/channels)/48000))
	}
	return out
}

// blend fades from old to fresh and back over 20 ms at either end.
func blend(old, fresh []float32, channels int) []float32 {
	const fade = 960
	out := make([]float32, len(fresh))
	frames := len(fresh) / channels
	for i := range out {
		at := min(i/channels, frames-1-i/channels)
		w := min(1, float32(at)/fade)
		out[i] = w*fresh[i] + (1-w)*old[i]
	}
	return out
}
