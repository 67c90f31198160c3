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

// Elsewhere is a fake of a server that jobs run on: a provider, or a ComfyUI.
type Elsewhere interface {
	Seen(step string) int // requests of a step
	Taken() int           // jobs that were taken
	Running() int         // jobs that have not ended
	Left() string         // what is left there, for people; "nothing"
	Mend()                // ends all faults, and what is held goes on
}

// Case is one fault of a server that jobs run on, and what has to come of it.
type Case[F Elsewhere] struct {
	Name      string
	Setup     func(f F)
	Open      func(t *testing.T) (retake.Engine, F) // in place of the others' when it needs other settings
	Stop      string                                // cancel the run when this step has been asked for
	Cause     error                                 // with this cause
	Code      retake.Code                           // of the error; "" with Cause nil: it goes well
	Says      string                                // in the error's message
	Jobs      int                                   // that were taken
	Ends      bool                                  // none of them may run on
	Dies      bool                                  // our server is killed at Stop: the next run knows only what was noted then
	Again     bool                                  // run once more with the same note afterwards, as a queue or the next start does: it goes well
	Meanwhile func(f F)                             // before that, after the faults have ended
	JobsAgain int                                   // in all, after that
	Then      func(t *testing.T, f F)               // looks at what else has to hold
}

// errKilled ends a run as a kill would, as far as a test can.
var errKilled = fmt.Errorf("killed, which leaves no time to cancel anything: %w", retake.ErrShutdown)

var updateFaults = flag.Bool("update-faults", false, "write the table of faults into docs/engines.md")

// RunFaults holds an engine whose jobs run elsewhere to what becomes of faults. The outcome of each is a row of docs/engines.md, under
// the engine's name; counted names the column of the jobs.
func RunFaults[F Elsewhere](t *testing.T, counted string, open func(t *testing.T) (retake.Engine, F), cases []Case[F]) {
	var rows []string
	name := ""
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Open == nil {
				c.Open = open
			}
			e, fake := c.Open(t)
			if x, ok := e.(retake.Closer); ok {
				t.Cleanup(func() { _ = x.Close() })
			}
			name = e.Info().Name
			rows = append(rows, try(t, e, fake, c))
		})
	}
	if t.Failed() || len(rows) != len(cases) { // or only some were asked for
		return
	}
	Table(t, "../../../docs/engines.md", "faults of "+name, "go test ./internal/engine/"+name+" -update-faults", "| fault | what the user saw | "+counted+" | what was left behind |", rows)
}

// try makes one case's runs, and returns its row.
func try[F Elsewhere](t *testing.T, e retake.Engine, fake F, c Case[F]) string {
	if c.Setup != nil {
		c.Setup(fake)
	}
	if c.Dies {
		c.Cause = errKilled
	}
	var book ledger
	err := once(t, e, fake, c, &book)
	saw := outcome(err)
	c.check(t, err)
	if n := fake.Taken(); n != c.Jobs {
		t.Errorf("%d jobs were taken, want %d", n, c.Jobs)
	}
	if book.spent() != (c.Jobs > 0) && e.Info().Price != nil && (c.Code != retake.CodeEngine || c.Jobs == 0) && c.Stop != StepSubmit {
		t.Errorf("%d jobs were taken, and told of as charged: %v", c.Jobs, book.spent())
	}
	if c.Ends && fake.Running() > 0 {
		t.Errorf("%d jobs run on", fake.Running())
	}
	if c.Again {
		fake.Mend()
		if c.Meanwhile != nil {
			c.Meanwhile(fake)
		}
		again := c
		again.Stop, again.Cause = "", nil
		err := once(t, e, fake, again, &book)
		if c.Dies && c.Code != "" {
			if retake.CodeOf(err) != c.Code {
				t.Errorf("once more: %v, want %s", err, c.Code)
			}
		} else if err != nil {
			t.Errorf("once more: %v", err)
		}
		if n := fake.Taken(); n != c.JobsAgain {
			t.Errorf("%d jobs were taken after it ran once more, want %d", n, c.JobsAgain)
		}
		saw = strings.TrimSuffix(saw, ".") + "; then " + outcome(err)
	}
	if c.Then != nil {
		c.Then(t, fake)
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", c.Name, saw, [...]string{"nothing", "one job", "two jobs"}[min(fake.Taken(), 2)], fake.Left())
}

// check looks at what the first run came to.
func (c Case[F]) check(t *testing.T, err error) {
	switch {
	case c.Cause != nil:
		if !errors.Is(err, c.Cause) {
			t.Errorf("got %v, want %v", err, c.Cause)
		}
	case c.Code == "":
		if err != nil {
			t.Errorf("got %v", err)
		}
	default:
		user, ok := errors.AsType[*retake.Error](err)
		if !ok || user.Code != c.Code || !strings.Contains(user.Message, c.Says) {
			t.Errorf("got %v, want %s with %q", err, c.Code, c.Says)
		} else if strings.ContainsAny(user.Message, "\n\x00{") || strings.Contains(user.Message, "http") || strings.Contains(user.Message, "/tmp") {
			t.Errorf("the user is told of the inside: %q", user.Message)
		} else if c.Code == retake.CodeOverloaded && user.RetryAfter <= 0 {
			t.Errorf("overloaded without a time")
		}
	}
}

// once makes one run.
func once[F Elsewhere](t *testing.T, e retake.Engine, fake F, c Case[F], book *ledger) error {
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
	if c.Stop != "" {
		watch.Go(func() {
			for fake.Seen(c.Stop) == 0 {
				select {
				case <-done:
					return
				case <-time.After(time.Millisecond):
				}
			}
			if c.Dies {
				kept := book.note()
				defer func() {
					<-done
					book.set(kept)
				}()
			}
			cancel(c.Cause)
		})
	}
	var told forward
	take, err := e.Retake(ctx, job, func(f float64) { told.hear(t, f) })
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

// forward holds progress, which may be told from any goroutine, to going forward.
type forward struct {
	mu   sync.Mutex
	last float64
}

func (p *forward) hear(t *testing.T, f float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f < p.last || f > 1 {
		t.Errorf("progress went from %v to %v", p.last, f)
	}
	p.last = f
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
	l.set(slices.Clone(note))
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

// Table holds a page to the rows of what name says, which may be some of them, or writes them there with -update-faults; command is what
// does that.
func Table(t *testing.T, page, name, command, head string, rows []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+": written by `"+command+"` -->\n", "<!-- end of the "+name+" -->\n"
	want := head + "\n" + strings.Repeat("|---", strings.Count(head, "|")-1) + "|\n" + strings.Join(rows, "\n") + "\n"
	before, rest, ok := strings.Cut(string(text), begin)
	inside, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the %s: it needs the lines\n%s%s", page, name, begin, end)
	}
	if !*updateFaults {
		for _, line := range strings.Split(want, "\n") {
			if !strings.Contains(inside, line+"\n") {
				t.Errorf("%s says something else of the %s; run %s. It lacks\n%s", page, name, command, line)
			}
		}
		return
	}
	if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
