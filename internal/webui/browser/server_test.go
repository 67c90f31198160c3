package browser

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"retake/internal/servertest"
)

const patience = servertest.Patience

var build struct {
	once sync.Once
	dir  string
	bin  string
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
		build.bin, build.err = servertest.Build(build.dir)
	})
	if build.err != nil {
		t.Fatal(build.err)
	}
	if _, err := os.Stat("../built/assets/manifest.json"); err != nil {
		t.Fatal("the Workbench's page is not built: run make web (it needs Node)")
	}
	return build.bin
}

// server is a running retake serve. It can be stopped and started again at the same address and data folder.
type server struct {
	*servertest.Hold
	t   *testing.T
	bin string
	dir string   // the data folder
	env []string // further settings
	in  []string // what the program is started by, if not by itself

	url    string
	key    string
	signIn string             // the link that signs in once
	now    *servertest.Server // nil before the first start
}

// start starts a new server, whose sample clip is a small copy. env are settings such as RETAKE_HTTP_SESSION_TTL=3s.
func start(t *testing.T, env ...string) *server {
	t.Helper()
	s := startWhole(t, env...)
	s.call("PUT", sampleClip, smallSample(t))
	return s
}

// startWhole is start with the sample clip as it is, in 1080p.
func startWhole(t *testing.T, env ...string) *server {
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
	s := &server{t: t, bin: bin, dir: filepath.Join(t.TempDir(), "data"), Hold: servertest.NewHold(t)}
	t.Cleanup(func() {
		s.Release()
		if s.now == nil {
			return
		}
		s.now.Kill()
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.now.Log())
		}
	})
	return s
}

// run starts the process and waits until it answers.
func (s *server) run(listen string) {
	s.t.Helper()
	s.now = servertest.Start(s.t, servertest.Options{Program: s.bin, By: s.in, Listen: listen, Data: s.dir, Hold: s.Hold, Env: s.env})
	s.url = s.now.URL
	if s.now.Key != "" {
		s.key, s.signIn = s.now.Key, s.now.SignIn
	}
}

// stop ends the process with a signal and waits for its end.
func (s *server) stop(sig os.Signal) {
	_ = s.now.Signal(sig) // it may have ended
	if _, ok := s.now.Wait(); !ok {
		s.t.Error("the server does not end")
		s.now.Kill()
	}
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
