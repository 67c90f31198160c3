package oxen

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

type m = enginetest.Object

var say = enginetest.Say

func wrong(kind, detail string) m {
	return m{"error": m{"type": kind, "title": kind, "detail": detail}, "status": "error", "status_message": kind}
}

// serve is the hub as its documentation has it.
func serve(f *enginetest.Fake) {
	mux := http.NewServeMux()
	authorised := func(h http.HandlerFunc) http.HandlerFunc {
		return enginetest.Authorised("Bearer "+enginetest.Key, wrong("unauthenticated", "no such key"), h)
	}
	show := func(j *enginetest.FakeJob, done bool) m {
		r := m{"generation_id": j.ID, "status": "processing", "result_url": nil, "error_message": nil, "target_directory": j.Params["target_directory"], "cost": nil}
		switch {
		case j.Cancelled:
			r["status"] = "cancelled"
		case done && j.Failure != "":
			r["status"], r["error_message"] = "failed", "The provider's words."
			if j.Failure != "unknown" {
				r["error_type"] = j.Failure
			}
		case done:
			r["status"], r["result_url"], r["cost"] = "succeeded", f.URL+"/results/"+j.ID+".mp4?signature=s3cr3t", 0.6
		}
		return r
	}
	mux.HandleFunc("PUT /api/repos/ox/windows/file/main/{folder...}", authorised(f.Step(enginetest.StepUpload, func(w http.ResponseWriter, r *http.Request) {
		file, head, err := r.FormFile("files[]")
		if err != nil || f.Keep(f.URL+r.URL.Path+"/"+head.Filename, file) != nil {
			say(w, 400, wrong("invalid_params", "no file"))
			return
		}
		say(w, 200, m{"status": "success", "status_message": "resource_created", "commit": m{"id": "1"}})
	})))
	f.Holds = true
	mux.HandleFunc("DELETE /api/repos/ox/windows/file/main/{path...}", authorised(f.Step(enginetest.StepClean, func(w http.ResponseWriter, r *http.Request) {
		if !f.Drop(f.URL + r.URL.Path) {
			say(w, 404, wrong("resource_not_found", "no such file"))
			return
		}
		say(w, 200, m{"status": "success", "status_message": "resource_deleted", "commit": m{"id": "2"}})
	})))
	mux.HandleFunc("POST /api/ai/queue", authorised(f.Step(enginetest.StepSubmit, func(w http.ResponseWriter, r *http.Request) {
		var p m
		if json.NewDecoder(r.Body).Decode(&p) != nil || f.Uploaded(p["input_video"].(string)) == "" {
			say(w, 400, wrong("invalid_params", "input_video is not there"))
			return
		}
		say(w, 200, m{"generations": []m{{"generation_id": f.Take(p["input_video"].(string), p).ID, "status": "queued"}}})
	})))
	mux.HandleFunc("GET /api/ai/queue/{id}", authorised(f.Step(enginetest.StepPoll, func(w http.ResponseWriter, r *http.Request) {
		j, done := f.Ask(r.PathValue("id"))
		if j == nil {
			say(w, 404, wrong("resource_not_found", "no such generation"))
			return
		}
		say(w, 200, show(j, done))
	})))
	mux.HandleFunc("DELETE /api/ai/queue/{id}", authorised(f.Step(enginetest.StepCancel, func(w http.ResponseWriter, r *http.Request) {
		f.Cancel(r.PathValue("id"))
		say(w, 200, m{"status": "success", "generation_id": r.PathValue("id")})
	})))
	mux.HandleFunc("GET /api/ai/generations", authorised(f.Step(enginetest.StepFind, func(w http.ResponseWriter, r *http.Request) {
		list := []m{{"generation_id": "other", "status": "succeeded", "target_directory": nil, "cost": "0.25"}}
		if r.URL.Query().Get("page") == "2" && r.URL.Query().Get("namespace") == "ox" {
			for _, j := range f.Jobs() {
				list = append(list, show(&j, j.Result != ""))
			}
		}
		say(w, 200, m{"count": len(list), "generations": list, "total_pages": 2})
	})))
	mux.HandleFunc("GET /results/", f.Step(enginetest.StepDownload, f.Result))
	f.Serve(mux)
}

func open(t *testing.T) (retake.Engine, *enginetest.Fake) {
	t.Helper()
	f := enginetest.NewFake(t)
	serve(f)
	cfg := DefaultConfig()
	cfg.URL, cfg.Repo = f.URL, "ox/windows"
	enginetest.Hurry(t, &cfg.Config)
	return enginetest.Make(t, cfg, New), f
}

func TestEngine(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) retake.Engine { e, _ := open(t); return e }, enginetest.Options{Prompts: map[retake.Mode]string{
		retake.ReplaceVideo: "the coat turns red", retake.ReplaceAudio: "rain", retake.ReplaceAudioAndVideo: "a storm"}})
}

func TestRemote(t *testing.T) {
	refuse := func(status int, kind string) enginetest.Fault {
		body, _ := json.Marshal(wrong(kind, "The provider's words."))
		return enginetest.Fault{Status: status, Body: string(body)}
	}
	enginetest.RunRemote(t, enginetest.Remote{
		Open: open, Cancels: true, Finds: true, Cleans: true,
		Refused: map[retake.Code][]enginetest.Fault{
			retake.CodeInvalid:    {refuse(400, "invalid_params")},
			retake.CodeEngineKey:  {refuse(401, "unauthenticated")},
			retake.CodeNoCredit:   {refuse(402, "no_credit")},
			retake.CodeRefused:    {refuse(422, "content_refused")},
			retake.CodeOverloaded: {refuse(429, "rate_limited"), refuse(503, "unavailable")},
			retake.CodeEngine:     {refuse(404, "resource_not_found"), refuse(413, "payload_too_large")},
		},
		Failed: map[retake.Code][]string{
			retake.CodeRefused: {"content_refused"},
			retake.CodeInvalid: {"invalid_params"},
			retake.CodeEngine:  {"unknown", "engine_error"},
		},
	})
}

// The window goes, every field with it, and the cost comes back.
func TestRequest(t *testing.T) {
	e, f := open(t)
	job, _ := enginetest.Job(t, retake.ReplaceAudioAndVideo, "a storm")
	take, err := e.Retake(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(f.Jobs()[0].Params)
	folder, _ := f.Jobs()[0].Params["target_directory"].(string)
	want := `{"duration":2.001,"input_video":"` + f.URL + `/api/repos/ox/windows/file/main/` + folder + `/window.mp4","mode":"replace_audio_and_video","model":"lightricks-ltx-2-retake","num_generations":1,` +
		`"prompt":"a storm","start_time":0.333,"target_directory":"` + folder + `","target_namespace":"ox","target_repo":"windows"}`
	if string(got) != want || !strings.HasPrefix(folder, "retake/") {
		t.Errorf("sent %s\nwant %s", got, want)
	}
	if take.Cost != "0.6" {
		t.Errorf("it cost %q", take.Cost)
	}
}

func TestConfig(t *testing.T) {
	for repo, ok := range map[string]bool{"ox/windows": true, "": false, "windows": false, "ox/../x": false, "ox/a/b": false, "ox/win dows": false} {
		cfg := DefaultConfig()
		cfg.Enabled, cfg.Repo = true, repo
		if err := cfg.Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", repo, err)
		}
	}
}

// A list that is too long to be looked through leaves a job in doubt: "not there" is only said of one that has been read to its end.
func TestLongList(t *testing.T) {
	e, f := open(t)
	f.Inject(enginetest.StepSubmit, enginetest.Fault{After: true, Cut: true})
	f.Inject(enginetest.StepFind, enginetest.Fault{Times: -1, Body: `{"generations":[{"generation_id":"other"}],"total_pages":1000}`})
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	_, err := e.Retake(t.Context(), job, nil)
	if retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "may have been taken") {
		t.Errorf("got %v", err)
	}
}

func TestCost(t *testing.T) {
	for _, c := range []struct {
		row, want string
	}{{"0.6", "0.6"}, {`"0.25"`, "0.25"}, {"null", ""}, {"", ""}, {`"free"`, ""}, {"true", ""}, {"1e-7", "0.0000001"}, {"1e999", ""}, {`"1e999"`, ""}, {"1e300", ""}, {"-1", ""}, {`"-1"`, ""}, {"[1]", ""}} {
		if got := cost(json.RawMessage(c.row)); got != c.want {
			t.Errorf("%s: %q, want %q", c.row, got, c.want)
		}
	}
}

// What a job cost is told also where its result can't be had.
func TestCostOfNothing(t *testing.T) {
	e, f := open(t)
	f.Inject(enginetest.StepDownload, enginetest.Fault{Status: 404, Times: -1})
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	var spent []string
	job.Spent = func(cost string) { spent = append(spent, cost) }
	if _, err := e.Retake(t.Context(), job, nil); err == nil || len(spent) == 0 || spent[len(spent)-1] != "0.6" {
		t.Errorf("%v, told of %q", err, spent)
	}
}
