package builtin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/picture"
	"retake/internal/retake"
	"retake/internal/sound"
)

// hum stands for the speech synthesiser: half a second of a steady note.
func hum(context.Context, string, sound.Voice, string) ([]float32, int, error) {
	out := make([]float32, 8000)
	for i := range out {
		out[i] = 0.2 * float32(i%40) / 40
	}
	return out, 16000, nil
}

func open(t *testing.T) retake.Engine {
	t.Helper()
	e, err := New(DefaultConfig(), hum)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestConformance(t *testing.T) {
	enginetest.Run(t, open, enginetest.Options{
		Prompts: map[retake.Mode]string{
			retake.ReplaceVideo:         "heavy snow at night",
			retake.ReplaceAudio:         `wind, and a man says "it is cold"`,
			retake.ReplaceAudioAndVideo: "rain in slow motion, black and white, blurred background",
		},
		Refused:       "a dancing unicorn",
		Deterministic: true,
	})
}

// TestVocabulary holds that words lead to whatever the packages beneath can make, and that each says what it does.
func TestVocabulary(t *testing.T) {
	words, err := DefaultConfig().lexicon(nil)
	if err != nil {
		t.Fatal(err)
	}
	pictures, sounds := words.Named()
	for _, e := range picture.Entries() {
		if !pictures[string(e.Kind)] || e.Doc == "" {
			t.Errorf("no words lead to the effect %q, or it says not what it does", e.Kind)
		}
		if (e.Make == nil) == (e.Read == nil) {
			t.Errorf("the effect %q has not one of Make and Read", e.Kind)
		}
	}
	for _, e := range sound.Entries() {
		if !sounds[string(e.Kind)] && e.Kind != sound.Speech || e.Doc == "" {
			t.Errorf("no words lead to the sound %q, or it says not what it is made of", e.Kind)
		}
	}
}

// TestUntouched holds that a track the prompt says nothing of comes back as it was, in the mode that replaces both.
func TestUntouched(t *testing.T) {
	job, clip := enginetest.Job(t, retake.ReplaceAudioAndVideo, "ocean")
	take, err := open(t).Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer take.Frames.Close()
	got, want := retake.NewFrame(job.Picture), retake.NewFrame(job.Picture)
	for i := range job.Frames {
		if err := take.Frames.Next(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		clip.Draw(want, i)
		if !bytes.Equal(got.Data, want.Data) {
			t.Fatalf("picture %d was changed", i)
		}
	}
	job, clip = enginetest.Job(t, retake.ReplaceAudioAndVideo, "snow")
	quiet, err := open(t).Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer quiet.Frames.Close()
	_, original, _, _ := clip.Sound(t.Context(), 0)
	_, padded, _, _ := clip.Sound(t.Context(), surroundings)
	if len(quiet.Sound) != len(original) || quiet.Sound[1000] != padded[1000] {
		t.Error("the sound was changed")
	}
	if len(quiet.Warnings) != 1 || !strings.Contains(quiet.Warnings[0], "sound stays") {
		t.Errorf("warnings: %q", quiet.Warnings)
	}
}

// TestNoSound holds what happens to a clip without sound.
func TestNoSound(t *testing.T) {
	for mode, fine := range map[retake.Mode]bool{retake.ReplaceAudio: false, retake.ReplaceAudioAndVideo: true} {
		job, clip := enginetest.Job(t, mode, "rain")
		clip.Sounds, job.Sound, job.Samples = retake.SoundFormat{}, retake.SoundFormat{}, 0
		take, err := open(t).Retake(t.Context(), job, nil)
		if (err == nil) != fine {
			t.Errorf("%s: %v", mode, err)
		}
		if err == nil {
			take.Frames.Close()
		}
	}
}

func TestShortSource(t *testing.T) {
	job, clip := enginetest.Job(t, retake.ReplaceVideo, "snow")
	clip.Count = 10
	take, err := open(t).Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer take.Frames.Close()
	f := retake.NewFrame(job.Picture)
	for err == nil {
		err = take.Frames.Next(t.Context(), f)
	}
	if errors.Is(err, io.EOF) || retake.CodeOf(err) != retake.CodeEngine {
		t.Errorf("a source with too few pictures: %v", err)
	}
}

func TestConfig(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Fatal(err)
	}
	bad := Config{}
	_, err := New(bad, nil)
	for _, key := range []string{"slots", "picture", "threads", "speech"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%q is not named: %v", key, err)
		}
	}
}

// TestSeed holds that another seed gives other flakes and another wind.
func TestSeed(t *testing.T) {
	var sounds [2][]float32
	var pictures [2][]byte
	for i := range sounds {
		job, _ := enginetest.Job(t, retake.ReplaceAudioAndVideo, "snow and wind")
		job.Seed = int64(i)
		take, err := open(t).Retake(t.Context(), job, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := retake.NewFrame(job.Picture)
		for range job.Frames / 2 {
			if err := take.Frames.Next(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		take.Frames.Close()
		sounds[i], pictures[i] = take.Sound, f.Data
	}
	if bytes.Equal(pictures[0], pictures[1]) {
		t.Error("the pictures do not depend on the seed")
	}
	if slices.Equal(sounds[0], sounds[1]) {
		t.Error("the sound does not depend on the seed")
	}
}
