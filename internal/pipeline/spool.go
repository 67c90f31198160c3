package pipeline

import (
	"errors"
	"fmt"
	"os"
)

// spool keeps pictures' bytes on disk by number.
type spool struct {
	file *os.File
	at   map[int]int64 // offset by number
	size int64
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "pictures-")
	if err != nil {
		return nil, fmt.Errorf("keep pictures: %w", err)
	}
	return &spool{file: f, at: map[int]int64{}}, nil
}

func (s *spool) put(i int, data []byte) error {
	if _, err := s.file.WriteAt(data, s.size); err != nil {
		return fmt.Errorf("keep pictures: %w", err)
	}
	s.at[i] = s.size
	s.size += int64(len(data))
	return nil
}

// load fills dst with what was put for a number, false where there is none.
func (s *spool) load(i int, dst []byte) (bool, error) {
	at, ok := s.at[i]
	if !ok {
		return false, nil
	}
	if _, err := s.file.ReadAt(dst, at); err != nil {
		return false, fmt.Errorf("read kept pictures: %w", err)
	}
	return true, nil
}

func (s *spool) close() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }
