package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"retake/internal/retake"
)

// Remote says how an engine behaves whose jobs run at a provider.
type Remote struct {
	// Open makes a fake provider and an engine that talks to it, with the pauses that Hurry sets.
	Open func(t *testing.T) (retake.Engine, *Fake)

	Cancels bool // the provider can stop a job
	Finds   bool // the engine can look for a job of which no answer came
	Cleans  bool // the engine removes the window afterwards

	// Refused are the provider's own refusals of a job that is handed in, and Failed those of one that runs, as Fake.Fail is given
	// them; by what the user is told. Each must have those that the provider documents.
	Refused map[retake.Code][]Fault
	Failed  map[retake.Code][]string
}

// RunRemote holds an engine of a provider to what becomes of faults, as RunFaults does.
func RunRemote(t *testing.T, o Remote) {
	RunFaults(t, "what was charged", o.Open, o.cases())
}

func (o Remote) cases() []Case[*Fake] {
	cut := Fault{Cut: true}
	cases := []Case[*Fake]{
		{Name: "nothing goes wrong", Jobs: 1},
		{Name: "the upload is cut", Setup: inject(StepUpload, cut), Jobs: 1},
		{Name: "the upload's answer is cut", Setup: inject(StepUpload, Fault{Cut: true, After: true}), Jobs: 1},
		{Name: "the upload is refused as too large", Setup: inject(StepUpload, Fault{Status: 413, Times: -1}), Code: retake.CodeEngine},
		{Name: "no upload gets through", Setup: inject(StepUpload, Fault{Cut: true, Times: -1}), Code: retake.CodeOverloaded, Again: true, JobsAgain: 1},
		{Name: "overloaded, with Retry-After", Setup: inject(StepSubmit, Fault{Status: 429, Header: map[string]string{"Retry-After": "7"}}),
			Code: retake.CodeOverloaded, Again: true, JobsAgain: 1},
		{Name: "the key is refused", Setup: inject(StepSubmit, Fault{Status: 401, Body: `{}`}), Code: retake.CodeEngineKey},
		{Name: "the job's number is missing from the answer", Setup: inject(StepSubmit, Fault{After: true, Body: `{}`}), Jobs: 1, Code: o.doubt()},
		{Name: "the answer to the job handed in is no JSON", Setup: inject(StepSubmit, Fault{After: true, Body: `<html>`}), Jobs: 1, Code: o.doubt()},
		{Name: "the connection is cut after the job was taken", Setup: inject(StepSubmit, Fault{After: true, Cut: true}), Jobs: 1, Code: o.doubt()},
		{Name: "HTTP 502 after the job was taken", Setup: inject(StepSubmit, Fault{After: true, Status: 502}), Jobs: 1, Code: o.doubt()},
		{Name: "no answer to the job handed in", Setup: inject(StepSubmit, Fault{Hang: true}), Code: o.untaken(), Again: o.Finds, JobsAgain: 1},
		{Name: "a question is cut", Setup: inject(StepPoll, cut, cut), Jobs: 1},
		{Name: "a question gets HTTP 503", Setup: inject(StepPoll, Fault{Status: 503}, Fault{Status: 500}), Jobs: 1},
		{Name: "a question gets no JSON", Setup: inject(StepPoll, Fault{Body: "<html>oops"}), Jobs: 1},
		{Name: "a question gets an endless answer", Setup: inject(StepPoll, Fault{Body: strings.Repeat(" ", 2<<20)}), Jobs: 1},
		{Name: "no question is answered for long", Setup: inject(StepPoll, Fault{Cut: true, Times: -1}), Jobs: 1, Code: retake.CodeOverloaded, Again: true, JobsAgain: 1},
		{Name: "the provider forgot the job", Setup: inject(StepPoll, Fault{Status: 404, Times: -1}), Jobs: 1, Code: retake.CodeEngine},
		{Name: "the download is cut", Setup: inject(StepDownload, Fault{Cut: true, After: true}), Jobs: 1},
		{Name: "the download's address has expired once", Setup: inject(StepDownload, Fault{Status: 403}), Jobs: 1},
		{Name: "the result is gone", Setup: inject(StepDownload, Fault{Status: 404, Times: -1}), Jobs: 1, Code: retake.CodeEngine},
		{Name: "no download gets through", Setup: inject(StepDownload, Fault{Cut: true, Times: -1}), Jobs: 1, Code: retake.CodeOverloaded, Again: true, JobsAgain: 1},
		{Name: "the result is empty", Setup: inject(StepDownload, Fault{Status: 200}), Jobs: 1, Code: retake.CodeEngine},
		{Name: "the job takes longer than `job_within`", Setup: func(f *Fake) { f.Stays = true }, Open: o.hasty, Code: retake.CodeEngine, Says: "did not finish within", Jobs: 1, Ends: o.Cancels},
		{Name: "cancelled while it is uploaded", Setup: inject(StepUpload, Fault{Hang: true}), Stop: StepUpload, Cause: retake.ErrCancelled},
		{Name: "cancelled while it is handed in", Setup: inject(StepSubmit, Fault{After: true, Hang: true}), Stop: StepSubmit, Cause: retake.ErrCancelled, Jobs: 1},
		{Name: "cancelled while it runs", Setup: func(f *Fake) { f.Stays = true }, Stop: StepPoll, Cause: retake.ErrCancelled, Jobs: 1, Ends: o.Cancels},
		{Name: "cancelled while it is downloaded", Setup: inject(StepDownload, Fault{Hang: true}), Stop: StepDownload, Cause: retake.ErrCancelled, Jobs: 1},
		{Name: "the server stops while it runs", Setup: func(f *Fake) { f.Stays = true }, Stop: StepPoll, Cause: retake.ErrShutdown, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the server is killed while the job is handed in", Setup: inject(StepSubmit, Fault{After: true, Hang: true}), Stop: StepSubmit, Dies: true,
			Jobs: 1, Again: true, JobsAgain: 1, Code: o.doubt()},
		{Name: "the server is killed while it runs", Setup: func(f *Fake) { f.Stays = true }, Stop: StepPoll, Dies: true, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the server stops while it is downloaded", Setup: inject(StepDownload, Fault{Hang: true}), Stop: StepDownload, Cause: retake.ErrShutdown, Jobs: 1, Again: true, JobsAgain: 1},
	}
	if o.Cleans {
		cases = append(cases, Case[*Fake]{Name: "the window can't be removed afterwards", Setup: inject(StepClean, Fault{Status: 500, Times: -1}), Jobs: 1})
	}
	for _, code := range sorted(o.Refused) {
		for i, f := range o.Refused[code] {
			cases = append(cases, Case[*Fake]{Name: fmt.Sprintf("refused: %s %d", code, i+1), Setup: inject(StepSubmit, f), Code: code})
		}
	}
	for _, code := range sorted(o.Failed) {
		for i, f := range o.Failed[code] {
			cases = append(cases, Case[*Fake]{Name: fmt.Sprintf("the job fails: %s %d", code, i+1), Setup: func(p *Fake) { p.Fail(f) }, Jobs: 1, Code: code})
		}
	}
	return cases
}

// hasty opens an engine that does not wait for long.
func (o Remote) hasty(t *testing.T) (retake.Engine, *Fake) {
	t.Setenv(withinEnv, "2s")
	return o.Open(t)
}

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
