package vorbis

import (
	"context"
	"fmt"
	"math"
	"testing"

	"retake/internal/measure"
	"retake/internal/mediatest"
	"retake/internal/pcm"
	"retake/internal/transcode"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

// programme is a second of tones with clicks, which make encoders take short windows.
func programme(rate, channels int) []float32 {
	out := make([]float32, rate*channels)
	for i := range out {
		at, c := float64(i/channels), float64(i%channels)
		v := 0.2*math.Sin(at*0.03*(1+c/7)) + 0.1*math.Sin(at*at*1e-5)
		if int(at)%9000 < 40 {
			v += 0.5 * math.Cos(at*1.7)
		}
		out[i] = float32(v)
	}
	return out
}

// planes returns the sample frames [from, from+n) of interleaved sound in Vorbis's order of channels, silence around it.
func planes(sound []float32, channels, from, n int) [][]float64 {
	out := make([][]float64, channels)
	for c := range out {
		out[c] = make([]float64, n)
		for i := range n {
			if at := (from+i)*channels + Plane(channels, c); at >= 0 && at < len(sound) && from+i >= 0 {
				out[c][i] = float64(sound[at])
			}
		}
	}
	return out
}

// A whole track that is encoded anew, packet by packet in the same windows, decodes to the same sound, whatever encoder,
// quality, rate and channels the books were made for.
func TestEncodedPacketsDecode(t *testing.T) {
	tools := mediatest.Open(t)
	for _, c := range []struct {
		rate, channels int
		options        []string
	}{
		{48000, 2, []string{"libvorbis", "-q:a", "3"}}, {44100, 2, []string{"libvorbis", "-q:a", "10"}}, {44100, 1, []string{"libvorbis", "-q:a", "0.1"}},
		{22050, 2, []string{"libvorbis", "-q:a", "4"}}, {8000, 1, []string{"libvorbis", "-q:a", "1"}}, {48000, 6, []string{"libvorbis", "-b:a", "256k"}},
		{48000, 5, []string{"libvorbis", "-q:a", "2"}}, {44100, 2, []string{"vorbis", "-strict", "-2"}},
	} {
		t.Run(fmt.Sprint(c.rate, c.channels, c.options), func(t *testing.T) {
			track, packets, err := transcode.Encode(context.Background(), tools, transcode.Sound{Samples: pcm.Float32.Reader(programme(c.rate, c.channels)[:c.rate*c.channels/2]), Rate: c.rate, Channels: c.channels},
				append([]string{"-c:a"}, c.options...)...)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ParsePrivate(track.Private)
			if err != nil {
				t.Fatal(err)
			}
			if s.Rate != c.rate || s.Channels != c.channels {
				t.Fatalf("%+v", s.Head)
			}
			want, err := transcode.Decode(context.Background(), tools, track, packets)
			if err != nil {
				t.Fatal(err)
			}
			var made [][]byte
			center, last, short, size, before := 0, 0, 0, 0, 0
			for i, data := range packets {
				p, err := s.ParsePacket(data)
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 {
					center += last/4 + p.Size/4
				}
				if last = p.Size; p.Size == s.Sizes[0] {
					short++
				}
				fresh, err := s.Encode(p, planes(want, c.channels, center-p.Size/2, p.Size), Quality{30, 1e-5})
				if err != nil {
					t.Fatal(err)
				}
				made = append(made, fresh)
				size, before = size+len(fresh), before+len(data)
			}
			if center*c.channels != len(want) {
				t.Fatalf("windows of %d sample frames decode to %d", center, len(want)/c.channels)
			}
			got, err := transcode.Decode(context.Background(), tools, track, made)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%d values, want %d: %v", len(got), len(want), err)
			}
			off, level := measure.Difference(want, got), measure.Level(want)
			t.Logf("%d packets, %d short, %d bytes for %d: %.1f dBFS off at %.1f", len(packets), short, size, before, off, level)
			if off > level-28 {
				t.Error("that is too far")
			}
		})
	}
}
