package ac3

import (
	"context"
	"fmt"
	"testing"

	"retake/internal/corpus"
	"retake/internal/mediatest"
	"retake/internal/pcm"
	"retake/internal/transcode"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

func packets(t testing.TB, rate int, layout string, channels int, options ...string) [][]byte {
	t.Helper()
	tools := mediatest.Open(t)
	sound := transcode.Sound{Samples: pcm.Float32.Reader(make([]float32, rate/4*channels)), Rate: rate, Channels: channels, Layout: layout}
	_, out, err := transcode.Encode(context.Background(), tools, sound, options...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What ffmpeg's encoder was asked for stands in its frames' headers.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		codec, layout  string
		rate, channels int
		bitRate        int
	}{
		{"ac3", "stereo", 48000, 2, 192000}, {"ac3", "mono", 44100, 1, 96000}, {"ac3", "5.1(side)", 32000, 6, 448000}, {"ac3", "3.0", 48000, 3, 256000},
		{"ac3", "quad(side)", 48000, 4, 320000}, {"ac3", "2.1", 48000, 3, 256000}, {"eac3", "stereo", 48000, 2, 128000}, {"eac3", "5.1(side)", 44100, 6, 384000},
	} {
		t.Run(c.codec+" "+c.layout, func(t *testing.T) {
			for _, p := range packets(t, c.rate, c.layout, c.channels, "-c:a", c.codec, "-b:a", fmt.Sprint(c.bitRate), "-dialnorm", "-23") {
				h, err := Parse(p)
				if err != nil {
					t.Fatal(err)
				}
				if h.Enhanced != (c.codec == "eac3") || h.Rate != c.rate || h.Channels() != c.channels || h.Layout() != c.layout || h.Dialogue != 23 || h.Size != len(p) {
					t.Errorf("%+v of %d bytes", h, len(p))
				}
				if off := h.BitRate - c.bitRate; off < -2000 || off > 2000 {
					t.Errorf("a bit rate of %d", h.BitRate)
				}
				if h.Obstacle(p) != "" || h.Obstacle(append(p, p...)) == "" {
					t.Errorf("obstacles %q, and %q of two frames", h.Obstacle(p), h.Obstacle(append(p, p...)))
				}
				if other := h; !h.Fits(other) {
					t.Error("a frame doesn't fit its like")
				} else if other.Dialogue++; h.Fits(other) {
					t.Error("a louder frame fits")
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(packets(f, 48000, "stereo", 2, "-c:a", "ac3")[0])
	f.Add(packets(f, 48000, "5.1(side)", 6, "-c:a", "eac3")[0])
	corpus.Each(f, corpus.Sample("ac3"), func(packet []byte) { f.Add(packet) })
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := Parse(data)
		if err != nil {
			return
		}
		if h.Channels() < 1 || h.Channels() > 6 || h.Size < 2 || h.Size > 4096 {
			t.Fatalf("%+v", h)
		}
		h.Obstacle(data)
	})
}
