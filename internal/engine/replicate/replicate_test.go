package replicate

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

type m = enginetest.Object

var say = enginetest.Say

// authorised answers as the provider does without its key.
func authorised(h http.HandlerFunc) http.HandlerFunc {
	return enginetest.Authorised("Bearer "+enginetest.Key, m{"title": "Unauthenticated", "detail": "You did not pass a valid authentication token", "status": 401}, h)
}

// show is a job as the provider tells of it. A failure is a status, ": " and an error.
func show(f *enginetest.Fake, j *enginetest.FakeJob, done bool) m {
	p := m{"id": j.ID, "model": "lightricks/ltx-2-retake", "input": j.Params, "logs": "", "status": "processing", "output": nil, "error": nil,
		"urls": m{"get": f.URL + "/v1/predictions/" + j.ID, "cancel": f.URL + "/v1/predictions/" + j.ID + "/cancel"}}
	status, text, failed := strings.Cut(j.Failure, ": ")
	switch {
	case j.Cancelled:
		p["status"] = "canceled"
	case failed:
		p["status"], p["error"] = status, text
	case done && j.ID == "job-1":
		p["status"], p["output"] = "succeeded", f.URL+"/v1/results/"+j.ID+".mp4"
	case done:
		p["status"], p["output"] = "succeeded", []string{f.URL + "/v1/results/" + j.ID + ".mp4"}
	case j.Asked < 2:
		p["status"] = "starting"
	}
	return p
}

// serve is Replicate as its documentation has it. place is where jobs are handed in; the list has two pages, ours on the second.
func serve(f *enginetest.Fake, place string) {
	mux := http.NewServeMux()
	var uploads atomic.Int64
	mux.HandleFunc("POST /v1/files", authorised(f.Step(enginetest.StepUpload, func(w http.ResponseWriter, r *http.Request) {
		file, head, err := r.FormFile("content")
		address := fmt.Sprintf("%s/v1/files/%d", f.URL, uploads.Add(1))
		if err != nil || head.Header.Get("Content-Type") != "video/mp4" || f.Keep(address, file) != nil {
			say(w, 400, m{"detail": "Missing content", "status": 400})
			return
		}
		say(w, 201, m{"id": "file", "content_type": "video/mp4", "size": head.Size, "urls": m{"get": address}})
	})))
	mux.HandleFunc("POST "+place, authorised(f.Step(enginetest.StepSubmit, func(w http.ResponseWriter, r *http.Request) {
		var p struct {
			Version string `json:"version"`
			Input   m      `json:"input"`
		}
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &p)
		address, _ := p.Input["video"].(string)
		if f.Uploaded(address) == "" || (p.Version != "") != (place == "/v1/predictions") {
			say(w, 422, m{"title": "Input validation failed", "detail": "- input.video: Does not match format 'uri'\n", "status": 422})
			return
		}
		say(w, 201, show(f, f.Take(address, p.Input), false))
	})))
	mux.HandleFunc("GET /v1/predictions/{id}", authorised(f.Step(enginetest.StepPoll, func(w http.ResponseWriter, r *http.Request) {
		j, done := f.Ask(r.PathValue("id"))
		if j == nil {
			say(w, 404, m{"detail": "The requested resource could not be found.", "status": 404})
			return
		}
		say(w, 200, show(f, j, done))
	})))
	mux.HandleFunc("POST /v1/predictions/{id}/cancel", authorised(f.Step(enginetest.StepCancel, func(w http.ResponseWriter, r *http.Request) {
		f.Cancel(r.PathValue("id"))
		say(w, 200, m{"id": r.PathValue("id"), "status": "canceled"})
	})))
	mux.HandleFunc("GET /v1/predictions", authorised(f.Step(enginetest.StepFind, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			say(w, 200, m{"previous": nil, "next": f.URL + "/v1/predictions?cursor=two", "results": []m{
				{"id": "other", "status": "succeeded", "input": m{"video": []int{1}}}, {"id": "older", "status": "failed", "input": nil, "data_removed": true}, {"id": "text", "input": m{"text": "Alice"}}}})
			return
		}
		list := []m{}
		for _, j := range f.Jobs() {
			list = append(list, show(f, &j, j.Result != ""))
		}
		say(w, 200, m{"previous": nil, "next": nil, "results": list})
	})))
	mux.HandleFunc("GET /v1/results/", authorised(f.Step(enginetest.StepDownload, f.Result))) // at the API's own host, with the key
	f.Serve(mux)
}

func openModel(t *testing.T, model, place string) (retake.Engine, *enginetest.Fake) {
	t.Helper()
	f := enginetest.NewFake(t)
	serve(f, place)
	cfg := DefaultConfig()
	cfg.URL, cfg.Model = f.URL+"/v1", model
	enginetest.Hurry(t, &cfg)
	return enginetest.Make(t, cfg, New), f
}

func open(t *testing.T) (retake.Engine, *enginetest.Fake) {
	return openModel(t, DefaultConfig().Model, "/v1/models/lightricks/ltx-2-retake/predictions")
}

func TestEngine(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) retake.Engine { e, _ := open(t); return e }, enginetest.Options{Prompts: map[retake.Mode]string{
		retake.ReplaceVideo: "the coat turns red", retake.ReplaceAudio: "rain", retake.ReplaceAudioAndVideo: "a storm"}})
}

func TestRemote(t *testing.T) {
	refuse := func(status int, title string) enginetest.Fault {
		return enginetest.Fault{Status: status, Body: fmt.Sprintf(`{"title":"%s","detail":"The provider's words.","status":%d}`, title, status)}
	}
	enginetest.RunRemote(t, enginetest.Remote{
		Open: open, Cancels: true, Finds: true,
		Refused: map[retake.Code][]enginetest.Fault{
			retake.CodeInvalid:    {refuse(422, "Input validation failed")},
			retake.CodeEngineKey:  {refuse(401, "Unauthenticated")},
			retake.CodeNoCredit:   {refuse(402, "Insufficient credit")},
			retake.CodeOverloaded: {refuse(429, "Too many requests")},
		},
		Failed: map[retake.Code][]string{
			retake.CodeRefused: {"failed: The input or output was flagged as sensitive. Please try again with different inputs. (E005)"},
			retake.CodeEngine:  {"failed: E1001 - the model ran out of memory", "aborted: It waited for too long.", "canceled: "},
		},
	})
}

// The window goes, and every field with it, to the official model or to the version that is set.
func TestRequest(t *testing.T) {
	for model, place := range map[string]string{
		"lightricks/ltx-2-retake": "/v1/models/lightricks/ltx-2-retake/predictions", "lightricks/ltx-2-retake:a9cade39": "/v1/predictions",
	} {
		e, f := openModel(t, model, place)
		job, _ := enginetest.Job(t, retake.ReplaceAudioAndVideo, "a storm")
		if _, err := e.Retake(t.Context(), job, nil); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(f.Jobs()[0].Params)
		want := `{"duration":2.001,"mode":"replace_audio_and_video","prompt":"a storm","start_time":0.333,"video":"` + f.URL + `/v1/files/1"}`
		if string(got) != want {
			t.Errorf("%s: sent %s\nwant %s", model, got, want)
		}
	}
}

// A job is only taken for lost when the whole list was seen: a list that can't be had, or goes on elsewhere, leaves it in doubt.
func TestFindInDoubt(t *testing.T) {
	for _, list := range []enginetest.Fault{
		{Times: -1, Status: 403, Body: `{"detail":"no"}`}, {Times: -1, Body: `{}`}, {Times: -1, Body: `{"results":[],"next":"https://example.com/v1/predictions"}`},
	} {
		e, f := open(t)
		f.Inject(enginetest.StepSubmit, enginetest.Fault{Status: 502})
		f.Inject(enginetest.StepFind, list)
		job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
		if _, err := e.Retake(t.Context(), job, nil); retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "may have been taken") {
			t.Errorf("%s: got %v", list.Body, err)
		}
	}
}

// What the model's schema refuses is told before anything is sent.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		length float64
		size   int64
		bad    bool
	}{{1.9, 1, true}, {2, 1, false}, {16, 100 << 20, false}, {16.2, 1, true}, {2, 100<<20 + 1, true}} {
		err := service{}.Check(hosted.Order{Size: c.size, Span: retake.Segment{End: c.length}})
		if e, _ := err.(*retake.Error); (err != nil) != c.bad || e != nil && e.Field != "duration" {
			t.Errorf("%v s, %d bytes: got %v", c.length, c.size, err)
		}
	}
}
