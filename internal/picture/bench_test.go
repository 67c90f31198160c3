package picture

import (
	"context"
	"fmt"
	"io"
	"testing"

	"retake/internal/retake"
)

// BenchmarkEffect is the cost of one 1080p picture in the middle of a segment, on one goroutine.
func BenchmarkEffect(b *testing.B) {
	format := retake.PictureFormat{Width: 1920, Height: 1080, Rate: retake.Rate{Num: 30, Den: 1}, Matrix: "bt709"}
	source := scene(format, 7)
	b.Run("copying", func(b *testing.B) { // what the others may be compared with on a machine that does other work besides
		f := retake.NewFrame(format)
		for b.Loop() {
			f.CopyFrom(source)
		}
	})
	for _, kind := range Kinds() {
		for _, strength := range []float64{0.6, 1} {
			b.Run(fmt.Sprintf("%s/%v", kind, strength), func(b *testing.B) {
				chain, err := NewChain(Config{Threads: 1, Ramp: 0.5}, Setup{Format: format, Frames: 1 << 20, Looks: []Look{asking(kind, strength)}, Wind: 0.6, Seed: 1})
				if err != nil {
					b.Fatal(err)
				}
				f := retake.NewFrame(format)
				b.ReportAllocs()
				index := 100
				for b.Loop() {
					b.StopTimer()
					f.CopyFrom(source)
					b.StartTimer()
					chain.Apply(f, index)
					index++
				}
			})
		}
	}
}

type endless struct{ frame *retake.Frame }

func (e endless) Next(_ context.Context, dst *retake.Frame) error { dst.CopyFrom(e.frame); return nil }
func (e endless) Close() error                                    { return nil }

// BenchmarkSlow is the cost of one 1080p picture of slow motion, copying included.
func BenchmarkSlow(b *testing.B) {
	format := retake.PictureFormat{Width: 1920, Height: 1080, Rate: retake.Rate{Num: 30, Den: 1}, Matrix: "bt709"}
	r, err := slowMotion.Read(Config{Threads: 1}, endless{scene(format, 7)}, Setup{Format: format, Frames: 1 << 20}, Look{Kind: SlowMotion, Strength: 0.6})
	if err != nil {
		b.Fatal(err)
	}
	f := retake.NewFrame(format)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Next(b.Context(), f); err != nil && err != io.EOF {
			b.Fatal(err)
		}
	}
}
