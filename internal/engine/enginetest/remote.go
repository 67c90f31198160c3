package enginetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

// Remote says how an engine behaves whose jobs run at a provider.
type Remote struct {
	// Open makes a fake provider and an engine that talks to it, with the pauses that Hurry sets.
	Open func(t *testing.T) (retake.Engine, *Fake)

	Cancels bool // the provider can stop a job
	Finds   bool // the engine can look for a job of which no answer came

	// Refused are the provider's own refusals of a job that is handed in, and Failed those of one that runs, as Fake.Fail is given
	// them; by what the user is told. Each must have those that the provider documents.
	Refused map[retake.Code][]Fault
	Failed  map[retake.Code][]string
}

// remoteCase is one fault and what has to come of it.
type remoteCase struct {
	name     string
	setup    func(f *Fake)
	stop     string      // cancel the run when this step has been asked for
	cause    error       // with this cause
	code     retake.Code // of the error; "" with cause nil: it goes well
	charged  int
	dies     bool // the server is killed at stop: the next run knows only what was noted then
	again    bool // run once more with the same note afterwards, as a queue or the next start does: it goes well
	chargedA int  // in all, after that
}

var updateFaults = flag.Bool("update-faults", false, "write the table of faults into docs/engines.md")

// RunRemote holds an engine of a provider to what Run asks for and to what becomes of faults. The outcome of each fault is a row of
// docs/engines.md, under the engine's name.
func RunRemote(t *testing.T, o Remote) {
	var rows []string
	for _, c := range o.cases() {
		t.Run(c.name, func(t *testing.T) { rows = append(rows, o.try(t, c)) })
	}
	if t.Failed() || len(rows) != len(o.cases()) { // or only some were asked for
		return
	}
	e, _ := o.Open(t)
	table(t, e.Info().Name, rows)
}

func (o Remote) cases() []remoteCase {
	cut := Fault{Cut: true}
	cases := []remoteCase{
		{name: "nothing goes wrong", charged: 1},
		{name: "the upload is cut", setup: inject(StepUpload, cut), charged: 1},
		{name: "the upload's answer is cut", setup: inject(StepUpload, Fault{Cut: true, After: true}), charged: 1},
		{name: "the upload is refused as too large", setup: inject(StepUpload, Fault{Status: 413, Times: -1}), code: retake.CodeEngine},
		{name: "no upload gets through", setup: inject(StepUpload, Fault{Cut: true, Times: -1}), code: retake.CodeOverloaded, again: true, chargedA: 1},
		{name: "overloaded, with Retry-After", setup: inject(StepSubmit, Fault{Status: 429, Header: map[string]string{"Retry-After": "7"}}),
			code: retake.CodeOverloaded, again: true, chargedA: 1},
		{name: "the key is refused", setup: inject(StepSubmit, Fault{Status: 401, Body: `{}`}), code: retake.CodeEngineKey},
		{name: "the job's number is missing from the answer", setup: inject(StepSubmit, Fault{After: true, Body: `{}`}), charged: 1, code: o.doubt()},
		{name: "the answer to the job handed in is no JSON", setup: inject(StepSubmit, Fault{After: true, Body: `<html>`}), charged: 1, code: o.doubt()},
		{name: "the connection is cut after the job was taken", setup: inject(StepSubmit, Fault{After: true, Cut: true}), charged: 1, code: o.doubt()},
		{name: "HTTP 502 after the job was taken", setup: inject(StepSubmit, Fault{After: true, Status: 502}), charged: 1, code: o.doubt()},
		{name: "no answer to the job handed in", setup: inject(StepSubmit, Fault{Hang: true}), code: o.untaken(), again: o.Finds, chargedA: 1},
		{name: "a question is cut", setup: inject(StepPoll, cut, cut), charged: 1},
		{name: "a question gets HTTP 503", setup: inject(StepPoll, Fault{Status: 503}, Fault{Status: 500}), charged: 1},
		{name: "a question gets no JSON", setup: inject(StepPoll, Fault{Body: "<html>oops"}), charged: 1},
		{name: "a question gets an endless answer", setup: inject(StepPoll, Fault{Body: strings.Repeat(" ", 2<<20)}), charged: 1},
		{name: "no question is answered for long", setup: inject(StepPoll, Fault{Cut: true, Times: -1}), charged: 1, code: retake.CodeOverloaded, again: true, chargedA: 1},
		{name: "the provider forgot the job", setup: inject(StepPoll, Fault{Status: 404, Times: -1}), charged: 1, code: retake.CodeEngine},
		{name: "the download is cut", setup: inject(StepDownload, Fault{Cut: true, After: true}), charged: 1},
		{name: "the download's address has expired once", setup: inject(StepDownload, Fault{Status: 403}), charged: 1},
		{name: "the result is gone", setup: inject(StepDownload, Fault{Status: 404, Times: -1}), charged: 1, code: retake.CodeEngine},
		{name: "no download gets through", setup: inject(StepDownload, Fault{Cut: true, Times: -1}), charged: 1, code: retake.CodeOverloaded, again: true, chargedA: 1},
		{name: "the result is empty", setup: inject(StepDownload, Fault{Status: 200}), charged: 1, code: retake.CodeEngine},
		{name: "cancelled while it is uploaded", setup: inject(StepUpload, Fault{Hang: true}), stop: StepUpload, cause: retake.ErrCancelled},
		{name: "cancelled while it is handed in", setup: inject(StepSubmit, Fault{After: true, Hang: true}), stop: StepSubmit, cause: retake.ErrCancelled, charged: 1},
		{name: "cancelled while it runs", setup: func(f *Fake) { f.Stays = true }, stop: StepPoll, cause: retake.ErrCancelled, charged: 1},
		{name: "cancelled while it is downloaded", setup: inject(StepDownload, Fault{Hang: true}), stop: StepDownload, cause: retake.ErrCancelled, charged: 1},
		{name: "the server stops while it runs", setup: func(f *Fake) { f.Stays = true }, stop: StepPoll, cause: retake.ErrShutdown, charged: 1, again: true, chargedA: 1},
		{name: "the server is killed while the job is handed in", setup: inject(StepSubmit, Fault{After: true, Hang: true}), stop: StepSubmit, dies: true,
			cause: errKilled, charged: 1, again: true, chargedA: 1, code: o.doubt()},
		{name: "the server is killed while it runs", setup: func(f *Fake) { f.Stays = true }, stop: StepPoll, dies: true, cause: errKilled, charged: 1, again: true, chargedA: 1},
		{name: "the server stops while it is downloaded", setup: inject(StepDownload, Fault{Hang: true}), stop: StepDownload, cause: retake.ErrShutdown, charged: 1, again: true, chargedA: 1},
	}
	for _, code := range sorted(o.Refused) {
		for i, f := range o.Refused[code] {
			cases = append(cases, remoteCase{name: fmt.Sprintf("refused: %s %d", code, i+1), setup: inject(StepSubmit, f), code: code})
		}
	}
	for _, code := range sorted(o.Failed) {
		for i, f := range o.Failed[code] {
			cases = append(cases, remoteCase{name: fmt.Sprintf("the job fails: %s %d", code, i+1), setup: func(p *Fake) { p.Fail(f) }, charged: 1, code: code})
		}
	}
	return cases
}

// errKilled ends a run as a kill would, as far as a test can.
var errKilled = fmt.Errorf("killed, which leaves no time to cancel anything: %w", retake.ErrShutdown)

// doubt is what comes of a job that was taken without an answer.
func (o Remote) doubt() retake.Code {
	if o.Finds {
		return ""
	}
	return retake.CodeEngine
}

// untaken is what comes of one that was not, which the engine knows only if it can look.
func (o Remote) untaken() retake.Code {
	if o.Finds {
		return retake.CodeOverloaded
	}
	return retake.CodeEngine
}

func sorted[V any](m map[retake.Code]V) []retake.Code {
	var keys []retake.Code
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func inject(step string, faults ...Fault) func(*Fake) {
	return func(f *Fake) { f.Inject(step, faults...) }
}

// tries makes one case's runs, and returns its row.
func (o Remote) try(t *testing.T, c remoteCase) string {
	e, fake := o.Open(t)
	if x, ok := e.(retake.Closer); ok {
		t.Cleanup(func() { _ = x.Close() })
	}
	if c.setup != nil {
		c.setup(fake)
	}
	var book ledger
	err := o.run(t, e, fake, c, &book)
	charged, saw := len(fake.Jobs()), outcome(err)
	switch {
	case c.cause != nil:
		if !errors.Is(err, c.cause) {
			t.Errorf("got %v, want %v", err, c.cause)
		}
	case c.code == "":
		if err != nil {
			t.Errorf("got %v", err)
		}
	default:
		user, ok := errors.AsType[*retake.Error](err)
		if !ok || user.Code != c.code {
			t.Errorf("got %v, want %s", err, c.code)
		} else if strings.ContainsAny(user.Message, "\n\x00") || strings.Contains(user.Message, "http") || strings.Contains(user.Message, "/tmp") {
			t.Errorf("the user is told of the inside: %q", user.Message)
		} else if c.code == retake.CodeOverloaded && user.RetryAfter <= 0 {
			t.Errorf("overloaded without a time")
		}
	}
	if charged != c.charged {
		t.Errorf("charged %d times, want %d", charged, c.charged)
	}
	if book.spent() != (charged > 0) && e.Info().Price != nil && (c.code != retake.CodeEngine || c.charged == 0) && c.stop != StepSubmit {
		t.Errorf("charged %d times, and told of it: %v", charged, book.spent())
	}
	left := "nothing"
	if n := fake.Running(); n > 0 {
		switch {
		case errors.Is(c.cause, retake.ErrShutdown), c.code == retake.CodeOverloaded:
			left = "the job, which is picked up"
		case errors.Is(c.cause, retake.ErrCancelled) && o.Cancels && c.stop != StepSubmit:
			t.Errorf("%d jobs run on", n)
		default:
			left = "the job runs on at the provider"
		}
	}
	if c.again {
		fake.Mend()
		again := c
		again.stop, again.cause = "", nil
		err := o.run(t, e, fake, again, &book)
		if c.dies && c.code != "" {
			if retake.CodeOf(err) != c.code {
				t.Errorf("once more: %v, want %s", err, c.code)
			}
		} else if err != nil {
			t.Errorf("once more: %v", err)
		}
		if n := len(fake.Jobs()); n != c.chargedA {
			t.Errorf("charged %d times after it ran once more, want %d", n, c.chargedA)
		}
		saw = strings.TrimSuffix(saw, ".") + "; then " + outcome(err)
		charged = len(fake.Jobs())
		left = "nothing"
		if fake.Running() > 0 {
			left = "the job runs on at the provider"
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", c.name, saw, [...]string{"nothing", "one job"}[min(charged, 1)], left)
}

// run makes one run.
func (o Remote) run(t *testing.T, e retake.Engine, fake *Fake, c remoteCase, book *ledger) error {
	t.Helper()
	mode := retake.ReplaceVideo
	if !slices.Contains(e.Info().Modes, mode) {
		mode = e.Info().Modes[0]
	}
	job, clip := Job(t, mode, "the coat turns red")
	job.Note, job.Remember, job.Spent = book.note(), book.remember, book.charge
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	done := make(chan struct{})
	var watch sync.WaitGroup
	if c.stop != "" {
		watch.Go(func() {
			for fake.Seen(c.stop) == 0 {
				select {
				case <-done:
					return
				case <-time.After(time.Millisecond):
				}
			}
			if c.dies {
				kept := book.note()
				defer func() {
					<-done
					book.set(kept)
				}()
			}
			cancel(c.cause)
		})
	}
	var last float64
	take, err := e.Retake(ctx, job, func(f float64) {
		if f < last || f > 1 {
			t.Errorf("progress went from %v to %v", last, f)
		}
		last = f
	})
	close(done)
	watch.Wait()
	if err == nil {
		streams(t, job, read(t.Context(), t, job, take))
	}
	if clip.opened.Load() != clip.closed.Load() {
		t.Error("the source was left open")
	}
	return err
}

// outcome is what the user sees of an error.
func outcome(err error) string {
	user, ok := errors.AsType[*retake.Error](err)
	switch {
	case err == nil:
		return "the result"
	case errors.Is(err, retake.ErrCancelled):
		return "it is cancelled"
	case errors.Is(err, errKilled):
		return "it goes on at the next start"
	case errors.Is(err, retake.ErrShutdown):
		return "it waits for the next start"
	case ok && user.Code == retake.CodeOverloaded:
		return "it waits: " + user.Message
	case ok:
		return fmt.Sprintf("it fails (`%s`): %s", user.Code, user.Message)
	}
	return "it fails: " + retake.UserMessage(err)
}

// ledger keeps what a job remembers and what it cost, as the store does.
type ledger struct {
	mu    sync.Mutex
	last  []byte
	costs []string
}

func (l *ledger) remember(_ context.Context, note []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = slices.Clone(note)
	return nil
}

func (l *ledger) set(note []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = note
}

func (l *ledger) note() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.last)
}

func (l *ledger) charge(cost string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.costs = append(l.costs, cost)
}

func (l *ledger) spent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.costs) > 0
}

// table holds docs/engines.md to the rows, or writes them there.
func table(t *testing.T, name string, rows []string) {
	const page = "../../../docs/engines.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- faults of "+name+": written by `go test ./internal/engine/"+name+" -update-faults` -->\n", "<!-- end of the faults of "+name+" -->\n"
	want := "| fault | what the user saw | what was charged | what was left behind |\n|---|---|---|---|\n" + strings.Join(rows, "\n") + "\n"
	before, rest, ok := strings.Cut(string(text), begin)
	inside, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("docs/engines.md has no place for the faults of %s: it needs the lines\n%s%s", name, begin, end)
	}
	if inside == want {
		return
	}
	if !*updateFaults {
		t.Errorf("docs/engines.md says something else of the faults of %s; run with -update-faults", name)
		return
	}
	if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
