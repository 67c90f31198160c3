package comfyui

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

type fault = enginetest.Fault

func inject(step string, faults ...fault) func(*enginetest.Comfy) {
	return func(f *enginetest.Comfy) { f.Inject(step, faults...) }
}

func stays(f *enginetest.Comfy) { f.Stays = true }

// Whatever goes wrong, a job is queued once, ends, and is told of in a sentence.
func TestFaults(t *testing.T) {
	var cases []enginetest.Case[*enginetest.Comfy]
	for _, list := range [][]enginetest.Case[*enginetest.Comfy]{onTheWay(), atTheServer(), givenUp()} {
		cases = append(cases, list...)
	}
	enginetest.RunFaults(t, "what was queued", func(t *testing.T) (retake.Engine, *enginetest.Comfy) {
		f := newFake(t)
		return open(t, against(f)), f
	}, cases)
}

// onTheWay are the faults of connections and answers.
func onTheWay() []enginetest.Case[*enginetest.Comfy] {
	cut, half := fault{Cut: true}, fault{Cut: true, After: true}
	always := func(step string) func(*enginetest.Comfy) { return inject(step, fault{Cut: true, Times: -1}) }
	return []enginetest.Case[*enginetest.Comfy]{
		{Name: "nothing goes wrong", Jobs: 1, Then: once},
		{Name: "the upload is cut", Setup: inject(enginetest.StepUpload, cut), Jobs: 1},
		{Name: "the upload's answer is cut", Setup: inject(enginetest.StepUpload, half), Jobs: 1},
		{Name: "no upload gets through", Setup: always(enginetest.StepUpload), Code: retake.CodeUnavailable, Says: "can't be reached"},
		{Name: "the job is cut off before it arrives", Setup: always(enginetest.StepSubmit), Code: retake.CodeUnavailable},
		{Name: "no answer to the job, which did not arrive", Setup: inject(enginetest.StepSubmit, fault{Hang: true}), Code: retake.CodeUnavailable},
		{Name: "the connection is cut after the job was queued", Setup: inject(enginetest.StepSubmit, half), Jobs: 1},
		{Name: "the same, and the server chose the job's number itself", Setup: func(f *enginetest.Comfy) { f.Old = true; f.Inject(enginetest.StepSubmit, half) }, Jobs: 1},
		{Name: "the answer to the job is no JSON", Setup: inject(enginetest.StepSubmit, fault{After: true, Body: "<html>"}), Jobs: 1},
		{Name: "HTTP 502 after the job was queued", Setup: inject(enginetest.StepSubmit, fault{After: true, Status: 502}), Jobs: 1},
		{Name: "the socket can't be had", Setup: inject(enginetest.StepSocket, fault{Status: 404, Times: -1}), Jobs: 1},
		{Name: "the socket is cut", Setup: inject("messages", fault{Cut: true, Body: "{}"}), Jobs: 1},
		{Name: "the socket tells nonsense", Setup: inject("messages", fault{Body: `[[[`}, fault{Body: `{"type":"progress","data":{"value":-1e308,"max":1e-308}}`}), Jobs: 1},
		{Name: "a question is cut", Setup: inject(enginetest.StepPoll, cut, cut), Jobs: 1},
		{Name: "a question gets HTTP 503", Setup: inject(enginetest.StepPoll, fault{Status: 503}, fault{Status: 500}), Jobs: 1},
		{Name: "a question gets no JSON", Setup: inject(enginetest.StepPoll, fault{Body: `{"` + strings.Repeat("x", 1<<20) + `":[`}), Jobs: 1},
		{Name: "a question gets an endless answer", Setup: inject(enginetest.StepPoll, fault{Body: strings.Repeat(" ", 3<<20)}), Jobs: 1},
		{Name: "no question is answered for long", Setup: always(enginetest.StepPoll), Open: hasty, Code: retake.CodeOverloaded, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the download is cut", Setup: inject(enginetest.StepDownload, half), Jobs: 1, Then: once},
		{Name: "no download gets through", Setup: always(enginetest.StepDownload), Code: retake.CodeOverloaded, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the download is endless", Setup: inject("view", fault{Times: -1}), Code: retake.CodeEngine, Says: "can't be used", Jobs: 1},
		{Name: "the file is gone", Setup: inject(enginetest.StepRun, fault{Body: "removed"}), Code: retake.CodeEngine, Says: "gone", Jobs: 1},
		{Name: "the file is empty", Setup: inject(enginetest.StepDownload, fault{Status: 200}), Code: retake.CodeEngine, Says: "can't be used", Jobs: 1},
		{Name: "the file's name leads out of its folder", Setup: func(f *enginetest.Comfy) { f.Saves = "../../../../" }, Jobs: 1},
	}
}

// atTheServer are the faults of a server that can be reached.
func atTheServer() []enginetest.Case[*enginetest.Comfy] {
	says := func(body string) func(*enginetest.Comfy) { return inject(enginetest.StepRun, fault{Body: body}) }
	return []enginetest.Case[*enginetest.Comfy]{
		{Name: "it asks for a key", Setup: inject(enginetest.StepUpload, fault{Status: 401}), Code: retake.CodeEngineKey, Says: "headers"},
		{Name: "it sends requests elsewhere", Setup: inject(enginetest.StepUpload, fault{Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/x"}}),
			Code: retake.CodeEngine, Says: "final address"},
		{Name: "the upload is too large for it", Setup: inject(enginetest.StepUpload, fault{Status: 413}), Code: retake.CodeEngine, Says: "--max-upload-size"},
		{Name: "it answers HTTP 500", Setup: inject(enginetest.StepUpload, fault{Status: 500}), Code: retake.CodeUnavailable, Says: "in trouble"},
		{Name: "overloaded, with Retry-After", Setup: inject(enginetest.StepSubmit, fault{Status: 429, Header: map[string]string{"Retry-After": "40"}}),
			Code: retake.CodeOverloaded, Says: "no room", Again: true, JobsAgain: 1},
		{Name: "overloaded, without", Setup: inject(enginetest.StepSubmit, fault{Status: 503}), Code: retake.CodeOverloaded, Again: true, JobsAgain: 1},
		{Name: "it lacks a node", Setup: func(f *enginetest.Comfy) { f.Lacking = []string{"LTXVAudioVideoMask"} }, Code: retake.CodeUnavailable, Says: "ComfyUI-KJNodes"},
		{Name: "it lacks a model", Setup: func(f *enginetest.Comfy) { f.Models = f.Models[:1] }, Code: retake.CodeUnavailable, Says: "the file gemma_3_12B"},
		{Name: "it lacks nodes and models", Setup: func(f *enginetest.Comfy) { f.Lacking, f.Models = []string{"LTXVAudioVideoMask", "SaveVideo"}, nil },
			Code: retake.CodeUnavailable, Says: "into models/checkpoints"},
		{Name: "it refuses a value", Setup: func(f *enginetest.Comfy) { f.Refuses = "Value 1001 bigger than max of 1000" },
			Code: retake.CodeEngine, Says: "LTXVConditioning: Value 1001 bigger"},
		{Name: "a node fails", Setup: says("node"), Code: retake.CodeEngine, Says: "node VAEDecodeTiled: weights at … are broken", Jobs: 1},
		{Name: "memory runs out", Setup: says("memory"), Code: retake.CodeEngine, Says: "out of memory", Jobs: 1},
		{Name: "the job is stopped in ComfyUI", Setup: says("stop"), Code: retake.CodeEngine, Says: "stopped", Jobs: 1},
		{Name: "nothing is saved", Setup: says("nothing saved"), Code: retake.CodeEngine, Says: "saved no video", Jobs: 1},
		{Name: "ComfyUI is restarted while the job runs", Setup: says("restart"), Code: retake.CodeEngine, Says: "doesn't know the job any more", Jobs: 1, Ends: true},
		{Name: "the job takes longer than `job_within`", Setup: stays, Open: hasty, Code: retake.CodeEngine, Says: "did not finish within", Jobs: 1, Ends: true},
	}
}

// givenUp are jobs that are cancelled, and those that our server leaves and picks up.
func givenUp() []enginetest.Case[*enginetest.Comfy] {
	hang, taken := fault{Hang: true}, fault{Hang: true, After: true}
	waits := func(f *enginetest.Comfy) { f.Busy() }
	forgets := func(f *enginetest.Comfy) { f.Restart() }
	cancelled, stop := retake.ErrCancelled, retake.ErrShutdown
	return []enginetest.Case[*enginetest.Comfy]{
		{Name: "cancelled while it is uploaded", Setup: inject(enginetest.StepUpload, hang), Stop: enginetest.StepUpload, Cause: cancelled},
		{Name: "cancelled while it is handed in", Setup: func(f *enginetest.Comfy) { f.Stays = true; f.Inject(enginetest.StepSubmit, taken) },
			Stop: enginetest.StepSubmit, Cause: cancelled, Jobs: 1, Ends: true},
		{Name: "cancelled while it waits behind somebody else's job", Setup: waits, Stop: enginetest.StepPoll, Cause: cancelled, Jobs: 1, Ends: true, Then: undisturbed},
		{Name: "cancelled while it runs", Setup: stays, Stop: enginetest.StepRun, Cause: cancelled, Jobs: 1, Ends: true},
		{Name: "the cancel itself is cut", Setup: func(f *enginetest.Comfy) {
			f.Stays = true
			f.Inject(enginetest.StepCancel, fault{Cut: true}, fault{Status: 500})
		},
			Stop: enginetest.StepRun, Cause: cancelled, Jobs: 1, Ends: true},
		{Name: "cancelled while it is downloaded", Setup: inject(enginetest.StepDownload, hang), Stop: enginetest.StepDownload, Cause: cancelled, Jobs: 1},
		{Name: "the server stops while it runs", Setup: stays, Stop: enginetest.StepRun, Cause: stop, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the server stops while it is downloaded", Setup: inject(enginetest.StepDownload, hang), Stop: enginetest.StepDownload, Cause: stop, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the server is killed while it is uploaded", Setup: inject(enginetest.StepUpload, hang), Stop: enginetest.StepUpload, Dies: true, Again: true, JobsAgain: 1},
		{Name: "the server is killed before the job arrives", Setup: inject(enginetest.StepSubmit, hang), Stop: enginetest.StepSubmit, Dies: true, Again: true, JobsAgain: 1},
		{Name: "the server is killed before the answer to the job", Setup: inject(enginetest.StepSubmit, taken), Stop: enginetest.StepSubmit, Dies: true,
			Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the same, and ComfyUI chose the job's number itself", Setup: func(f *enginetest.Comfy) { f.Old = true; f.Inject(enginetest.StepSubmit, taken) },
			Stop: enginetest.StepSubmit, Dies: true, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the server is killed while it runs", Setup: stays, Stop: enginetest.StepRun, Dies: true, Jobs: 1, Again: true, JobsAgain: 1},
		{Name: "the server is killed while it runs, and ComfyUI is restarted meanwhile", Setup: stays, Stop: enginetest.StepRun, Dies: true,
			Jobs: 1, Again: true, Meanwhile: forgets, JobsAgain: 2},
	}
}

// hasty is an engine that does not wait for long.
func hasty(t *testing.T) (retake.Engine, *enginetest.Comfy) {
	f := newFake(t)
	cfg := against(f)
	cfg.JobWithin, cfg.SilentWithin = 3*time.Second, 300*time.Millisecond
	return open(t, cfg), f
}

// once checks that the footage and the job went there once.
func once(t *testing.T, f *enginetest.Comfy) {
	if f.Seen(enginetest.StepUpload) != 1 || f.Seen(enginetest.StepSubmit) != 1 {
		t.Errorf("%d uploads, %d submissions", f.Seen(enginetest.StepUpload), f.Seen(enginetest.StepSubmit))
	}
}

func undisturbed(t *testing.T, f *enginetest.Comfy) {
	if f.Disturbed() {
		t.Error("somebody else's job was stopped")
	}
}

// A download that is cut goes on where it was, and holds what was saved.
func TestDownload(t *testing.T) {
	f := newFake(t)
	f.Inject(enginetest.StepDownload, fault{Cut: true, After: true}, fault{Cut: true})
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "heavy snow")
	take, err := open(t, against(f)).Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(take.File); err != nil || !bytes.Equal(got, f.Answer()) {
		t.Errorf("%d bytes came of %d, %v", len(got), len(f.Answer()), err)
	}
}
