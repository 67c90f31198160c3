package pipeline

import (
	"errors"
	"fmt"
	"os"

	"retake/internal/retake"
)

// spool keeps pictures on disk by number.
type spool struct {
	file *os.File
	at   map[int]int64
	size int64
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "handle-")
	if err != nil {
		return nil, fmt.Errorf("keep handles: %w", err)
	}
	return &spool{file: f, at: map[int]int64{}}, nil
}

func (s *spool) put(i int, f *retake.Frame) error {
	if _, err := s.file.WriteAt(f.Data, s.size); err != nil {
		return fmt.Errorf("keep handles: %w", err)
	}
	s.at[i] = s.size
	s.size += int64(len(f.Data))
	return nil
}

// load fills dst with picture i, false where there is none.
func (s *spool) load(i int, dst *retake.Frame) (bool, error) {
	at, ok := s.at[i]
	if !ok {
		return false, nil
	}
	if _, err := s.file.ReadAt(dst.Data, at); err != nil {
		return false, fmt.Errorf("read handles: %w", err)
	}
	return true, nil
}

func (s *spool) close() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }
