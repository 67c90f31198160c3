package config

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Sections name their keys in different ways; a user reads one.
func TestMistakesAreNamed(t *testing.T) {
	fields := []Field{
		{Key: "media.threads", Env: "RETAKE_MEDIA_THREADS"},
		{Key: "media.ffmpeg", Env: "RETAKE_MEDIA_FFMPEG"},
		{Key: "engine.builtin.slots", Env: "RETAKE_ENGINE_BUILTIN_SLOTS"},
		{Key: "engine.other.slots", Env: "RETAKE_ENGINE_OTHER_SLOTS"},
	}
	for _, tt := range []struct {
		section string
		err     error
		want    []string
	}{
		{"media", errors.New("threads must be positive"), []string{"media.threads (RETAKE_MEDIA_THREADS): threads must be positive"}},
		{"media", errors.New("media.ffmpeg: must be named"), []string{"media.ffmpeg (RETAKE_MEDIA_FFMPEG): must be named"}},
		{"media", errors.New("all wrong"), []string{"media: all wrong"}},
		{"engine", fmt.Errorf("other: %w", errors.New("slots must be 1")), []string{"engine.other.slots (RETAKE_ENGINE_OTHER_SLOTS): slots must be 1"}},
		{"engine", fmt.Errorf("builtin: %w", errors.Join(errors.New("slots must be 1"), errors.New("broken"))),
			[]string{"engine.builtin.slots (RETAKE_ENGINE_BUILTIN_SLOTS): slots must be 1", "engine: builtin: broken"}},
		{"engine", nil, nil},
	} {
		var got []string
		for _, e := range parts(tt.err) {
			got = append(got, name(tt.section, e, fields).Error())
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%v (-want +got):\n%s", tt.err, d)
		}
	}
}
