// Package servertest runs the whole program as a server, for tests that stop it, kill it or go to it by a browser.
package servertest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Patience bounds every wait. It is far more than anything takes, for slow machines.
const Patience = 2 * time.Minute

// Build builds the program into a folder, with the hooks that hold a generation in a phase, and returns its path. options
// are further ones of go build.
func Build(dir string, options ...string) (string, error) {
	bin := filepath.Join(dir, "retake")
	cmd := exec.Command("go", slices.Concat([]string{"build", "-trimpath", "-tags", "faults", "-o", bin}, options, []string{"retake/cmd/retake"})...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does, so that packages are not compiled anew
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
}

// Options say how a server is started.
type Options struct {
	Program string
	By      []string // what the program is started by, such as a shell that sets limits; nil for itself
	Listen  string   // "127.0.0.1:0" for any port
	Data    string   // the data folder
	Hold    *Hold
	Env     []string // further settings
}

// Server is a running retake serve.
type Server struct {
	URL    string
	Key    string // told at the first start on a data folder, later ""
	SignIn string // the link that signs in once, likewise

	cmd   *exec.Cmd
	mu    sync.Mutex
	log   bytes.Buffer
	ended chan struct{}
	err   error // of its end
}

// Start starts a server and waits until it is ready. Whoever starts it ends it.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	line := append(slices.Clone(o.By), o.Program, "serve", "--listen", o.Listen, "--data", o.Data)
	s := &Server{cmd: exec.Command(line[0], line[1:]...), ended: make(chan struct{})}
	s.cmd.Env = append(append(os.Environ(), "RETAKE_PAUSE_FILE="+o.Hold.path, "RETAKE_QUEUE_POLL=50ms"), o.Env...)
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	go func() {
		s.read(pipe, ready)
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	select {
	case <-ready:
	case <-s.ended:
		t.Fatalf("the server ended: %v\n%s", s.err, s.Log())
	case <-time.After(Patience):
		s.Kill()
		t.Fatalf("the server is not ready:\n%s", s.Log())
	}
	return s
}

// read keeps what the server says, but for its requests, and takes note of what it tells at its start.
func (s *Server) read(pipe io.Reader, ready chan<- struct{}) {
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		line := lines.Text()
		s.mu.Lock()
		if !strings.Contains(line, "msg=request ") {
			fmt.Fprintln(&s.log, line)
		}
		s.mu.Unlock()
		if _, key, ok := strings.Cut(line, "shown only now: "); ok {
			s.Key = key
		}
		if link, ok := strings.CutPrefix(line, "sign in: "); ok {
			s.SignIn = link
		}
		if url, ok := strings.CutPrefix(line, "listening on "); ok {
			s.URL = url
			close(ready)
		}
	}
}

// Log returns what the server has said so far, but for its requests.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// PID returns the id of the process, or of what it was started by.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Signal sends a signal, which is an error once the server has ended.
func (s *Server) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// Wait waits for the server's end and returns what it ended with. ok is false when it does not end.
func (s *Server) Wait() (err error, ok bool) {
	select {
	case <-s.ended:
		return s.err, true
	case <-time.After(Patience):
		return nil, false
	}
}

// Kill ends the server at once and waits for that.
func (s *Server) Kill() {
	_ = s.Signal(syscall.SIGKILL) // it may have ended
	<-s.ended
}
