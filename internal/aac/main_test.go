package aac

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/mediatest"
	"retake/internal/pcm"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

// style is how lively a programme is.
type style int

const (
	smooth  style = iota // a chord over soft noise: long windows throughout
	plucked              // and a plucked note
	hits                 // and sharp hits, which ask for short windows
)

// programme makes interleaved sound that differs in each channel.
func programme(seconds float64, rate, channels int, kind style) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	n := int(seconds * float64(rate))
	out := make([]float32, n*channels)
	for i := range n {
		t := float64(i) / float64(rate)
		noise := 0.004 * r.NormFloat64()
		for c := range channels {
			f := 180 + 40*float64(c)
			if channels >= 6 && c == 3 {
				f = 45 // the LFE channel carries nothing higher
			}
			v := 0.12*math.Sin(2*math.Pi*f*t) + 0.05*math.Sin(2*math.Pi*1.5*f*t+1)
			if c != 3 || channels < 6 {
				v += noise
			}
			if kind >= plucked && (c != 3 || channels < 6) {
				v += 0.06 * math.Exp(-4*math.Mod(t, 0.5)) * math.Sin(2*math.Pi*5.1*f*t)
			}
			if beat := math.Mod(t+0.013*float64(c), 0.11); kind == hits && (c != 3 || channels < 6) {
				v += 0.6 * math.Exp(-90*beat) * math.Sin(2*math.Pi*3100*beat)
			}
			out[i*channels+c] = float32(v)
		}
	}
	return out
}

// track encodes a programme as a source clip would be: ffmpeg's encoder with all its tools.
func track(t testing.TB, tools *media.Tools, samples []float32, rate, channels, bitRate int) (packetList, Config) {
	t.Helper()
	packets, c, _, err := EncodeTrack(context.Background(), tools, pcm.Float32.Reader(samples), rate, channels, bitRate)
	if err != nil {
		t.Fatal(err)
	}
	return packets, c
}

// snr is the ratio in dB of the wanted signal to the difference.
func snr(want, got []float32) float64 {
	return measure.Level(want) - measure.Difference(want, got[:len(want)])
}

// packetList is a Source in memory.
type packetList [][]byte

func (p packetList) Count() int { return len(p) }

func (p packetList) Packet(i int) ([]byte, error) { return p[i], nil }
