package ltx

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

// serve is the LTX API as its documentation has it.
func serve(f *enginetest.Fake) {
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	type m = map[string]any
	authorised := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer test-key" {
				say(w, 401, m{"type": "error", "error": m{"type": "authentication_error", "message": "Invalid API key"}})
				return
			}
			h(w, r)
		}
	}
	mux.HandleFunc("POST /v1/upload", authorised(f.Step("place", func(w http.ResponseWriter, _ *http.Request) {
		say(w, 200, m{"upload_url": f.URL + "/storage/one?signature=s3cr3t", "storage_uri": "ltx://one", "required_headers": m{"x-goog-content-length-range": "0,104857600"}})
	})))
	mux.HandleFunc("PUT /storage/one", f.Step(enginetest.StepUpload, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Goog-Content-Length-Range") == "" {
			w.WriteHeader(403)
			return
		}
		if f.Keep("ltx://one", r.Body) != nil {
			w.WriteHeader(400)
		}
	}))
	mux.HandleFunc("POST /v2/retake", authorised(f.Step(enginetest.StepSubmit, func(w http.ResponseWriter, r *http.Request) {
		var p m
		raw, _ := io.ReadAll(r.Body)
		if json.Unmarshal(raw, &p) != nil || f.Uploaded(p["video_uri"].(string)) == "" || p["duration"].(float64) < 2 {
			say(w, 400, m{"type": "error", "error": m{"type": "invalid_request_error", "message": "bad request"}})
			return
		}
		say(w, 202, m{"id": f.Take("ltx://one", p).ID, "status": "pending"})
	})))
	mux.HandleFunc("GET /v2/retake/{id}", authorised(f.Step(enginetest.StepPoll, func(w http.ResponseWriter, r *http.Request) {
		j, done := f.Ask(r.PathValue("id"))
		switch {
		case j == nil:
			say(w, 404, m{"type": "error", "error": m{"type": "not_found_error", "message": "no such job"}})
		case !done:
			say(w, 200, m{"id": j.ID, "status": "processing"})
		case j.Failure != "":
			say(w, 200, m{"id": j.ID, "status": "failed", "error": m{"type": j.Failure, "message": "the video was flagged"}})
		default:
			say(w, 200, m{"id": j.ID, "status": "completed", "result": m{"video_url": f.URL + "/results/" + j.ID + ".mp4?sig=s3cr3t"}})
		}
	})))
	mux.HandleFunc("GET /results/", f.Step(enginetest.StepDownload, f.Result))
	f.Serve(mux)
}

func open(t *testing.T) (retake.Engine, *enginetest.Fake) {
	t.Helper()
	f := enginetest.NewFake(t)
	serve(f)
	t.Setenv("RETAKE_TEST_KEY", "test-key")
	cfg := DefaultConfig()
	cfg.URL, cfg.KeyEnv = f.URL, "RETAKE_TEST_KEY"
	cfg.RequestWithin, cfg.PollEvery, cfg.LostWithin = 700*time.Millisecond, 2*time.Millisecond, 100*time.Millisecond
	e, err := New(cfg, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return e, f
}

func TestEngine(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) retake.Engine { e, _ := open(t); return e }, enginetest.Options{Prompts: map[retake.Mode]string{
		retake.ReplaceVideo: "the coat turns red", retake.ReplaceAudio: "rain", retake.ReplaceAudioAndVideo: "a storm"}})
}

func TestRemote(t *testing.T) {
	refuse := func(status int, kind string) enginetest.Fault {
		return enginetest.Fault{Status: status, Body: `{"type":"error","error":{"type":"` + kind + `","message":"The provider's words."}}`}
	}
	enginetest.RunRemote(t, enginetest.Remote{
		Open: open,
		Refused: map[retake.Code][]enginetest.Fault{
			retake.CodeInvalid:    {refuse(400, "invalid_request_error")},
			retake.CodeEngineKey:  {refuse(401, "authentication_error")},
			retake.CodeNoCredit:   {refuse(402, "insufficient_funds_error")},
			retake.CodeRefused:    {refuse(422, "content_filtered_error")},
			retake.CodeOverloaded: {refuse(429, "concurrency_limit_error"), refuse(500, "api_error"), refuse(503, "service_unavailable"), refuse(529, "overloaded_error")},
		},
		Failed: map[retake.Code][]string{
			retake.CodeRefused: {"content_filtered_error"},
			retake.CodeEngine:  {"internal_error"},
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
	if want := `{"duration":2,"mode":"replace_audio_and_video","model":"ltx-2-3-pro","prompt":"a storm","resolution":"1920x1080","start_time":0.3333333333333333,"video_uri":"ltx://one"}`; string(got) != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}

// A result may not come from the inside of the server's network, and the key goes to the provider alone.
func TestForeignResult(t *testing.T) {
	e, f := open(t)
	other := enginetest.NewFake(t)
	other.Serve(other.Step("stolen", func(http.ResponseWriter, *http.Request) {}))
	f.Inject(enginetest.StepPoll, enginetest.Fault{Times: -1, Body: `{"status":"completed","result":{"video_url":"` + other.URL + `/x.mp4"}}`})
	job, _ := enginetest.Job(t, retake.ReplaceVideo, "x")
	_, err := e.Retake(t.Context(), job, nil)
	if err == nil || strings.Contains(retake.UserMessage(err), other.URL) {
		t.Errorf("got %v", err)
	}
	if n := other.Seen("stolen"); n != 0 {
		t.Errorf("the private address was asked %d times", n)
	}
}
