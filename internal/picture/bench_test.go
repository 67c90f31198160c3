package picture

import (
	"context"
	"fmt"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"retake/internal/retake"
)

var benchFormat = retake.PictureFormat{Width: 1920, Height: 1080, Rate: retake.Rate{Num: 30, Den: 1}, Matrix: "bt709"}

// processor is the time that the process has had of processors so far, in milliseconds: other work on the machine counts little.
func processor(b *testing.B) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// BenchmarkEffect is the cost of one 1080p picture in the middle of a segment, on one goroutine, copying included.
func BenchmarkEffect(b *testing.B) {
	source := scene(benchFormat, 7)
	measure := func(name string, apply func(f *retake.Frame, index int)) {
		b.Run(name, func(b *testing.B) {
			f := retake.NewFrame(benchFormat)
			index := 100
			before, n := processor(b), 0
			for b.Loop() {
				f.CopyFrom(source)
				apply(f, index)
				index++
				n++
			}
			b.ReportMetric((processor(b)-before)/float64(n), "cpu-ms/op")
		})
	}
	measure("copying/0", func(*retake.Frame, int) {}) // what the others may be compared with
	for _, kind := range Kinds() {
		for _, strength := range []float64{0.6, 1} {
			var chain *Chain
			measure(fmt.Sprintf("%s/%v", kind, strength), func(f *retake.Frame, index int) {
				if chain == nil {
					var err error
					if chain, err = NewChain(Config{Threads: 1, Ramp: 0.5}, Setup{Format: benchFormat, Frames: 1 << 20, Looks: []Look{asking(kind, strength)}, Wind: 0.6, Seed: 1}); err != nil {
						b.Fatal(err)
					}
				}
				chain.Apply(f, index)
			})
		}
	}
}

type endless struct{ frame *retake.Frame }

func (e endless) Next(_ context.Context, dst *retake.Frame) error { dst.CopyFrom(e.frame); return nil }
func (e endless) Close() error                                    { return nil }

// BenchmarkReader is the same of effects that read several pictures: the mean over a segment of 2 s, with all that they prepare.
func BenchmarkReader(b *testing.B) {
	const frames = 60
	source := scene(benchFormat, 7)
	for _, e := range Entries() {
		if e.Read == nil {
			continue
		}
		b.Run(string(e.Kind)+"/0.6", func(b *testing.B) {
			f := retake.NewFrame(benchFormat)
			before, n := processor(b), 0
			for b.Loop() {
				r, err := e.Read(Config{Threads: 1, Ramp: 0.5}, endless{source}, Setup{Format: benchFormat, Frames: frames, Dir: b.TempDir()}, asking(e.Kind, 0.6))
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					if err = r.Next(b.Context(), f); err == nil {
						n++
					}
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((processor(b)-before)/float64(n), "cpu-ms/op")
		})
	}
}
