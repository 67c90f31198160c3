package exec

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whatever way a program fills the log, it gets so many lines a minute, and is told what was left out.
func TestLogIsBounded(t *testing.T) {
	for name, said := range map[string]string{
		"text":     "Loading checkpoint shards\n",
		"progress": `{"type":"progress","fraction":0.1,"phase":"reading weights"}` + "\n",
		"notes":    `{"type":"note","id":"7","note":"x"}` + "\n",
	} {
		var out bytes.Buffer
		now := time.Unix(0, 0)
		log := slog.New(slog.NewTextHandler(&out, nil))
		p := &process{log: log, said: &journal{log: log, now: func() time.Time { return now }}, calls: map[string]*call{"7": newCall(func(float64) {})}}
		p.read(pipe(t, strings.Repeat(said, 3*logPerMinute)))
		if n := strings.Count(out.String(), "\n"); n != logPerMinute {
			t.Errorf("%s: %d lines in the log", name, n)
		}
		now = now.Add(time.Minute)
		p.read(pipe(t, strings.Repeat(said, 20)))
		if !strings.Contains(out.String(), "were left out") {
			t.Errorf("%s: nobody is told what was left out", name)
		}
	}
}

// pipe is a program's output.
func pipe(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	var written sync.WaitGroup
	written.Go(func() {
		defer w.Close()
		if _, err := io.WriteString(w, text); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(written.Wait)
	return r
}
