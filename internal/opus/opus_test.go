package opus

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/corpus"
	"retake/internal/mediatest"
	"retake/internal/pcm"
	"retake/internal/transcode"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

func track(t testing.TB, channels int, options ...string) (transcode.Track, [][]byte) {
	t.Helper()
	tools := mediatest.Open(t)
	samples := make([]float32, Rate/2*channels)
	for i := range samples {
		samples[i] = 0.3 * float32(i/channels%500-250) / 250
	}
	sound := transcode.Sound{Samples: pcm.Float32.Reader(samples), Rate: Rate, Channels: channels}
	made, packets, err := transcode.Encode(context.Background(), tools, sound, append([]string{"-c:a", "libopus"}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return made, packets
}

func TestPackets(t *testing.T) {
	for _, c := range []struct {
		application, duration string
		speech                bool
	}{{"lowdelay", "2.5", false}, {"lowdelay", "5", false}, {"audio", "10", false}, {"audio", "20", false}, {"lowdelay", "40", false}, {"audio", "120", false}, {"voip", "60", true}, {"voip", "20", true}} {
		t.Run(c.application+" "+c.duration, func(t *testing.T) {
			rate := map[bool]string{true: "16k", false: "128k"}[c.speech]
			made, packets := track(t, 1, "-application", c.application, "-frame_duration", c.duration, "-b:a", rate)
			var ms float64
			fmt.Sscan(c.duration, &ms)
			for i, data := range packets {
				p, err := ParsePacket(data)
				if err != nil || p.Length != int(ms*48) || p.Speech != c.speech {
					t.Fatalf("packet %d: %+v, %v", i, p, err)
				}
			}
			head, err := ParseHead(made.Private)
			if err != nil || head.Channels != 1 || head.Family != 0 || head.PreSkip == 0 {
				t.Errorf("%+v, %v", head, err)
			}
		})
	}
}

func TestHead(t *testing.T) {
	made, _ := track(t, 6, "-mapping_family", "1", "-b:a", "256k")
	h, err := ParseHead(made.Private)
	if err != nil || h.Channels != 6 || h.Family != 1 || len(h.Mapping) != 8 {
		t.Fatalf("%+v, %v", h, err)
	}
	again, err := ParseHead(h.Bytes())
	if diff := cmp.Diff(h, again); diff != "" || err != nil {
		t.Error(diff, err)
	}
	other := h
	other.PreSkip, other.Gain = 1, 5
	if !h.SameStreams(other) {
		t.Error("another gain counts as other streams")
	}
	other.Mapping = []byte{4, 2, 0, 1, 2, 3, 4, 5}
	if h.SameStreams(other) {
		t.Error("channels in another order count as the same")
	}
}

func FuzzParse(f *testing.F) {
	made, packets := track(f, 2)
	f.Add(made.Private, packets[0])
	f.Add([]byte("OpusHead\x01\xff\x00\x00\x00\x00\x00\x00\x00\x00\x01"), []byte{3, 63})
	corpus.Each(f, corpus.Sample("opus"), func(packet []byte) { f.Add(made.Private, packet) })
	corpus.Each(f, corpus.Config("opus"), func(head []byte) { f.Add(head, packets[0]) })
	f.Fuzz(func(t *testing.T, head, packet []byte) {
		if h, err := ParseHead(head); err == nil {
			if _, err := ParseHead(h.Bytes()); err != nil {
				t.Fatalf("%+v does not read back: %v", h, err)
			}
		}
		if p, err := ParsePacket(packet); err == nil && (p.Length < 120 || p.Length > maxLength) {
			t.Fatalf("%+v", p)
		}
	})
}
