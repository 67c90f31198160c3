package mp3

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"retake/internal/corpus"
	"retake/internal/mediatest"
	"retake/internal/pcm"
	"retake/internal/transcode"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

// packets encodes a second of a sweep with bursts, which makes an encoder use its reservoir.
func packets(t testing.TB, rate, channels int, options ...string) [][]byte {
	t.Helper()
	tools := mediatest.Open(t)
	sound := make([]float32, rate*channels)
	seed := uint32(1)
	for i := range sound {
		seed = seed*1664525 + 1013904223
		sound[i] = 0.3 * float32(i/channels%400-200) / 200
		if i/channels/3000%2 == 1 {
			sound[i] = float32(seed>>8)/(1<<25) - 0.25
		}
	}
	_, out, err := transcode.Encode(context.Background(), tools, transcode.Sound{Samples: pcm.Float32.Reader(sound), Rate: rate, Channels: channels}, options...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// stream joins the main data of frames, with where each frame's own begins and ends.
func stream(t *testing.T, list [][]byte) (data []byte, own [][]byte) {
	t.Helper()
	for i, p := range list {
		f, err := parse(p)
		if err != nil {
			t.Fatal(err)
		}
		if f.Size() != len(p) {
			t.Fatalf("frame %d of %d bytes states %d", i, len(p), f.Size())
		}
		at := len(data) - f.begin
		data = append(data, f.main()...)
		if at < 0 { // it refers to what is not here
			own = append(own, nil)
			continue
		}
		own = append(own, data[at:][:(f.bits+7)/8])
	}
	return data, own
}

func TestLayKeepsEveryFramesData(t *testing.T) {
	for _, c := range []struct {
		rate, channels int
		old            string
	}{{44100, 2, "128k"}, {48000, 2, "320k"}, {32000, 2, "64k"}, {44100, 1, "32k"}, {22050, 2, "56k"}, {16000, 1, "24k"}, {8000, 1, "16k"}} {
		t.Run(fmt.Sprintf("%d %d", c.rate, c.channels), func(t *testing.T) {
			old := packets(t, c.rate, c.channels, "-c:a", "libmp3lame", "-b:a", c.old)
			h, err := ParseHeader(old[0])
			if err != nil || h.Rate != c.rate || h.Channels() != c.channels {
				t.Fatalf("%+v, %v", h, err)
			}
			fresh := packets(t, c.rate, c.channels, "-c:a", "libmp3lame", "-b:a", fmt.Sprint(h.EncodeRate()), "-reservoir", "0")
			_, want := stream(t, old)
			_, wantNew := stream(t, fresh)
			used := 0
			for p := 4; p+8 < len(old)-4; p++ {
				q := p + 8
				made, err := Lay(old[:q], fresh[p:q], old[q:])
				if err != nil {
					t.Fatal(err)
				}
				if n, err := reservoir(old[q:]); err != nil || n > 0 {
					used++
				}
				_, got := stream(t, append(append(append([][]byte(nil), old[:p]...), made...), old[q:]...))
				for i, data := range got {
					expect := want[i]
					if i >= p && i < q {
						expect = wantNew[i]
					}
					if !bytes.Equal(data, expect) {
						t.Fatalf("frames [%d, %d): the data of frame %d changed", p, q, i)
					}
				}
			}
			if used == 0 && c.rate > 8000 {
				t.Error("nothing here has a reservoir")
			}
		})
	}
}

func TestLayRefuses(t *testing.T) {
	old := packets(t, 44100, 2, "-c:a", "libmp3lame", "-b:a", "128k")
	if _, err := Lay(nil, old[5:9], nil); err == nil {
		t.Error("new frames with a reservoir are taken")
	}
	if _, err := Lay(old[:5], nil, old[5:]); err == nil {
		t.Error("no new frames are taken")
	}
}

func FuzzLay(f *testing.F) {
	old := packets(f, 44100, 2, "-c:a", "libmp3lame", "-b:a", "128k")
	fresh := packets(f, 44100, 2, "-c:a", "libmp3lame", "-b:a", "256k", "-reservoir", "0")
	f.Add(old[4], fresh[5], old[6])
	f.Add([]byte{0xff, 0xf3, 0x14, 0xc4}, []byte{0xff, 0xe3, 0x14, 0x04}, []byte{0xff, 0xfb})
	corpus.Each(f, corpus.Sample("mp3"), func(packet []byte) { f.Add(packet, fresh[5], packet) })
	f.Fuzz(func(t *testing.T, before, made, after []byte) {
		out, err := Lay([][]byte{before}, [][]byte{made, made}, [][]byte{after})
		if err != nil {
			return
		}
		for _, p := range out {
			if h, err := ParseHeader(p); err != nil || h.Size() != len(p) {
				t.Fatalf("%d bytes for %+v, %v", len(p), h, err)
			}
		}
	})
}
