package fal

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

type m = enginetest.Object

var say = enginetest.Say

// authorised answers as the provider does without its key.
func authorised(h http.HandlerFunc) http.HandlerFunc {
	return enginetest.Authorised("Key "+enginetest.Key, m{"detail": "Authentication is required to access this application"}, h)
}

// serve is fal as its documentation has it. A job's failure is "queue ERROR" for one that the queue names, else a model's type of error.
func serve(f *enginetest.Fake) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rest/storage/upload/initiate", authorised(f.Step("place", func(w http.ResponseWriter, r *http.Request) {
		var p m
		if json.NewDecoder(r.Body).Decode(&p) != nil || p["content_type"] != "video/mp4" || p["file_name"] == "" || r.URL.Query().Get("storage_type") != "fal-cdn-v3" {
			say(w, 422, m{"detail": "bad request"})
			return
		}
		say(w, 200, m{"upload_url": f.URL + "/cdn/put?signature=s3cr3t", "file_url": f.URL + "/cdn/one.mp4"})
	})))
	mux.HandleFunc("PUT /cdn/put", f.Step(enginetest.StepUpload, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "video/mp4" || f.Keep(f.URL+"/cdn/one.mp4", r.Body) != nil {
			w.WriteHeader(400)
		}
	}))
	mux.HandleFunc("POST /fal-ai/ltx-2/retake-video", authorised(f.Step(enginetest.StepSubmit, func(w http.ResponseWriter, r *http.Request) {
		var p m
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &p)
		address, _ := p["video_url"].(string)
		if f.Uploaded(address) == "" || p["duration"].(float64) < 2 {
			say(w, 422, m{"detail": []m{{"loc": []string{"body", "video_url"}, "msg": "no such file", "type": "file_download_error"}}})
			return
		}
		id := f.Take(address, p).ID
		base := f.URL + "/fal-ai/ltx-2/requests/" + id // without the model's sub-path, as the provider has it
		say(w, 200, m{"request_id": id, "status_url": base + "/status", "response_url": base, "cancel_url": base + "/cancel", "queue_position": 0})
	})))
	mux.HandleFunc("GET /fal-ai/ltx-2/requests/{id}/status", authorised(f.Step(enginetest.StepPoll, func(w http.ResponseWriter, r *http.Request) {
		j, done := f.Ask(r.PathValue("id"))
		switch {
		case j == nil:
			say(w, 404, m{"detail": "Request not found"})
		case !done && j.Asked < 2:
			say(w, 202, m{"status": "IN_QUEUE", "queue_position": 1})
		case !done:
			say(w, 202, m{"status": "IN_PROGRESS", "logs": nil})
		case strings.HasPrefix(j.Failure, "queue "):
			say(w, 200, m{"status": "COMPLETED", "error": "the provider's words", "error_type": strings.TrimPrefix(j.Failure, "queue ")})
		default:
			say(w, 200, m{"status": "COMPLETED", "metrics": m{"inference_time": 3.7}})
		}
	})))
	mux.HandleFunc("GET /fal-ai/ltx-2/requests/{id}", authorised(f.Step("result", func(w http.ResponseWriter, r *http.Request) {
		for _, j := range f.Jobs() {
			kind, fromQueue := strings.CutPrefix(j.Failure, "queue ")
			switch {
			case j.ID != r.PathValue("id"):
			case fromQueue:
				say(w, 504, m{"detail": "the provider's words", "error_type": kind})
				return
			case j.Failure == "internal_server_error":
				say(w, 500, m{"detail": []m{{"loc": []string{"body"}, "msg": "the provider's words", "type": j.Failure}}})
				return
			case j.Failure != "":
				say(w, 422, m{"detail": []m{{"loc": []string{"body", "prompt"}, "msg": "the provider's words", "type": j.Failure}}})
				return
			case j.Result != "":
				say(w, 200, m{"video": m{"url": f.URL + "/cdn/results/" + j.ID + ".mp4", "content_type": "video/mp4"}})
				return
			}
		}
		say(w, 404, m{"detail": "Request not found"})
	})))
	mux.HandleFunc("PUT /fal-ai/ltx-2/requests/{id}/cancel", authorised(f.Step(enginetest.StepCancel, func(w http.ResponseWriter, r *http.Request) {
		if !f.Cancel(r.PathValue("id")) {
			say(w, 400, m{"status": "ALREADY_COMPLETED"})
			return
		}
		say(w, 202, m{"status": "CANCELLATION_REQUESTED"})
	})))
	mux.HandleFunc("GET /cdn/results/", f.Step(enginetest.StepDownload, f.Result))
	f.Serve(mux)
}

func open(t *testing.T) (retake.Engine, *enginetest.Fake) {
	t.Helper()
	f := enginetest.NewFake(t)
	serve(f)
	cfg := DefaultConfig()
	cfg.URL, cfg.Storage = f.URL, f.URL+"/rest"
	enginetest.Hurry(t, &cfg.Config)
	return enginetest.Make(t, cfg, New), f
}

func TestEngine(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) retake.Engine { e, _ := open(t); return e }, enginetest.Options{Prompts: map[retake.Mode]string{
		retake.ReplaceVideo: "the coat turns red", retake.ReplaceAudio: "rain", retake.ReplaceAudioAndVideo: "a storm"}})
}

func TestRemote(t *testing.T) {
	model := func(status int, kind string) enginetest.Fault {
		return enginetest.Fault{Status: status, Body: `{"detail":[{"loc":["body","prompt"],"msg":"The provider's words.","type":"` + kind + `"}]}`}
	}
	queue := func(status int, words string) enginetest.Fault {
		return enginetest.Fault{Status: status, Body: `{"detail":"` + words + `"}`}
	}
	enginetest.RunRemote(t, enginetest.Remote{
		Open: open, Cancels: true,
		Refused: map[retake.Code][]enginetest.Fault{
			retake.CodeInvalid:    {model(422, "greater_than_equal"), {Status: 400, Body: `{"detail":"The provider's words.","error_type":"bad_request"}`}},
			retake.CodeEngineKey:  {queue(401, "Invalid key"), queue(403, "User is locked. Reason: Admin lock.")},
			retake.CodeNoCredit:   {queue(403, "User is locked. Reason: Exhausted balance."), queue(403, "User is locked. Reason: TOP_UP."), queue(402, "Payment required")},
			retake.CodeRefused:    {model(422, "content_policy_violation")},
			retake.CodeOverloaded: {queue(429, "Too many requests")},
		},
		Failed: map[retake.Code][]string{
			retake.CodeRefused: {"content_policy_violation"},
			retake.CodeInvalid: {"video_duration_too_long"},
			retake.CodeEngine:  {"internal_server_error", "queue request_timeout", "queue runner_disconnected"},
		},
	})
}

// The window goes, and every field with it.
func TestRequest(t *testing.T) {
	e, f := open(t)
	job, _ := enginetest.Job(t, retake.ReplaceAudioAndVideo, "a storm")
	if _, err := e.Retake(t.Context(), job, nil); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(f.Jobs()[0].Params)
	want := `{"duration":2.001,"prompt":"a storm","retake_mode":"replace_audio_and_video","start_time":0.333,"video_url":"` + f.URL + `/cdn/one.mp4"}`
	if string(got) != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}

// Addresses of a job that lead elsewhere would get the key: they are not followed, and nothing is handed in twice.
func TestForeignAddresses(t *testing.T) {
	e, f := open(t)
	other := enginetest.NewFake(t)
	other.Serve(other.Step("stolen", func(http.ResponseWriter, *http.Request) {}))
	f.Inject(enginetest.StepSubmit, enginetest.Fault{After: true, Body: `{"request_id":"x","status_url":"` + other.URL + `","response_url":"` + other.URL + `","cancel_url":"` + other.URL + `"}`})
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	if _, err := e.Retake(t.Context(), job, nil); retake.CodeOf(err) != retake.CodeEngine {
		t.Errorf("got %v", err)
	}
	if n, jobs := other.Seen("stolen"), len(f.Jobs()); n != 0 || jobs != 1 {
		t.Errorf("the foreign address was asked %d times, and %d jobs were handed in", n, jobs)
	}
}

// What the model's schema refuses is told before anything is sent.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		start, length float64
		field         string
	}{{0, 1.9, "duration"}, {0, 2, ""}, {0, 20, ""}, {0, 20.2, "duration"}, {20, 2, ""}, {20.1, 2, "start_time"}} {
		err := service{}.Check(hosted.Order{Span: retake.Segment{Start: c.start, End: c.start + c.length}})
		e, _ := err.(*retake.Error)
		if (err == nil) != (c.field == "") || e != nil && e.Field != c.field {
			t.Errorf("start %v, %v s: got %v, want a complaint of %q", c.start, c.length, err, c.field)
		}
	}
}
