// Package blobtest is the conformance suite of retake.Blobs: what every store of blobs must do, run on each of them.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"retake/internal/retake"
)

// Run runs the suite. open opens an empty store and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) retake.Blobs) {
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &suite{T: t, blobs: open(t)})
		})
	}
}

type suite struct {
	*testing.T
	blobs retake.Blobs
}

// sumOf is what Put must name content.
func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func (s *suite) put(content string) string {
	s.Helper()
	sum, size, err := s.blobs.Put(s.Context(), strings.NewReader(content))
	if err != nil {
		s.Fatalf("Put: %v", err)
	}
	if sum != sumOf(content) || size != int64(len(content)) {
		s.Fatalf("Put gave %s, %d bytes; want %s, %d", sum, size, sumOf(content), len(content))
	}
	return sum
}

func (s *suite) wantContent(sum, want string) {
	s.Helper()
	b, err := s.blobs.Open(s.Context(), sum)
	if err != nil {
		s.Fatalf("Open: %v", err)
	}
	defer b.Close()
	got, err := io.ReadAll(b)
	if err != nil || string(got) != want {
		s.Fatalf("read %d bytes, %v; want the %d that were put", len(got), err, len(want))
	}
}

func (s *suite) wantGone(sum string) {
	s.Helper()
	if b, err := s.blobs.Open(s.Context(), sum); !errors.Is(err, retake.ErrNotFound) {
		if b != nil {
			b.Close()
		}
		s.Fatalf("Open: %v, want not found", err)
	}
	if _, _, err := s.blobs.LocalPath(s.Context(), sum); !errors.Is(err, retake.ErrNotFound) {
		s.Fatalf("LocalPath: %v, want not found", err)
	}
}

// sweep removes all that is older than age but what is kept.
func (s *suite) sweep(age time.Duration, kept ...string) int {
	s.Helper()
	n, err := s.blobs.Sweep(s.Context(), age, func(sum string) (bool, error) {
		for _, k := range kept {
			if sum == k {
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil {
		s.Fatalf("Sweep: %v", err)
	}
	return n
}

var tests = map[string]func(*testing.T, *suite){
	"what was put is read back": func(t *testing.T, s *suite) {
		for _, content := range []string{"", "x", strings.Repeat("retake\x00", 100_000)} {
			s.wantContent(s.put(content), content)
		}
	},
	"size, time, and any offset": testSeek,
	"the same content twice is one blob": func(t *testing.T, s *suite) {
		sum := s.put("twice")
		s.put("twice")
		s.wantContent(sum, "twice")
		if err := s.blobs.Delete(t.Context(), sum); err != nil {
			t.Fatal(err)
		}
		s.wantGone(sum)
	},
	"a reader that fails leaves nothing": func(t *testing.T, s *suite) {
		broken := errors.New("the line went dead")
		_, _, err := s.blobs.Put(t.Context(), io.MultiReader(strings.NewReader("half"), failing{broken}))
		if !errors.Is(err, broken) {
			t.Fatalf("Put: %v, want the reader's error", err)
		}
		s.wantGone(sumOf("half"))
		if n := s.sweep(0); n != 0 {
			t.Fatalf("a failed Put left %d things to sweep", n)
		}
	},
	"a cancelled context ends a put": func(t *testing.T, s *suite) {
		ctx, cancel := context.WithCancel(t.Context())
		_, _, err := s.blobs.Put(ctx, io.MultiReader(strings.NewReader("half"), calling(cancel), endless{}))
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("Put: %v, want cancelled", err)
		}
		if n := s.sweep(0); n != 0 {
			t.Fatalf("a cancelled Put left %d things to sweep", n)
		}
	},
	"what names no blob is not found": func(t *testing.T, s *suite) {
		sum := s.put("x")
		for _, bad := range []string{
			"", "x", sumOf("y"), sum[:63], sum + "0", strings.ToUpper(sum), sum[:2] + "/" + sum[:61], "../" + sum[3:],
			strings.Repeat("../", 21) + "a", strings.Repeat("g", 64),
		} {
			s.wantGone(bad)
			if err := s.blobs.Delete(t.Context(), bad); err != nil {
				t.Fatalf("Delete(%q): %v, want no error", bad, err)
			}
		}
		s.wantContent(sum, "x")
	},
	"delete": func(t *testing.T, s *suite) {
		sum, other := s.put("x"), s.put("y")
		for range 2 {
			if err := s.blobs.Delete(t.Context(), sum); err != nil {
				t.Fatal(err)
			}
		}
		s.wantGone(sum)
		s.wantContent(other, "y")
		s.wantContent(s.put("x"), "x")
	},
	"a file is moved in":               testPutFile,
	"a put again leaves a file in use": testPutAgain,
	"a local path stays until release": testLocalPath,
	"sweep":                            testSweep,
	"puts, reads and sweeps at once":   testConcurrent,
}

func testSeek(t *testing.T, s *suite) {
	before := time.Now().Add(-time.Minute)
	b, err := s.blobs.Open(t.Context(), s.put("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if b.Size() != 10 || b.ModTime().Before(before) {
		t.Fatalf("size %d, time %v", b.Size(), b.ModTime())
	}
	for _, c := range []struct {
		offset int64
		whence int
		want   string
	}{{4, io.SeekStart, "456"}, {-2, io.SeekCurrent, "567"}, {-3, io.SeekEnd, "789"}, {0, io.SeekStart, "012"}} {
		if _, err := b.Seek(c.offset, c.whence); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if _, err := io.ReadFull(b, got); err != nil || string(got) != c.want {
			t.Fatalf("read %q, %v; want %q", got, err, c.want)
		}
	}
}

func testPutFile(t *testing.T, s *suite) {
	content := strings.Repeat("film", 50_000)
	for range 2 {
		path := filepath.Join(t.TempDir(), "result.mp4")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		sum, size, err := s.blobs.PutFile(t.Context(), path)
		if err != nil || sum != sumOf(content) || size != int64(len(content)) {
			t.Fatalf("PutFile: %s, %d, %v", sum, size, err)
		}
		s.wantContent(sum, content)
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Fatalf("the file is still there (%v)", err)
		}
	}
	if _, _, err := s.blobs.PutFile(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil {
		t.Fatal("PutFile took a file that is not there")
	}
	if _, _, err := s.blobs.PutFile(t.Context(), t.TempDir()); err == nil {
		t.Fatal("PutFile took a folder")
	}
	target := filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(target, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.blobs.PutFile(t.Context(), link); err == nil {
		t.Fatal("PutFile followed a symbolic link")
	}
}

func testLocalPath(t *testing.T, s *suite) {
	sum := s.put("x")
	path, release, err := s.blobs.LocalPath(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	_, release2, err := s.blobs.LocalPath(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	readable := func(when string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, []byte("x")) {
			t.Fatalf("%s: read %q, %v", when, got, err)
		}
	}
	readable("at first")
	s.sweep(0)
	readable("after a sweep")
	if err := s.blobs.Delete(t.Context(), sum); err != nil {
		t.Fatal(err)
	}
	readable("after a delete")
	s.wantGone(sum)
	release2()
	release2() // a second call is none
	readable("while one still uses it")
	release()
	s.wantGone(sum)

	// What was put again in the meantime stays.
	s.put("x")
	if _, release, err = s.blobs.LocalPath(t.Context(), sum); err != nil {
		t.Fatal(err)
	}
	if err := s.blobs.Delete(t.Context(), sum); err != nil {
		t.Fatal(err)
	}
	s.put("x")
	release()
	s.wantContent(sum, "x")
}

// testPutAgain puts what is in use: a program that was allowed one file may not be allowed another of the same name.
func testPutAgain(t *testing.T, s *suite) {
	sum := s.put("in use")
	path, release, err := s.blobs.LocalPath(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	same := func(after string) {
		t.Helper()
		if info, err := os.Stat(path); err != nil || !os.SameFile(before, info) {
			t.Errorf("%s: the path has another file now (%v)", after, err)
		}
		s.wantContent(sum, "in use")
	}
	s.put("in use")
	same("Put")
	again := filepath.Join(t.TempDir(), "again")
	if err := os.WriteFile(again, []byte("in use"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, size, err := s.blobs.PutFile(t.Context(), again); err != nil || got != sum || size != 6 {
		t.Fatalf("PutFile: %s, %d, %v", got, size, err)
	}
	same("PutFile")
	if _, err := os.Lstat(again); !os.IsNotExist(err) {
		t.Errorf("the file that was put is still there (%v)", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type calling func()

func (c calling) Read([]byte) (int, error) { c(); return 0, io.EOF }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
