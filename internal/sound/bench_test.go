package sound

import (
	"context"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// BenchmarkRender measures each kind in 16 s of stereo at 48 kHz. Speech comes from a stand-in synthesiser: what is
// measured is this package's work on it.
func BenchmarkRender(b *testing.B) {
	format := retake.SoundFormat{Rate: 48000, Channels: 2}
	in := clip(format, 16, 1)
	in.Speak = babble
	for _, kind := range Kinds() {
		items := []Item{{Kind: kind, Strength: 0.7, Detail: wish.Detail{Text: "some words to say"}}}
		b.Run(string(kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Render(context.Background(), items, in, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
