package picture

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// TestReverse holds that the middle runs backwards, that the ends are the original's, and that no file stays.
func TestReverse(t *testing.T) {
	format, frames, dir := formats["landscape"], 50, t.TempDir()
	source := &film{format: format, frames: frames}
	r, err := reversed.Read(DefaultConfig(), source, Setup{Format: format, Frames: frames, Dir: dir}, Look{Kind: Reverse, Strength: 0.6})
	if err != nil {
		t.Fatal(err)
	}
	f := retake.NewFrame(format)
	for i := range frames {
		if err := r.Next(t.Context(), f); err != nil {
			t.Fatalf("picture %d: %v", i, err)
		}
		want := -1
		switch {
		case i == 0 || i == frames-1:
			want = i
		case i >= 10 && i < frames-10:
			want = frames - 1 - i
		}
		if want >= 0 && !bytes.Equal(f.Data, scene(format, want).Data) {
			t.Errorf("picture %d is not the clip's %d", i, want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Fatalf("%d files, %v", len(left), err)
		}
	}
	if err := r.Next(t.Context(), f); err != io.EOF {
		t.Errorf("after the last: %v", err)
	}
	if err := r.Close(); err != nil || source.closed != 1 {
		t.Errorf("close: %v, source closed %d times", err, source.closed)
	}
}

func TestReversePart(t *testing.T) {
	format, frames := formats["tiny"], 60
	look := Look{Kind: Reverse, Strength: 0.6, Detail: wish.Detail{When: wish.When{From: wish.Moment{Share: 0.5}, To: wish.Moment{Share: 1}}}}
	r, err := reversed.Read(DefaultConfig(), &film{format: format, frames: frames}, Setup{Format: format, Frames: frames, Dir: t.TempDir()}, look)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f := retake.NewFrame(format)
	for i := range frames {
		if err := r.Next(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		want := i
		if i >= 40 && i <= 48 {
			want = 89 - i
		}
		if (i < 30 || i >= 40 && i <= 48 || i == frames-1) && !bytes.Equal(f.Data, scene(format, want).Data) {
			t.Errorf("picture %d is not the clip's %d", i, want)
		}
	}
}

func TestReverseErrors(t *testing.T) {
	format, broken := formats["tiny"], errors.New("broken")
	f := retake.NewFrame(format)
	for name, tt := range map[string]struct {
		source *film
		dir    string
		want   error
	}{
		"a failing source": {&film{format: format, frames: 20, fail: broken}, t.TempDir(), broken},
		"a short source":   {&film{format: format, frames: 3}, t.TempDir(), io.ErrUnexpectedEOF},
		"no folder":        {&film{format: format, frames: 20}, t.TempDir() + "/none", os.ErrNotExist},
	} {
		r, err := reversed.Read(DefaultConfig(), tt.source, Setup{Format: format, Frames: 20, Dir: tt.dir}, Look{Kind: Reverse, Strength: 0.6})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Next(t.Context(), f); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}
