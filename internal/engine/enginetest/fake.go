package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Steps of a job at a provider, by which faults are injected.
const (
	StepUpload   = "upload"
	StepSubmit   = "submit"
	StepPoll     = "poll"
	StepCancel   = "cancel"
	StepFind     = "find"
	StepDownload = "download"
	StepClean    = "clean"
)

// Fault is what a fake provider does in place of what it should.
type Fault struct {
	Status int               // answer so
	Body   string            // with this
	Header map[string]string // and these
	Cut    bool              // close the connection in the middle of the answer, or before it when there is none
	Hang   bool              // say nothing until the other side goes
	After  bool              // do first what was asked for: only the answer is faulty
	Times  int               // how often; 0: once, -1: always
}

// Fake is a provider's server of a test's own: its jobs, and the faults of its answers. What it speaks is the provider's test's.
type Fake struct {
	T     testing.TB
	URL   string // of the server, once Serve was called
	Polls int    // questions until a job is done; 1 unless set
	Stays bool   // jobs don't end by themselves
	Holds bool   // uploads stay until they are removed
	Good  string // options of ffmpeg for a result
	Bad   Bad    // what is wrong with the results

	dir     string
	mu      sync.Mutex
	faults  map[string][]Fault
	jobs    []*FakeJob
	uploads map[string]string // name → path
	seen    map[string]int    // requests by step
	stop    chan struct{}
	closed  sync.Once
	work    sync.WaitGroup // results that are being made
}

// FakeJob is a job at a fake provider.
type FakeJob struct {
	ID        string
	Params    map[string]any
	Window    string // path of what was uploaded
	Asked     int    // how often it was asked after
	Cancelled bool
	Failure   string // it fails so; "" for none
	Result    string // path, once it is done
	making    bool
}

// NewFake makes one without a server.
func NewFake(t testing.TB) *Fake {
	f := &Fake{T: t, Polls: 1, Good: "-vf negate -crf 12 -preset veryfast -c:a aac", dir: t.TempDir(), faults: map[string][]Fault{}, uploads: map[string]string{}, seen: map[string]int{}, stop: make(chan struct{})}
	t.Cleanup(f.work.Wait)
	return f
}

// Serve starts the server.
func (f *Fake) Serve(h http.Handler) {
	s := httptest.NewServer(h)
	f.URL = s.URL
	f.T.Cleanup(func() {
		f.Release()
		s.Close()
	})
}

// inject is a case's setup that has requests of a step go wrong.
func inject(step string, faults ...Fault) func(*Fake) {
	return func(f *Fake) { f.Inject(step, faults...) }
}

// Release ends all that hangs.
func (f *Fake) Release() { f.closed.Do(func() { close(f.stop) }) }

// Inject has the next requests of a step go wrong, in order.
func (f *Fake) Inject(step string, faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[step] = append(f.faults[step], faults...)
}

// Mend ends all faults.
func (f *Fake) Mend() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.Stays = map[string][]Fault{}, false
}

// Seen counts the requests of a step.
func (f *Fake) Seen(step string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[step]
}

// Jobs returns the jobs that were taken, and charged.
func (f *Fake) Jobs() []FakeJob {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]FakeJob, len(f.jobs))
	for i, j := range f.jobs {
		out[i] = *j
	}
	return out
}

// Step is a handler that counts, and has faults.
func (f *Fake) Step(step string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if fault := f.next(step); fault != nil {
			f.fail(w, r, *fault, h)
			return
		}
		h(w, r)
	}
}

// next counts a step, and returns the fault that is to happen now, nil for none.
func (f *Fake) next(step string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[step]++
	list := f.faults[step]
	if len(list) == 0 {
		return nil
	}
	fault := list[0]
	switch {
	case fault.Times > 1:
		list[0].Times--
	case fault.Times >= 0:
		f.faults[step] = slices.Delete(list, 0, 1)
	}
	return &fault
}

func (f *Fake) fail(w http.ResponseWriter, r *http.Request, fault Fault, h http.HandlerFunc) {
	real := httptest.NewRecorder()
	if fault.After {
		h(real, r)
	}
	for k, v := range fault.Header {
		w.Header().Set(k, v)
	}
	switch {
	case fault.Hang:
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-f.stop:
		}
		panic(http.ErrAbortHandler)
	case fault.Cut && fault.After && real.Body.Len() > 1: // in the middle of what is right
		w.Header().Set("Content-Type", real.Header().Get("Content-Type"))
		w.Header().Set("Content-Length", strconv.Itoa(real.Body.Len()))
		w.WriteHeader(real.Code)
		_, _ = w.Write(real.Body.Bytes()[:real.Body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case fault.Cut:
		panic(http.ErrAbortHandler)
	}
	if !fault.After {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	if fault.Status == 0 {
		fault.Status = http.StatusOK
	}
	w.WriteHeader(fault.Status)
	_, _ = io.WriteString(w, fault.Body)
}

// Keep keeps what is uploaded under a name.
func (f *Fake) Keep(name string, r io.Reader) error {
	path := filepath.Join(f.dir, fmt.Sprintf("upload-%d.mp4", time.Now().UnixNano()))
	var b bytes.Buffer
	if _, err := io.Copy(&b, r); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uploads[name] = path
	return nil
}

// Uploaded returns the path of what was uploaded under a name, "" for nothing.
func (f *Fake) Uploaded(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.uploads[name]
}

// Take takes a job for an upload.
func (f *Fake) Take(upload string, params map[string]any) *FakeJob {
	f.mu.Lock()
	defer f.mu.Unlock()
	j := &FakeJob{ID: fmt.Sprintf("job-%d", len(f.jobs)+1), Params: params, Window: f.uploads[upload]}
	f.jobs = append(f.jobs, j)
	return j
}

// Fail has the newest job, or the next one when there is none, end with a failure of the provider's own form.
func (f *Fake) Fail(how string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults["job"] = append(f.faults["job"], Fault{Body: how})
}

// Ask asks after a job. done is true when it has ended; j is nil when there is none.
func (f *Fake) Ask(id string) (j *FakeJob, done bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.jobs, func(j *FakeJob) bool { return j.ID == id })
	if i < 0 {
		return nil, false
	}
	j = f.jobs[i]
	j.Asked++
	copied := *j
	if j.Cancelled || f.Stays || j.Asked < f.Polls {
		return &copied, j.Cancelled
	}
	if list := f.faults["job"]; len(list) > 0 {
		j.Failure = list[0].Body
		copied.Failure = j.Failure
		return &copied, true
	}
	if j.Result == "" {
		if !j.making { // beside the answers, which may not take longer on a busy machine
			j.making = true
			taken := j // j itself becomes the copy that is returned
			f.work.Go(func() { f.make(taken) })
		}
		return &copied, false
	}
	copied.Result = j.Result
	return &copied, true
}

// make makes a job's result.
func (f *Fake) make(j *FakeJob) {
	out := filepath.Join(f.dir, j.ID+".mp4")
	f.answer(j.Window, out)
	f.mu.Lock()
	defer f.mu.Unlock()
	j.Result = out
}

// answer makes a window anew: unless Good says something else, its pictures turn into their negative.
func (f *Fake) answer(window, out string) {
	if err := f.Bad.write(context.Background(), window, out, f.Good); err != nil {
		f.T.Errorf("fake provider: %v", err)
	}
}

// Taken counts the jobs that were taken.
func (f *Fake) Taken() int { return len(f.Jobs()) }

// Left is what is left at the provider.
func (f *Fake) Left() string {
	var left []string
	if f.Running() > 0 {
		left = append(left, "the job runs on at the provider")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Holds && len(f.uploads) > 0 {
		left = append(left, "the window")
	}
	if left == nil {
		return "nothing"
	}
	return strings.Join(left, "; ")
}

// Drop removes what was uploaded under a name, and reports whether it was there.
func (f *Fake) Drop(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, there := f.uploads[name]
	delete(f.uploads, name)
	return there
}

// Cancel stops a job, and reports whether it was there and went on.
func (f *Fake) Cancel(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range f.jobs {
		if j.ID == id && j.Result == "" && j.Failure == "" && !j.Cancelled {
			j.Cancelled = true
			return true
		}
	}
	return false
}

// Running counts the jobs that have not ended.
func (f *Fake) Running() int {
	n := 0
	for _, j := range f.Jobs() {
		if !j.Cancelled && j.Result == "" && j.Failure == "" {
			n++
		}
	}
	return n
}

// Result serves the result whose path ends in /ID.mp4.
func (f *Fake) Result(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimSuffix(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], ".mp4")
	for _, j := range f.Jobs() {
		if j.ID == id && j.Result != "" {
			http.ServeFile(w, r, j.Result)
			return
		}
	}
	http.NotFound(w, r)
}
