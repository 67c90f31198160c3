package picture

import (
	"bytes"
	"context"
	"io"
	"math"
	"testing"

	"retake/internal/retake"
)

// shaky is a camera that goes slowly to the right over a textured wall, in a hand that is not still, while something crosses the view.
type shaky struct {
	format       retake.PictureFormat
	wall         *retake.Frame
	frames, next int
}

func newShaky(format retake.PictureFormat, frames int) *shaky {
	wall := even(format, 110)
	for y := range format.Height {
		for x := range format.Width {
			wall.Y[y*format.Width+x] = byte(110 + 45*math.Sin(float64(x)/9)*math.Cos(float64(y)/7) + 40*math.Sin(float64(x*y)/900))
		}
	}
	return &shaky{format: format, wall: wall, frames: frames}
}

// way is where the camera looks in picture i: to the right by x, down by y, and leaning by degrees.
func (s *shaky) way(i int) (x, y, degrees float64) {
	t := float64(i)
	return 0.3*t - 10 + 2.2*math.Sin(1.9*t) + 1.3*math.Sin(2.7*t+1), 1.8 * math.Sin(2.3*t+2), 0.4 * math.Sin(1.7*t)
}

func (s *shaky) Next(ctx context.Context, dst *retake.Frame) error {
	if s.next == s.frames {
		return io.EOF
	}
	dst.CopyFrom(s.wall)
	st := newStage(DefaultConfig(), Setup{Format: s.format, Frames: s.frames})
	newWarped(st, func(i int, _ float64) (placing, float64) {
		x, y, turn := s.way(i)
		return magnified(1.25, turn, x, y), 1
	}).apply(dst, s.next, 1)
	for y := 20; y < 60; y++ { // what crosses
		for x := 4 * s.next; x < min(4*s.next+50, s.format.Width); x++ {
			dst.Y[y*s.format.Width+x] = 220
		}
	}
	s.next++
	return ctx.Err()
}

func (s *shaky) Close() error { return nil }

// TestAlign holds that the camera's motion is found to a quarter of a sample, whatever moves before it.
func TestAlign(t *testing.T) {
	format := retake.PictureFormat{Width: 480, Height: 270, Rate: rate30}
	source := newShaky(format, 20)
	al := newAligner(crew{threads: 2}, format)
	f := retake.NewFrame(format)
	for i := range 20 {
		if err := source.Next(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		got := al.next(f)
		if i == 0 {
			continue
		}
		// What is in the picture goes the other way than the camera.
		x0, y0, a0 := source.way(i - 1)
		x1, y1, a1 := source.way(i)
		wantX, wantY, want := -(x1-x0)*1.25, -(y1-y0)*1.25, a1-a0
		if turn := math.Atan2(got.b, 1+got.a) * 180 / math.Pi; math.Abs(got.x-wantX) > 0.35 || math.Abs(got.y-wantY) > 0.35 || math.Abs(turn-want) > 0.12 {
			t.Errorf("picture %d: moved by %.2f, %.2f and %.2f°, found %.2f, %.2f and %.2f°", i, wantX, wantY, want, got.x, got.y, turn)
		}
	}
}

// TestStabilise holds that shake goes, that the slow way of the camera stays, and that the ends are the original's.
func TestStabilise(t *testing.T) {
	format := retake.PictureFormat{Width: 480, Height: 270, Rate: rate30}
	const frames = 60
	r, err := stabilised.Read(DefaultConfig(), newShaky(format, frames), Setup{Format: format, Frames: frames, Dir: t.TempDir()}, Look{Kind: Stabilise, Strength: 0.6})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	raw, before, after := newShaky(format, frames), newAligner(crew{threads: 2}, format), newAligner(crew{threads: 2}, format)
	f, own := retake.NewFrame(format), retake.NewFrame(format)
	var shook, shakes, went, goes float64
	for i := range frames {
		if err := r.Next(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if err := raw.Next(t.Context(), own); err != nil {
			t.Fatal(err)
		}
		if (i == 0 || i == frames-1) && !bytes.Equal(f.Data, own.Data) {
			t.Errorf("picture %d is not the original", i)
		}
		a, b := before.next(own), after.next(f)
		if i >= 18 && i < frames-18 { // where the view is near enough
			shook += a.x*a.x + a.y*a.y
			shakes += b.x*b.x + b.y*b.y
			went, goes = went+a.x, goes+b.x
		}
	}
	if shakes > 0.1*shook {
		t.Errorf("the squares of what moves from picture to picture fall from %.1f to %.1f only", shook, shakes)
	}
	if math.Abs(went-goes) > 8 || goes > -4 {
		t.Errorf("the camera's own way is %.1f samples, %.1f before", goes, went)
	}
	if err := r.Next(t.Context(), f); err != io.EOF {
		t.Errorf("after the last: %v", err)
	}
}
