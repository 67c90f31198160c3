package transcode

import (
	"bytes"
	"context"
	"math"
	"os"
	"testing"

	"retake/internal/media"
)

func TestMain(m *testing.M) {
	media.Main()
	os.Exit(m.Run())
}

// Packets of each codec come out of ffmpeg and go back in: nothing is lost between, and the sound is the one that went in.
func TestThereAndBack(t *testing.T) {
	tools, err := media.Open(media.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	in := make([]float32, 2*48000)
	for i := range in {
		in[i] = float32(0.3 * math.Sin(float64(i/2)/(20+9*float64(i%2))))
	}
	for codec, options := range map[string][]string{
		FLAC: {"-c:a", "flac"}, ALAC: {"-c:a", "alac"}, AC3: {"-c:a", "ac3", "-b:a", "448k"}, EAC3: {"-c:a", "eac3", "-b:a", "448k"},
		MP3: {"-c:a", "libmp3lame", "-b:a", "256k"}, Opus: {"-c:a", "libopus", "-b:a", "256k"},
	} {
		track, packets, err := Encode(context.Background(), tools, Sound{Samples: in, Rate: 48000, Channels: 2}, options...)
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

func TestReadRefuses(t *testing.T) {
	good := write(Track{Codec: MP3, Rate: 44100, Channels: 2}, [][]byte{{1, 2, 3}, {4}})
	track, packets, err := read(good)
	if err != nil || track.Codec != MP3 || len(packets) != 2 || !bytes.Equal(packets[0], []byte{1, 2, 3}) {
		t.Fatalf("%+v %v %v", track, packets, err)
	}
	for _, bad := range [][]byte{good[:len(good)-1], append([]byte{0}, good...), {0xa3, 0x84, 0x82, 0, 0, 0}, {0xa3, 0x84, 0x81, 0, 0, 6}, {0xec, 0xff}, {0x1a}} {
		if _, _, err := read(bad); err == nil {
			t.Errorf("%x is read", bad)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(write(Track{Codec: Opus, Private: []byte("OpusHead"), Rate: 48000, Channels: 1}, [][]byte{{1, 2, 3}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, packets, err := read(data)
		total := 0
		for _, p := range packets {
			total += len(p)
		}
		if err == nil && total > len(data) {
			t.Fatalf("%d bytes of packets out of %d", total, len(data))
		}
	})
}
