package enginetest

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

// Object is an object in JSON.
type Object = map[string]any

// Say answers in JSON.
func Say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Authorised is a handler that answers 401 to whoever does not send the header Authorization as it should be.
func Authorised(header string, refusal Object, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != header {
			Say(w, http.StatusUnauthorized, refusal)
			return
		}
		h(w, r)
	}
}

// Key is the key of all fakes. Hurry tells an engine where it is.
const Key = "test-key"

const keyEnv = "RETAKE_TEST_KEY"

// withinEnv is how long a job may take that is to be late.
const withinEnv = "RETAKE_TEST_JOB_WITHIN"

// Hurry gives an engine the fakes' key, and short pauses. A request may take longer than any answer of a fake does on a busy machine.
func Hurry(t testing.TB, c *hosted.Config) {
	t.Setenv(keyEnv, Key)
	c.KeyEnv = keyEnv
	c.RequestWithin, c.PollEvery, c.LostWithin = 1500*time.Millisecond, 5*time.Millisecond, 500*time.Millisecond
	if within, err := time.ParseDuration(os.Getenv(withinEnv)); err == nil {
		c.JobWithin = within
	}
}

// Make makes an engine of a provider, which tells nothing and records nothing.
func Make[C any](t testing.TB, cfg C, make func(cfg C, record string, log *slog.Logger) (retake.Engine, error)) retake.Engine {
	t.Helper()
	e, err := make(cfg, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return e
}
