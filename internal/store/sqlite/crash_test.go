package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// crashPath, when set, makes this test binary the process that is killed.
const crashPath = "RETAKE_TEST_CRASH_DATABASE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		writeUntilKilled(path)
	}
	os.Exit(m.Run())
}

// writeUntilKilled works on generations from several goroutines and says on stdout what was promised to be kept.
func writeUntilKilled(path string) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				made, err := s.Create(ctx, []*retake.Generation{{Namespace: "ox", Engine: "builtin"}}, nil)
				if err != nil {
					return
				}
				mu.Lock()
				fmt.Println("created", made[0].ID)
				mu.Unlock()
				g, err := s.Claim(ctx, "w", map[string]int{"builtin": 1}, time.Hour)
				if err != nil {
					continue
				}
				status, err := s.Finish(ctx, g.ID, g.Fence, retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4"})
				if err != nil {
					return
				}
				mu.Lock()
				fmt.Println(status, g.ID)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	os.Exit(1)
}

// TestKill kills a process in the middle of its writes. What it had been told is there; what was running can be run
// again at once; each end has its event.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retake.db")
	promised := killAfter(t, path, 200)
	s := open(t, sqlite.Config{Path: path})
	for id, want := range promised {
		g, err := s.Generation(t.Context(), id)
		if err != nil {
			t.Fatalf("%s was promised to be %s: %v", id, want, err)
		}
		if want == "succeeded" && g.Status != retake.Succeeded {
			t.Fatalf("%s was promised to be %s and is %s", id, want, g.Status)
		}
	}
	if _, err := s.ReapLeases(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	ended := 0
	list, total, err := s.Generations(t.Context(), retake.Filter{}, retake.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range list {
		switch g.Status {
		case retake.Succeeded:
			ended++
		case retake.Queued:
		default:
			t.Errorf("%s is %s after the restart", g.ID, g.Status)
		}
	}
	events, err := s.EventsAfter(t.Context(), nil, 0, total+1)
	if err != nil || len(events) != ended {
		t.Fatalf("%d events, %v, for %d ends", len(events), err, ended)
	}
}

// killAfter starts the process, kills it after so many promises, and returns what it promised last of each
// generation.
func killAfter(t *testing.T, path string, promises int) map[string]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	promised := map[string]string{}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		what, id, _ := strings.Cut(lines.Text(), " ")
		if what == "error" {
			t.Fatal(lines.Text())
		}
		promised[id] = what
		if n == promises {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended by itself")
	}
	if len(promised) == 0 {
		t.Fatal("the process promised nothing")
	}
	return promised
}
