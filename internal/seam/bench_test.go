package seam

import (
	"syscall"
	"testing"

	"retake/internal/retake"
)

// scene1080 is a pair of 1080p pictures: an original and an answer with an object in it.
func scene1080() (shown, answer *retake.Frame) {
	s := scene{format: retake.PictureFormat{Width: 1920, Height: 1080}, grain: 1.5, pan: 1}
	shown, answer = retake.NewFrame(s.format), retake.NewFrame(s.format)
	s.draw(shown, 0)
	s.draw(answer, 0)
	linear(affine{{0.95, 0.02, 0, 4}, {0, 1.05, 0, 1}, {0, 0, 0.97, -1}})(answer, 0)
	object(answer)
	return shown, answer
}

// processorTime is the process's, seconds: unlike the clock's it does not depend on what else runs.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

func BenchmarkPicture1080p(b *testing.B) {
	shown, answer := scene1080()
	pick := func(f *retake.Frame) Load {
		return func(i int, dst *retake.Frame) (bool, error) { dst.CopyFrom(f); return i >= 0 && i < 2, nil }
	}
	h := Handle{Count: 2, Shown: pick(shown), Answer: pick(answer)}
	fit, err := Measure(shown.Format, h, h, 1)
	if err != nil {
		b.Fatal(err)
	}
	fit.want.fine += 2 // grain, too
	fit.tail = between(fit.tail, fit.tail, 0)
	r := fit.Reader(nil, nil, 100).(*reader)
	r.shown = shown
	dst := retake.NewFrame(shown.Format)
	whole := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			begun := processorTime()
			for b.Loop() {
				dst.CopyFrom(answer)
				f()
			}
			b.ReportMetric(1e3*(processorTime()-begun)/float64(b.N), "cpu-ms/op")
		})
	}
	whole("all", func() { r.correct(dst) })
	whole("colour", func() { r.model.to(dst, dst) })
	r.model.to(answer, answer)
	whole("mask", func() { r.mask.update(dst, shown) })
	for i := range r.mask.now.v {
		r.mask.now.v[i] = 255
	}
	whole("grain everywhere", func() { r.grain.to(dst, 3, r.mask) })
	whole("blend", func() { r.mask.blend(dst, shown, 200) })
}

func BenchmarkMeasure1080p(b *testing.B) {
	shown, answer := scene1080()
	pick := func(f *retake.Frame) Load {
		return func(i int, dst *retake.Frame) (bool, error) { dst.CopyFrom(f); return i >= 0 && i < 8, nil }
	}
	h := Handle{Count: 8, Shown: pick(shown), Answer: pick(answer)}
	begun := processorTime()
	defer func() { b.ReportMetric(1e3*(processorTime()-begun)/float64(b.N), "cpu-ms/op") }()
	for b.Loop() {
		if _, err := Measure(shown.Format, h, h, 1); err != nil {
			b.Fatal(err)
		}
	}
}
