package blobtest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

func testSweep(t *testing.T, s *suite) {
	a, b, c := s.put("a"), s.put("b"), s.put("c")
	if n := s.sweep(time.Hour); n != 0 {
		t.Fatalf("swept %d young ones", n)
	}
	if n := s.sweep(0, a, c); n != 1 {
		t.Fatalf("swept %d, want 1", n)
	}
	s.wantContent(a, "a")
	s.wantGone(b)
	s.wantContent(c, "c")

	broken := errors.New("the database is away")
	_, err := s.blobs.Sweep(t.Context(), 0, func(string) (bool, error) { return false, broken })
	if !errors.Is(err, broken) {
		t.Fatalf("Sweep: %v, want the error of keep", err)
	}
	s.wantContent(a, "a")
	s.wantContent(c, "c")
}

// testConcurrent puts contents that a sweep would take if it did not see that they are new.
func testConcurrent(t *testing.T, s *suite) {
	content := func(i int) string { return strings.Repeat(fmt.Sprint(i), 10_000) }
	stop := make(chan struct{})
	var sweeping, putting sync.WaitGroup
	sweeping.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := s.blobs.Sweep(t.Context(), time.Hour, func(string) (bool, error) { return false, nil }); err != nil {
				t.Errorf("Sweep: %v", err)
				return
			}
		}
	})
	for range 4 {
		putting.Go(func() {
			for i := range 10 {
				sum, _, err := s.blobs.Put(t.Context(), strings.NewReader(content(i)))
				if err != nil {
					t.Errorf("Put: %v", err)
					return
				}
				b, err := s.blobs.Open(t.Context(), sum)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				if b.Size() != int64(len(content(i))) {
					t.Errorf("a blob of %d bytes, want %d: it was seen before it was whole", b.Size(), len(content(i)))
				}
				if err := b.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}
		})
	}
	putting.Wait()
	close(stop)
	sweeping.Wait()
	for i := range 10 {
		s.wantContent(sumOf(content(i)), content(i))
	}
	if _, err := s.blobs.Open(t.Context(), sumOf("never put")); !errors.Is(err, retake.ErrNotFound) {
		t.Errorf("Open: %v, want not found", err)
	}
}
