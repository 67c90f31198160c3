package exec

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Bounds of what a program's standard error puts into the log.
const (
	logLine      = 8 << 10
	logPerMinute = 200
	tailLines    = 20
)

// readLine reads up to the next line's end, without it. A line of more than limit bytes yields its beginning and long: at once,
// as it may have no end, or, with drop, when the rest has been read and dropped.
func readLine(r *bufio.Reader, limit int, drop bool) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if room := limit + 1 - len(line); len(part) > room { // one for the line's end
			part, long = part[:room], true
		}
		line = append(line, part...)
		switch {
		case long && !drop:
			return line[:limit], true, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && len(line) == 0:
			return nil, false, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) > limit {
			line, long = line[:limit], true
		}
		return line, long, nil
	}
}

// journal puts a program's standard error into the log and keeps its last lines.
type journal struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	tail    []string
	minute  time.Time
	lines   int
	dropped int
}

// copy reads to the end.
func (j *journal) copy(r io.Reader) {
	lines := bufio.NewReaderSize(r, 4096)
	for {
		line, _, err := readLine(lines, logLine, true)
		if err != nil {
			return
		}
		if text := strings.TrimSpace(strings.ToValidUTF8(string(line), "�")); text != "" {
			j.line(text)
		}
	}
}

func (j *journal) line(text string) {
	j.mu.Lock()
	if j.tail = append(j.tail, text); len(j.tail) > tailLines {
		j.tail = j.tail[1:]
	}
	j.mu.Unlock()
	if j.room() {
		j.log.Info("engine says", "line", text)
	}
}

// room reports whether the log takes a line more in this minute of what the program has a hand in.
func (j *journal) room() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if now := j.now(); now.Sub(j.minute) >= time.Minute {
		if j.dropped > 0 {
			j.log.Warn("lines of the engine were left out", "lines", j.dropped)
		}
		j.minute, j.lines, j.dropped = now, 0, 0
	}
	if j.lines++; j.lines > logPerMinute {
		j.dropped++
		return false
	}
	return true
}

// last is what it said in the end, for errors.
func (j *journal) last() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	text := strings.Join(j.tail, "\n")
	if len(text) > maxDetail {
		text = text[len(text)-maxDetail:]
	}
	return text
}

// withLast adds the last lines to an error.
func (j *journal) withLast(err error) error {
	if text := j.last(); text != "" {
		return fmt.Errorf("%w; it said: %s", err, text)
	}
	return err
}
