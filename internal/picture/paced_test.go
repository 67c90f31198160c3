package picture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"testing"

	"retake/internal/retake"
)

// film reads the pictures of the test scene and counts what was asked of it.
type film struct {
	format       retake.PictureFormat
	frames, next int
	closed       int
	fail         error
}

func (f *film) Next(ctx context.Context, dst *retake.Frame) error {
	if f.fail != nil && f.next == 5 {
		return f.fail
	}
	if f.next == f.frames {
		return io.EOF
	}
	dst.CopyFrom(scene(f.format, f.next))
	f.next++
	return ctx.Err()
}

func (f *film) Close() error { f.closed++; return nil }

// TestRamp holds what the map of time promises: it begins and ends with the original at the original's speed, never
// goes back, and is slow for about half of the segment.
func TestRamp(t *testing.T) {
	for _, strength := range []float64{0.1, 0.6, 1} {
		slowest := 0.8 - 0.5*strength
		r := slowRamp(slowest)
		const last = 119
		if place, _ := r.at(0, last); place != 0 {
			t.Errorf("%v: starts at %v", strength, place)
		}
		if place, _ := r.at(last, last); place != last {
			t.Errorf("%v: ends at %v", strength, place)
		}
		before, slow := 0.0, 0
		for i := 1; i <= last; i++ {
			place, _ := r.at(i, last)
			step := place - before
			if step <= 0 || step > 3.2 {
				t.Errorf("%v: step %.2f to picture %d", strength, step, i)
			}
			if step < slowest+0.02 {
				slow++
			}
			if (i == 1 || i == last) && math.Abs(step-1) > 0.1 {
				t.Errorf("%v: speed %.2f beside the seam at picture %d", strength, step, i)
			}
			before = place
		}
		if slow < last*4/10 {
			t.Errorf("%v: slow for only %d of %d pictures", strength, slow, last)
		}
	}
}

// paced reads a film in slow motion.
func paced(source retake.FrameReader, format retake.PictureFormat, frames int) (*pacedReader, error) {
	look := Look{Kind: SlowMotion, Strength: 0.6}
	return newPacedReader(DefaultConfig(), source, Setup{Format: format, Frames: frames}, look, slowRamp(0.5))
}

func TestSlowReader(t *testing.T) {
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			const frames = 40
			source := &film{format: format, frames: frames + 5} // the clip goes on after the segment
			r, err := paced(source, format, frames)
			if err != nil {
				t.Fatal(err)
			}
			f := retake.NewFrame(format)
			for i := range frames {
				if err := r.Next(t.Context(), f); err != nil {
					t.Fatalf("picture %d: %v", i, err)
				}
				if held := len(r.window) + len(r.spare); held > 6 {
					t.Fatalf("%d pictures held", held)
				}
				if (i == 0 || i == frames-1) && !bytes.Equal(f.Data, scene(format, i).Data) {
					t.Errorf("picture %d is not the original", i)
				}
			}
			if err := r.Next(t.Context(), f); err != io.EOF {
				t.Errorf("after the last: %v", err)
			}
			if source.next != frames {
				t.Errorf("%d pictures were read, the segment has %d", source.next, frames)
			}
			if err := r.Close(); err != nil || source.closed != 1 {
				t.Errorf("close: %v, source closed %d times", err, source.closed)
			}
		})
	}
}

// TestSlowFollows holds that the figure of the scene is where the ramp says, not where the clip has it.
func TestSlowFollows(t *testing.T) {
	format, frames := formats["landscape"], 60
	r, err := paced(&film{format: format, frames: frames}, format, frames)
	if err != nil {
		t.Fatal(err)
	}
	f := retake.NewFrame(format)
	for i := range frames {
		if err := r.Next(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		place, _ := r.ramp.at(i, frames-1)
		lo, hi := place, place
		if place != math.Trunc(place) {
			lo, hi = math.Floor(place), math.Ceil(place)+2
		}
		if at := figureAt(f); at < figureAt(scene(format, int(lo)))-2 || at > figureAt(scene(format, min(int(hi), frames-1)))+2 {
			t.Errorf("picture %d shows the figure at %.1f; picture %.2f of the clip has it at %.1f", i, at, place, figureAt(scene(format, int(lo))))
		}
	}
}

// figureAt returns the mean column of what is red.
func figureAt(f *retake.Frame) float64 {
	sum, n := 0.0, 0.0
	cw := f.Format.ChromaWidth()
	for i, cr := range f.Cr {
		if weight := float64(cr) - 140; weight > 0 {
			sum += weight * float64(i%cw) * 2
			n += weight
		}
	}
	return sum / n
}

// TestFastRamp holds the same of fast motion: it runs fast for a third of the segment at least, and never stands.
func TestFastRamp(t *testing.T) {
	for _, fastest := range []float64{1.1, 1.5, 1.7} {
		r, fast := fastRamp(fastest), 0
		const last = 119
		before := 0.0
		for i := 1; i <= last; i++ {
			place, _ := r.at(i, last)
			step := place - before
			if step < 0.2 || step > fastest+0.01 {
				t.Errorf("%v: step %.2f to picture %d", fastest, step, i)
			}
			if step > fastest-0.02 {
				fast++
			}
			if (i == 1 || i == last) && math.Abs(step-1) > 0.1 {
				t.Errorf("%v: speed %.2f beside the seam at picture %d", fastest, step, i)
			}
			before = place
		}
		if before != last || fast < last/3 {
			t.Errorf("%v: ends at %v, fast for %d pictures", fastest, before, fast)
		}
	}
}

// TestPacedPart holds that a change of pace that is asked for a part of the segment leaves the rest as it is.
func TestPacedPart(t *testing.T) {
	format, frames := formats["tiny"], 60
	look := Look{Kind: SlowMotion, Strength: 0.6}
	look.When.From.Share = 0.5
	r, err := slowMotion.Read(DefaultConfig(), &film{format: format, frames: frames}, Setup{Format: format, Frames: frames}, look)
	if err != nil {
		t.Fatal(err)
	}
	f, changed := retake.NewFrame(format), 0
	for i := range frames {
		if err := r.Next(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if same := bytes.Equal(f.Data, scene(format, i).Data); i < 30 && !same {
			t.Errorf("picture %d is not the original", i)
		} else if !same {
			changed++
		}
	}
	if changed < 20 {
		t.Errorf("%d pictures of the second half are others", changed)
	}
}

func TestSlowErrors(t *testing.T) {
	format := formats["tiny"]
	broken := errors.New("broken")
	r, err := paced(&film{format: format, frames: 20, fail: broken}, format, 20)
	if err != nil {
		t.Fatal(err)
	}
	f := retake.NewFrame(format)
	for range 20 {
		if err = r.Next(t.Context(), f); err != nil {
			break
		}
	}
	if !errors.Is(err, broken) {
		t.Errorf("a failing source: %v", err)
	}
	short, err := paced(&film{format: format}, format, 20)
	if err != nil {
		t.Fatal(err)
	}
	if err := short.Next(t.Context(), f); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an empty source: %v", err)
	}
	if _, err := paced(nil, retake.PictureFormat{}, 20); err == nil {
		t.Error("no error for no size")
	}
}
