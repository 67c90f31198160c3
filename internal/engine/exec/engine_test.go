package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

func TestMain(m *testing.M) {
	enginetest.Program()
	os.Exit(m.Run())
}

// quick are settings with short times, for programs that never answer; what answers does so within the others.
func quick(command []string) Config {
	c := DefaultConfig()
	c.Command = command
	return c
}

func open(t *testing.T, cfg Config) *Engine {
	t.Helper()
	e, err := New("test", cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

var prompts = map[retake.Mode]string{retake.ReplaceVideo: "x", retake.ReplaceAudio: "x", retake.ReplaceAudioAndVideo: "x"}

func TestConformance(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) retake.Engine { return open(t, quick(enginetest.Command())) },
		enginetest.Options{Prompts: prompts, Deterministic: true})
}

// The example of docs/engine-protocol.md keeps all promises, too.
func TestPythonExample(t *testing.T) {
	example := filepath.Join("..", "..", "..", "engines", "example", "negative.py")
	enginetest.Run(t, func(t *testing.T) retake.Engine { return open(t, quick([]string{"python3", example})) },
		enginetest.Options{Prompts: prompts, Deterministic: true})
	code, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "engine-protocol.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, append([]byte("```python\n"), code...)) {
		t.Error("docs/engine-protocol.md does not show the example as it is")
	}
	if n := bytes.Count(code, []byte("\n")); n >= 60 {
		t.Errorf("the example has %d lines", n)
	}
}

// unseen is a source whose window nobody looks at.
type unseen struct {
	retake.Source
	dir string
}

func (s unseen) Window(context.Context) (string, error) {
	path := filepath.Join(s.dir, "window.mp4")
	return path, os.WriteFile(path, []byte("a window"), 0o600)
}

// newJob is a job for programs that look at nothing: those with faults, and "text", which answers with a file at once.
func newJob(t *testing.T) retake.Job {
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	job.Source = unseen{job.Source, job.TempDir}
	return job
}

// run runs one job on an engine with faults.
func run(t *testing.T, e *Engine, change func(*retake.Job)) (*retake.Take, error) {
	t.Helper()
	job := newJob(t)
	if change != nil {
		change(&job)
	}
	return e.Retake(t.Context(), job, nil)
}

// Whatever a program does, its job ends with an error that says what to do and hides what belongs to the log; and the
// next program does the next job.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault string
		code  retake.Code
		says  string
		log   string // in the cause
	}{
		{"hello crash", retake.CodeUnavailable, "can't be started", "no module named torch"},
		{"hello silent", retake.CodeUnavailable, "can't be started", "does not answer to hello"},
		{"hello version", retake.CodeUnavailable, "can't be started", "version 99"},
		{"hello long", retake.CodeUnavailable, "can't be started", "1048576 bytes"},
		{"hello endless", retake.CodeUnavailable, "can't be started", "1048576 bytes"},
		{"hello broken", retake.CodeUnavailable, "can't be started", "no message"},
		{"hello unavailable", retake.CodeUnavailable, "There is no GPU.", ""},
		{"load crash", retake.CodeUnavailable, "can't be started", "exit status 1"},
		{"load silent", retake.CodeUnavailable, "can't be started", "does not answer to load"},
		{"load error", retake.CodeUnavailable, "The weights are not there.", ""},
		{"crash", retake.CodeEngine, "ended in the middle", "illegal memory access"},
		{"garbage", retake.CodeEngine, "does not keep to its protocol", "no message"},
		{"other job", retake.CodeEngine, "stopped answering", "nothing for"},
		{"deaf", retake.CodeEngine, "stopped answering", "nothing for"},
		{"no file", retake.CodeEngine, "can't be used", "no such file"},
		{"no name", retake.CodeEngine, "can't be used", "no name"},
		{"empty file", retake.CodeEngine, "can't be used", "0 bytes"},
		{"folder", retake.CodeEngine, "can't be used", "it is no file"},
		{"pipe", retake.CodeEngine, "can't be used", "it is no file"},
		{"outside", retake.CodeEngine, "can't be used", "outside"},
		{"up", retake.CodeEngine, "can't be used", "outside"},
		{"link", retake.CodeEngine, "can't be used", "link"},
		{"linked folder", retake.CodeEngine, "can't be used", "escapes"},
		{"error=bad_request", retake.CodeInvalid, "can't do this as it was asked", ""},
		{"error=refused", retake.CodeRefused, "does not make such content", ""},
		{"error=no_credit", retake.CodeNoCredit, "no credit", ""},
		{"error=bad_key", retake.CodeEngineKey, "key", ""},
		{"error=overloaded", retake.CodeOverloaded, "no room", ""},
		{"error=out_of_memory", retake.CodeEngine, "memory", ""},
		{"error=strange", retake.CodeEngine, "failed", "strange"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			cfg := quick(enginetest.Command(c.fault))
			cfg.SilentWithin = time.Second
			if strings.HasSuffix(c.fault, "silent") {
				cfg.StartWithin, cfg.LoadWithin = 500*time.Millisecond, 500*time.Millisecond
				if c.fault == "load silent" {
					cfg.StartWithin = time.Minute
				}
			}
			e := open(t, cfg)
			_, err := run(t, e, nil)
			user, ok := errors.AsType[*retake.Error](err)
			if !ok || user.Code != c.code || !strings.Contains(user.Message, c.says) {
				t.Fatalf("got %v, want %s with %q", err, c.code, c.says)
			}
			if strings.ContainsAny(user.Message, "/{") {
				t.Errorf("the user is told of the inside: %s", user.Message)
			}
			if !strings.Contains(fmt.Sprint(user.Cause), c.log) {
				t.Errorf("the log has %v, want %q", user.Cause, c.log)
			}
		})
	}
}

// What an engine says about a field and when to come back reaches the user.
func TestErrorDetails(t *testing.T) {
	_, err := run(t, open(t, quick(enginetest.Command("error=bad_request", "field=prompt", "message=Too many words."))), nil)
	if user, _ := errors.AsType[*retake.Error](err); user == nil || user.Field != "prompt" || user.Message != "Too many words." {
		t.Errorf("got %v", err)
	}
	_, err = run(t, open(t, quick(enginetest.Command("error=overloaded"))), nil)
	if user, _ := errors.AsType[*retake.Error](err); user == nil || user.RetryAfter != 40*time.Second {
		t.Errorf("got %v", err)
	}
}

// What a job cost is told also where nothing comes of it.
func TestCostOfNothing(t *testing.T) {
	for want, faults := range map[string][]string{"0.25": {"no file"}, "0.5": {"error=refused", "cost=0.5"}, "": {"error=refused", "cost=much"}} {
		told := ""
		_, err := run(t, open(t, quick(enginetest.Command(faults...))), func(j *retake.Job) { j.Spent = func(cost string) { told = cost } })
		if err == nil || told != want {
			t.Errorf("%v: %v, told of %q", faults, err, told)
		}
	}
	told := ""
	e := open(t, quick(enginetest.Command("waits", "cost=0.1")))
	if err := cancelled(t, e, retake.ErrCancelled, func(j *retake.Job) { j.Spent = func(cost string) { told = cost } }); err == nil || told != "0.1" {
		t.Errorf("cancelled: %v, told of %q", err, told)
	}
}

// starts counts the processes that were started, by the file that they write.
func starts(t *testing.T, path string) (pids []int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for field := range strings.FieldsSeq(string(text)) {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, n)
	}
	return pids
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func waitGone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !gone(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

// A program is kept for the next job, and is gone after Close.
func TestWarm(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	e := open(t, quick(enginetest.Command("text", "count="+count)))
	if len(starts(t, count)) != 0 {
		t.Error("it was started before there was a job")
	}
	for range 2 {
		take, err := run(t, e, nil)
		if err != nil {
			t.Fatal(err)
		}
		if take.Cost != "0.25" || len(take.Warnings) != 1 {
			t.Errorf("took %+v", take)
		}
	}
	pids := starts(t, count)
	if len(pids) != 1 {
		t.Fatalf("%d starts for two jobs", len(pids))
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if !gone(pids[0]) {
		t.Error("the program is there after Close")
	}
	if _, err := run(t, e, nil); !errors.Is(err, retake.ErrShutdown) {
		t.Errorf("a job after Close: %v", err)
	}
}

// A program without jobs is stopped after a while, by force if need be, and started again for the next.
func TestIdle(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	cfg := quick(enginetest.Command("text", "lingers", "count="+count))
	cfg.IdleAfter, cfg.StopWithin = 50*time.Millisecond, 50*time.Millisecond
	e := open(t, cfg)
	if _, err := run(t, e, nil); err != nil {
		t.Fatal(err)
	}
	waitGone(t, starts(t, count)[0])
	if _, err := run(t, e, nil); err != nil {
		t.Fatal(err)
	}
	if n := len(starts(t, count)); n != 2 {
		t.Errorf("%d starts", n)
	}
}

// cancelled runs a job and cancels it at its first progress.
func cancelled(t *testing.T, e *Engine, cause error, edits ...func(*retake.Job)) error {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	job := newJob(t)
	for _, edit := range edits {
		edit(&job)
	}
	_, err := e.Retake(ctx, job, func(float64) { cancel(cause) })
	return err
}

// A cancelled job ends; the program that hears of it is kept, the one that doesn't is killed.
func TestCancel(t *testing.T) {
	for fault, kept := range map[string]bool{"waits": true, "deaf": false} {
		t.Run(fault, func(t *testing.T) {
			count := filepath.Join(t.TempDir(), "count")
			cfg := quick(enginetest.Command(fault, "count="+count))
			cfg.CancelWithin = time.Minute
			if !kept {
				cfg.CancelWithin = 50 * time.Millisecond
			}
			e := open(t, cfg)
			for _, cause := range []error{retake.ErrCancelled, retake.ErrShutdown} {
				if err := cancelled(t, e, cause); !errors.Is(err, cause) {
					t.Errorf("got %v, want %v", err, cause)
				}
			}
			pids := starts(t, count)
			if kept != (len(pids) == 1) || kept == gone(pids[0]) {
				t.Errorf("%d starts, the first gone: %v", len(pids), gone(pids[0]))
			}
		})
	}
}

// A cancel that comes while the program starts or loads ends that, too, and is no failure of the program.
func TestCancelEarly(t *testing.T) {
	for _, fault := range []string{"hello silent", "load silent"} {
		t.Run(fault, func(t *testing.T) {
			count := filepath.Join(t.TempDir(), "count")
			e := open(t, quick(enginetest.Command(fault, "count="+count)))
			ctx, cancel := context.WithCancelCause(t.Context())
			var over sync.WaitGroup
			over.Go(func() {
				for len(starts(t, count)) == 0 {
					time.Sleep(time.Millisecond)
				}
				cancel(retake.ErrCancelled)
			})
			job := newJob(t)
			_, err := e.Retake(ctx, job, nil)
			over.Wait()
			if !errors.Is(err, retake.ErrCancelled) {
				t.Errorf("got %v", err)
			}
			if pids := starts(t, count); !gone(pids[0]) {
				t.Error("the program is still there")
			}
			if e.failures != 0 {
				t.Error("it counts as a failure")
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	cfg := quick(enginetest.Command("waits"))
	cfg.JobWithin = 100 * time.Millisecond
	_, err := run(t, open(t, cfg), nil)
	if retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "did not finish within 100ms") {
		t.Errorf("got %v", err)
	}
}

// A program that crashes again and again is left alone for longer each time, and its jobs fail at once or wait.
func TestBackOff(t *testing.T) {
	for when, code := range map[string]retake.Code{BrokenFails: retake.CodeUnavailable, BrokenWaits: retake.CodeOverloaded} {
		count := filepath.Join(t.TempDir(), "count")
		cfg := quick(enginetest.Command("hello crash", "count="+count))
		cfg.WhenBroken = when
		e := open(t, cfg)
		e.failures = 5 // the sixth makes a pause of 32 s
		for range 3 {
			_, err := run(t, e, nil)
			if user, _ := errors.AsType[*retake.Error](err); user == nil || user.Code != code || user.RetryAfter < time.Second || user.RetryAfter > 32*time.Second {
				t.Errorf("%s: got %v", when, err)
			}
		}
		if n := len(starts(t, count)); n != 1 {
			t.Errorf("%s: started %d times", when, n)
		}
		if err := e.Ready(t.Context()); err == nil {
			t.Errorf("%s: it calls itself ready", when)
		}
	}
}

// What a program started goes with it.
func TestGroup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	if _, err := run(t, open(t, quick(enginetest.Command("child", "pid="+path))), nil); retake.CodeOf(err) != retake.CodeEngine {
		t.Errorf("got %v", err)
	}
	waitGone(t, starts(t, path)[0])
}

// eats is a program in Python that takes 512 MB for a job and ends with status 7 where there is no room: one that is built
// with the race detector doesn't even start with a limit.
const eats = `
import json, sys
say = lambda **message: print(json.dumps(message), flush=True)
for message in map(json.loads, sys.stdin):
    if message["type"] == "hello":
        say(type="hello", protocol=1, name="eats", version="1", title="Eats", capabilities={"modes": ["replace_video"]})
    elif message["type"] == "load":
        say(type="loaded")
    elif message["type"] == "job":
        try:
            held = bytearray(512 << 20)
        except MemoryError:
            sys.exit(7)
        say(type="error", id=message["id"], kind="broken", message="There was room.")
`

func TestMemoryLimit(t *testing.T) {
	for limit, cause := range map[int64]string{256 << 20: "exit status 7", 0: "There was room"} {
		cfg := quick([]string{"python3", "-c", eats})
		cfg.MemoryLimit = limit
		_, err := run(t, open(t, cfg), nil)
		if user, _ := errors.AsType[*retake.Error](err); user == nil || !strings.Contains(user.Message+fmt.Sprint(user.Cause), cause) {
			t.Errorf("limit %d: got %v", limit, err)
		}
	}
}

// A program that is not well is replaced before the next job.
func TestHealth(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	e := open(t, quick(enginetest.Command("text", "ill", "count="+count)))
	for range 2 {
		if _, err := run(t, e, nil); err != nil {
			t.Fatal(err)
		}
		e.proc.mu.Lock()
		e.proc.used = time.Now().Add(-time.Hour)
		e.proc.mu.Unlock()
	}
	if n := len(starts(t, count)); n != 2 {
		t.Errorf("%d starts", n)
	}
}

// What a program writes down is kept before it is told so, and is given back to the next run.
func TestNote(t *testing.T) {
	e := open(t, quick(enginetest.Command("note")))
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	job := newJob(t)
	var kept []byte
	job.Remember = func(_ context.Context, note []byte) error {
		kept = note
		cancel(retake.ErrShutdown)
		return nil
	}
	if _, err := e.Retake(ctx, job, nil); !errors.Is(err, retake.ErrShutdown) || string(kept) != "job-7" {
		t.Fatalf("%v, kept %q", err, kept)
	}
	_, err := run(t, e, func(j *retake.Job) { j.Note = kept })
	if retake.UserMessage(err) != "picked up job-7" {
		t.Errorf("got %v", err)
	}
}

// TestSlots holds that an engine is given one job until its program has told how many it takes, and then no more than the
// operator allows.
func TestSlots(t *testing.T) {
	for concurrency, want := range map[string]int{"concurrency=0": 1, "concurrency=2": 2, "concurrency=9": 3} {
		cfg := DefaultConfig()
		cfg.Command, cfg.Slots = enginetest.Command(concurrency), 3
		e := open(t, cfg)
		if n := e.Info().Slots; n != 1 {
			t.Errorf("%s: %d slots before it was asked", concurrency, n)
		}
		if err := e.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := e.Info().Slots; n != want {
			t.Errorf("%s: %d slots, want %d", concurrency, n, want)
		}
	}
}

// What a library prints is no crash.
func TestStrayOutput(t *testing.T) {
	if _, err := run(t, open(t, quick(enginetest.Command("text", "prints"))), nil); err != nil {
		t.Error(err)
	}
}

func TestReady(t *testing.T) {
	e := open(t, quick([]string{"/nowhere/engine"}))
	if err := e.Ready(t.Context()); retake.CodeOf(err) != retake.CodeUnavailable || strings.Contains(retake.UserMessage(err), "/") {
		t.Errorf("a program that is not there: %v", err)
	}
	e = open(t, quick(enginetest.Command("hello silent")))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Ready(gone); !strings.Contains(retake.UserMessage(err), "is being started") {
		t.Errorf("a program that has said nothing yet: %v", err)
	}
	if p := e.Info().Pricing(); p != retake.PriceUnknown {
		t.Errorf("the price of a program that has said nothing yet: %s", p)
	}
	e = open(t, quick(enginetest.Command()))
	if err := e.Ready(t.Context()); err != nil {
		t.Errorf("a program that comes up: %v", err)
	}
	if i := e.Info(); i.Title != "Test engine" || i.FrameStep != 8 || i.Pricing() != retake.Free {
		t.Errorf("after its hello: %+v", i)
	}
}

// A program that crashed under a job takes the next one at once, as far as that would be tried; after many crashes it does so
// when its pause is over.
func TestReadyAfterCrash(t *testing.T) {
	e := open(t, quick(enginetest.Command("crash")))
	if _, err := run(t, e, nil); retake.CodeOf(err) != retake.CodeEngine {
		t.Fatal(err)
	}
	if err := e.Ready(t.Context()); err != nil {
		t.Errorf("after one crash: %v", err)
	}
	e.pause = time.Now().Add(time.Minute)
	if err := e.Ready(t.Context()); retake.CodeOf(err) != retake.CodeUnavailable {
		t.Errorf("within a long pause: %v", err)
	}
}

// A program that did not come up is tried anew when its pause is over, without a job, as far as it did not come.
func TestReadyAgain(t *testing.T) {
	for _, fault := range []string{"hello crash", "load error"} {
		e := open(t, quick(enginetest.Command(fault)))
		if _, err := run(t, e, nil); err == nil {
			t.Fatal("the fault is none")
		}
		count := filepath.Join(t.TempDir(), "count")
		e.cfg.Command = enginetest.Command("count=" + count)
		if err := e.Ready(t.Context()); err == nil || e.trying != nil {
			t.Errorf("%s: within its pause: %v", fault, err)
		}
		e.pause = time.Now()
		if err := e.Ready(t.Context()); err == nil {
			t.Errorf("%s: ready before it was tried", fault)
		}
		e.tries.Wait()
		if err := e.Ready(t.Context()); err != nil || len(starts(t, count)) != 1 {
			t.Errorf("%s: mended, and tried %d times: %v", fault, len(starts(t, count)), err)
		}
	}
}
