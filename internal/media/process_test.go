package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"retake/internal/retake"
)

// Frames go in while the same frames come out: neither side may wait for the whole of the other.
func TestStreamBothWays(t *testing.T) {
	const w, h, frames = 1920, 1080, 12 // far more than the pipes hold
	p, err := tools(t).Start(t.Context(), Command{PipeIn: true, Args: strings.Fields(
		"-f rawvideo -pix_fmt yuv420p -s 1920x1080 -i pipe:0 -f rawvideo -pix_fmt yuv420p pipe:1")})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	src := make([]byte, w*h*3/2)
	r := rand.NewChaCha8([32]byte{1})
	sent, got := sha256.New(), sha256.New()
	fed := make(chan error, 1)
	go func() {
		defer p.Stdin().Close()
		for range frames {
			r.Read(src)
			sent.Write(src)
			if _, err := p.Stdin().Write(src); err != nil {
				fed <- err
				return
			}
		}
		fed <- nil
	}()
	n, err := io.Copy(got, p.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(<-fed, p.Wait()); err != nil {
		t.Fatal(err)
	}
	if want := int64(frames * len(src)); n != want {
		t.Fatalf("got %d bytes, want %d", n, want)
	}
	if !bytes.Equal(sent.Sum(nil), got.Sum(nil)) {
		t.Error("the frames changed on their way")
	}
}

func TestStdinReader(t *testing.T) {
	tl := tools(t)
	raw := Command{Args: strings.Fields("-f s16le -ar 8000 -ac 1 -i pipe:0 -f s16le pipe:1")}
	in := bytes.Repeat([]byte{1, 2}, 100_000)
	raw.Stdin = bytes.NewReader(in)
	out, err := tl.Run(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(in, out) {
		t.Errorf("got %d bytes back, want the same %d", len(out), len(in))
	}

	broken := errors.New("source broke")
	raw.Stdin = io.MultiReader(bytes.NewReader(in), errReader{broken})
	if _, err := tl.Run(t.Context(), raw); !errors.Is(err, broken) {
		t.Errorf("a source that breaks gives %v, want its own error", err)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// endless is a run that ends only when it is killed.
var endless = Command{Args: strings.Fields("-f lavfi -i testsrc2=size=64x64:rate=30 -f rawvideo pipe:1")}

func TestCancelKills(t *testing.T) {
	for _, cause := range []error{retake.ErrCancelled, retake.ErrShutdown} {
		ctx, cancel := context.WithCancelCause(t.Context())
		p, err := tools(t).Start(ctx, endless)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(p.Stdout(), make([]byte, 64*64)); err != nil {
			t.Fatal(err)
		}
		cancel(cause)
		if err := p.Wait(); !errors.Is(err, cause) {
			t.Errorf("Wait after a cancel: %v, want %v", err, cause)
		}
		if err := syscall.Kill(-p.PID(), 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("the process group is still there: %v", err)
		}
		p.Close()
	}
}

func TestCancelledBeforeStart(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(retake.ErrLeaseLost)
	if _, err := tools(t).Run(ctx, endless); !errors.Is(err, retake.ErrLeaseLost) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

func TestTimeout(t *testing.T) {
	_, err := tools(t, func(c *Config) { c.Timeout = time.Second }).Run(t.Context(), Command{Args: strings.Fields(
		"-re -f lavfi -i testsrc2=size=64x64:rate=30 -f null -")})
	if !errors.Is(err, ErrTimeout) || retake.CodeOf(err) != retake.CodeTooLarge {
		t.Errorf("got %v, want ErrTimeout with a sentence for the user", err)
	}
}

func TestCloseEndsARunThatNobodyReads(t *testing.T) {
	p, err := tools(t).Start(t.Context(), endless)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	if err := syscall.Kill(-p.PID(), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process group is still there: %v", err)
	}
	if _, err := p.Stdout().Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("reading after Close: %v", err)
	}
}

func TestExitErrorHoldsTheLastLines(t *testing.T) {
	_, err := tools(t).Run(t.Context(), Command{Args: strings.Fields("-f lavfi -i color=nosuchcolour -f null -")})
	e, ok := errors.AsType[*ExitError](err)
	if !ok {
		t.Fatalf("got %v, want an ExitError", err)
	}
	if e.Tool != "ffmpeg" || !strings.Contains(e.Stderr, "nosuchcolour") {
		t.Errorf("got %#v", e)
	}
}

func TestOutputIsBounded(t *testing.T) {
	_, err := tools(t).Run(t.Context(), Command{Args: strings.Fields("-f lavfi -i testsrc2=size=1280x720:rate=30 -f rawvideo pipe:1")})
	if err == nil || !strings.Contains(err.Error(), "bytes of output") {
		t.Errorf("got %v, want a refusal of endless output", err)
	}
}

func TestFullDisk(t *testing.T) {
	_, err := tools(t).Run(t.Context(), Command{
		Args:      strings.Fields(pictures + "-f rawvideo /dev/full"),
		ReadFiles: []string{"/dev/full"}, WriteDirs: []string{"/dev/full"},
	})
	if retake.CodeOf(err) != retake.CodeUnavailable || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want CodeUnavailable because of ENOSPC", err)
	}
}

func TestFileLimit(t *testing.T) {
	dir := t.TempDir()
	_, err := tools(t, func(c *Config) { c.FileLimit = 1 << 20 }).Run(t.Context(), Command{
		Args:      append(strings.Fields(pictures+"-f rawvideo"), filepath.Join(dir, "large")),
		WriteDirs: []string{dir},
	})
	if retake.CodeOf(err) != retake.CodeTooLarge {
		t.Errorf("got %v, want CodeTooLarge", err)
	}
}

func TestTail(t *testing.T) {
	tl := tail{limit: 32}
	for i := range 100 {
		fmt.Fprintf(&tl, "line %d\n", i)
	}
	if got, want := tl.String(), "line 97\nline 98\nline 99"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	short := tail{limit: 32}
	short.Write([]byte("all of it\n"))
	if got := short.String(); got != "all of it" {
		t.Errorf("got %q", got)
	}
}
