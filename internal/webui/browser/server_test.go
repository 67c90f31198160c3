package browser

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
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

// patience bounds every wait of these tests. It is far more than anything takes, for slow machines.
const patience = 90 * time.Second

var build struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if build.dir != "" {
		os.RemoveAll(build.dir)
	}
	os.Exit(code)
}

// program builds retake once, with the hooks that hold a generation in a phase.
func program(t *testing.T) string {
	t.Helper()
	build.once.Do(func() {
		if build.dir, build.err = os.MkdirTemp("", "retake-browser-"); build.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-tags", "faults", "-o", filepath.Join(build.dir, "retake"), "retake/cmd/retake")
		if out, err := cmd.CombinedOutput(); err != nil {
			build.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if build.err != nil {
		t.Fatal(build.err)
	}
	if _, err := os.Stat("../built/assets/manifest.json"); err != nil {
		t.Fatal("the Workbench's page is not built: run make web (it needs Node)")
	}
	return filepath.Join(build.dir, "retake")
}

// server is a running retake serve. It can be stopped and started again at the same address and data folder.
type server struct {
	t    *testing.T
	bin  string
	dir  string   // the data folder
	env  []string // further settings
	in   []string // what the program is started by, if not by itself
	hold string   // while this file is there, a generation stops in the phase that RETAKE_PAUSE_PHASE names

	url    string
	key    string
	signIn string // the link that signs in once

	mu    sync.Mutex
	log   bytes.Buffer
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts a new server. env are settings such as RETAKE_HTTP_SESSION_TTL=3s.
func start(t *testing.T, env ...string) *server {
	t.Helper()
	return startProgram(t, program(t), env...)
}

// startProgram is start for a program that was built in another way.
func startProgram(t *testing.T, bin string, env ...string) *server {
	t.Helper()
	s := prepare(t, bin)
	s.env = env
	s.run("127.0.0.1:0")
	return s
}

// prepare returns a server that is yet to be run.
func prepare(t *testing.T, bin string) *server {
	dir := t.TempDir()
	s := &server{t: t, bin: bin, dir: filepath.Join(dir, "data"), hold: filepath.Join(dir, "hold")}
	t.Cleanup(func() {
		s.release()
		if s.cmd != nil {
			s.stop(syscall.SIGKILL)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.said())
		}
	})
	return s
}

// run starts the process and waits until it answers.
func (s *server) run(listen string) {
	s.t.Helper()
	line := append(slices.Clone(s.in), s.bin, "serve", "--listen", listen, "--data", s.dir)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(append(os.Environ(), "RETAKE_PAUSE_FILE="+s.hold, "RETAKE_QUEUE_POLL=50ms"), s.env...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	s.cmd, s.ended = cmd, ended
	go func() {
		s.read(pipe, ready)
		_ = cmd.Wait()
		close(ended)
	}()
	select {
	case <-ready:
	case <-ended:
		s.t.Fatalf("the server ended:\n%s", s.said())
	case <-time.After(patience):
		s.t.Fatalf("the server is not ready:\n%s", s.said())
	}
}

func (s *server) read(pipe io.Reader, ready chan<- struct{}) {
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		line := lines.Text()
		s.mu.Lock()
		if !strings.Contains(line, "msg=request ") {
			fmt.Fprintln(&s.log, line)
		}
		s.mu.Unlock()
		if _, key, ok := strings.Cut(line, "shown only now: "); ok {
			s.key = key
		}
		if link, ok := strings.CutPrefix(line, "sign in: "); ok {
			s.signIn = link
		}
		if url, ok := strings.CutPrefix(line, "listening on "); ok {
			s.url = url
			close(ready)
		}
	}
}

// stop ends the process with a signal and waits for its end.
func (s *server) stop(sig os.Signal) {
	_ = s.cmd.Process.Signal(sig) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Error("the server does not end")
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// holdNow makes generations stop in a phase, until release. The phase is a setting of start: RETAKE_PAUSE_PHASE=engine.
func (s *server) holdNow() {
	s.t.Helper()
	if err := os.WriteFile(s.hold, nil, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// release lets what is held go on.
func (s *server) release() {
	_ = os.Remove(s.hold)
	_ = os.Remove(s.hold + ".reached")
}

// reached waits until a generation is held.
func (s *server) reached() {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(s.hold + ".reached"); err == nil {
			return
		}
	}
	s.t.Fatal("no generation reached the phase")
}

// call sends a request with the server's key, past the page. It fails the test on any answer but 200.
func (s *server) call(method, path string, body []byte) []byte {
	s.t.Helper()
	status, answer := s.ask(method, path, body)
	if status != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

// ask is call for any answer.
func (s *server) ask(method, path string, body []byte) (status int, answer []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if strings.HasPrefix(string(body), "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, answer
}
