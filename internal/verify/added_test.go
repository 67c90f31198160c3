package verify_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/aac"
	"retake/internal/container"
	"retake/internal/mediatest"
	"retake/internal/pcm"
	"retake/internal/retake"
	"retake/internal/splice"
	"retake/internal/verify"
)

// addSound gives a silent clip a sound track with a tone from a time to a time.
func addSound(t *testing.T, original string, from, to float64) string {
	t.Helper()
	ctx := context.Background()
	src, err := splice.Open(original)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	sound := make([]float32, 6*48000)
	copy(sound[int(from*48000):int(to*48000)], tone(6*48000, 1))
	packets, c, priming, err := aac.EncodeTrack(ctx, mediatest.Open(t), pcm.Float32.Reader(sound), 48000, 1, 96000)
	if err != nil {
		t.Fatal(err)
	}
	track := &container.Sound{Codec: container.AAC, Frame: aac.BlockSize, Packets: packets, Config: c.Bytes(), Rate: c.Rate, Channels: c.Channels, Priming: int64(priming), Duration: 6}
	path := filepath.Join(t.TempDir(), "result.mp4")
	dst, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	patcher, err := src.File.Patch(dst, nil, []*container.Sound{track})
	if err != nil {
		t.Fatal(err)
	}
	if err := patcher.Finish(ctx, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAddedSound(t *testing.T) {
	cases := []struct {
		name     string
		from, to float64
		mode     retake.Mode
		want     string // of the violation; "" when it holds
	}{
		{"in the segment", 2, 4, retake.ReplaceAudio, ""},
		{"in the segment, with pictures", 2.1, 3.9, retake.ReplaceAudioAndVideo, ""},
		{"before it too", 1.5, 4, retake.ReplaceAudio, "not silent outside the segment"},
		{"after it too", 2, 4.5, retake.ReplaceAudio, "not silent outside the segment"},
		{"in a mode without sound", 2, 4, retake.ReplaceVideo, "has a sound track that the original has not"},
	}
	original := clip(t, "silent.mp4")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := verified(t, original, addSound(t, original, c.from, c.to), verify.Options{Segment: segment, Mode: c.mode})
			if r.Holds != (c.want == "") || !strings.Contains(strings.Join(r.Violations, " "), c.want) {
				t.Errorf("holds %v: %q", r.Holds, r.Violations)
			}
			if c.want == "" && !strings.Contains(r.Summary, "the sound is new, as the clip had none") {
				t.Errorf("summary %q", r.Summary)
			}
		})
	}
}

// Rain at a low bit rate is mostly substituted noise, which no two decodings draw alike.
func TestSubstitutedNoiseIsNoChange(t *testing.T) {
	original := clip(t, "rain.mp4")
	e := edit{start: 2, end: 4, audio: true}
	r := verified(t, original, e.make(t, original), verify.Options{Segment: segment, Mode: retake.ReplaceAudio})
	if !r.Holds {
		t.Errorf("%q", r.Violations)
	}
	e.early = 4000
	if r := verified(t, original, e.make(t, original), verify.Options{Segment: segment, Mode: retake.ReplaceAudio}); r.Holds {
		t.Errorf("sound that begins too early goes unnoticed in noise: %+v", r.Seams)
	}
}

// Boxes beside the movie header hold what cameras and editors say of a clip.
func TestFileBoxes(t *testing.T) {
	plainClip := clip(t, "gops.mp4")
	data, err := os.ReadFile(plainClip)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, box string) string {
		path := filepath.Join(t.TempDir(), name)
		var head [8]byte
		binary.BigEndian.PutUint32(head[:], uint32(8+len(box)))
		copy(head[4:], "uuid")
		if err := os.WriteFile(path, append(append(append([]byte(nil), data...), head[:]...), box...), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	original := write("original.mp4", "taken by an ox")
	opt := verify.Options{Segment: segment, Mode: retake.ReplaceVideo}
	if r := verified(t, original, good(t, original), opt); !r.Holds {
		t.Errorf("%q", r.Violations)
	}
	for _, c := range []struct{ result, want string }{
		{plainClip, "metadata changed: box \"uuid\""},
		{write("other.mp4", "taken by a cow"), `metadata changed: box "uuid"`},
		{write("longer.mp4", "taken by an oxen"), `metadata changed: box "uuid"`},
	} {
		if r := verified(t, original, c.result, opt); r.Holds || !strings.Contains(r.Violations[0], c.want) {
			t.Errorf("%q, want %q", r.Violations, c.want)
		}
	}
}
