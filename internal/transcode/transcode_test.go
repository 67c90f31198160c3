package transcode

import (
	"context"
	"math"
	"testing"

	"retake/internal/mediatest"
	"retake/internal/pcm"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

// Packets of each codec come out of ffmpeg and go back in: nothing is lost between, and the sound is the one that went in.
func TestThereAndBack(t *testing.T) {
	tools := mediatest.Open(t)
	in := make([]float32, 2*48000)
	for i := range in {
		in[i] = float32(0.3 * math.Sin(float64(i/2)/(20+9*float64(i%2))))
	}
	for codec, options := range map[string][]string{
		FLAC: {"-c:a", "flac"}, ALAC: {"-c:a", "alac"}, AC3: {"-c:a", "ac3", "-b:a", "448k"}, EAC3: {"-c:a", "eac3", "-b:a", "448k"},
		MP3: {"-c:a", "libmp3lame", "-b:a", "256k"}, Opus: {"-c:a", "libopus", "-b:a", "256k"},
	} {
		track, packets, err := Encode(context.Background(), tools, Sound{Samples: pcm.Float32.Reader(in), Rate: 48000, Channels: 2}, options...)
		if err != nil {
			t.Fatal(err)
		}
		if track.Codec != codec || len(packets) < 10 {
			t.Fatalf("%s: %d packets of %s", codec, len(packets), track.Codec)
		}
		out, err := Decode(context.Background(), tools, track, packets)
		if err != nil {
			t.Fatal(err)
		}
		var power float64
		for _, v := range out {
			power += float64(v) * float64(v)
		}
		if got := power / float64(len(in)); math.Abs(got-0.045) > 0.003 {
			t.Errorf("%s: %d values with a power of %.4f", codec, len(out), got)
		}
	}
}
