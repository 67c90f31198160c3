package enginetest

import (
	"encoding/json"
	"io"
	"net/http"
)

// ServeLTX starts the LTX API as its documentation has it. Its key is test-key, and what is secret in its addresses s3cr3t.
func (f *Fake) ServeLTX() {
	mux := http.NewServeMux()
	type m = Object
	authorised := func(h http.HandlerFunc) http.HandlerFunc {
		return Authorised("Bearer "+Key, m{"type": "error", "error": m{"type": "authentication_error", "message": "Invalid API key"}}, h)
	}
	mux.HandleFunc("POST /v1/upload", authorised(f.Step("place", func(w http.ResponseWriter, _ *http.Request) {
		Say(w, 200, m{"upload_url": f.URL + "/storage/one?signature=s3cr3t", "storage_uri": "ltx://one", "required_headers": m{"x-goog-content-length-range": "0,104857600"}})
	})))
	mux.HandleFunc("PUT /storage/one", f.Step(StepUpload, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Goog-Content-Length-Range") == "" {
			w.WriteHeader(403)
			return
		}
		if f.Keep("ltx://one", r.Body) != nil {
			w.WriteHeader(400)
		}
	}))
	mux.HandleFunc("POST /v2/retake", authorised(f.Step(StepSubmit, func(w http.ResponseWriter, r *http.Request) {
		var p m
		raw, _ := io.ReadAll(r.Body)
		if json.Unmarshal(raw, &p) != nil || f.Uploaded(p["video_uri"].(string)) == "" || p["duration"].(float64) < 2 {
			Say(w, 400, m{"type": "error", "error": m{"type": "invalid_request_error", "message": "bad request"}})
			return
		}
		Say(w, 202, m{"id": f.Take("ltx://one", p).ID, "status": "pending"})
	})))
	mux.HandleFunc("GET /v2/retake/{id}", authorised(f.Step(StepPoll, func(w http.ResponseWriter, r *http.Request) {
		j, done := f.Ask(r.PathValue("id"))
		switch {
		case j == nil:
			Say(w, 404, m{"type": "error", "error": m{"type": "not_found_error", "message": "no such job"}})
		case !done:
			Say(w, 200, m{"id": j.ID, "status": "processing"})
		case j.Failure != "":
			Say(w, 200, m{"id": j.ID, "status": "failed", "error": m{"type": j.Failure, "message": "the video was flagged"}})
		default:
			Say(w, 200, m{"id": j.ID, "status": "completed", "result": m{"video_url": f.URL + "/results/" + j.ID + ".mp4?sig=s3cr3t"}})
		}
	})))
	mux.HandleFunc("GET /results/", f.Step(StepDownload, f.Result))
	f.Serve(mux)
}
