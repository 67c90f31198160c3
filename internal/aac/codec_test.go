package aac

import (
	"context"
	"errors"
	"testing"

	"retake/internal/mediatest"
	"retake/internal/pcm"
)

// Each channel carries a programme of its own, so a mix, a swap or a shift shows.
func TestEncodeDecodeKeepsChannelsAndTime(t *testing.T) {
	tools := mediatest.Open(t)
	for _, n := range []int{1, 2, 3, 4, 5, 6, 8} {
		in := programme(0.7, 48000, n, plucked)
		frames := len(in) / n
		packets, c := track(t, tools, in, 48000, n, 160000*n)
		if want := (frames+BlockSize-1)/BlockSize + 1; len(packets) != want {
			t.Errorf("%d channels: %d packets of %d sample frames, want %d", n, len(packets), frames, want)
		}
		out, err := Decode(context.Background(), tools, packets, c)
		if err != nil {
			t.Errorf("%d channels: %v", n, err)
			continue
		}
		for ch := range n {
			var want, got []float32
			for i := 2 * BlockSize; i < frames-2*BlockSize; i++ {
				want, got = append(want, in[i*n+ch]), append(got, out[(i+Priming)*n+ch])
			}
			if s := snr(want, got); s < 18 {
				t.Errorf("%d channels: channel %d comes back with %.1f dB", n, ch, s)
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	tools := mediatest.Open(t)
	packets, c := track(t, tools, programme(0.2, 48000, 2, plucked), 48000, 2, 128000)
	he := c
	he.SBR = true
	if _, err := Decode(context.Background(), tools, packets, he); !errors.Is(err, ErrNotLC) {
		t.Errorf("HE-AAC: %v", err)
	}
	mono, _ := configFor(48000, 1)
	if _, err := Decode(context.Background(), tools, packets, mono); err == nil {
		t.Error("a config with too few channels was taken")
	}
	if _, err := Decode(context.Background(), tools, [][]byte{{0xff, 0xff, 0xff}}, c); err == nil {
		t.Error("a packet of rubbish was taken")
	}
	if _, _, _, err := EncodeTrack(context.Background(), tools, pcm.Float32.Reader(nil), 48000, 7, 128000); !errors.Is(err, ErrNotLC) {
		t.Errorf("seven channels: %v", err)
	}
	if _, _, _, err := EncodeTrack(context.Background(), tools, pcm.Float32.Reader(nil), 47999, 2, 128000); !errors.Is(err, ErrNotLC) {
		t.Errorf("an odd rate: %v", err)
	}
}

func TestEncodeTrackStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("stop")
	cancel(stop)
	if _, _, _, err := EncodeTrack(ctx, mediatest.Open(t), pcm.Float32.Reader(make([]float32, 96000)), 48000, 1, 96000); !errors.Is(err, stop) {
		t.Errorf("error %v, want the context's cause", err)
	}
}
