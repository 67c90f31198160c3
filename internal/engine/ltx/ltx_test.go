package ltx

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

func open(t *testing.T) (retake.Engine, *enginetest.Fake) {
	t.Helper()
	f := enginetest.NewFake(t)
	f.ServeLTX()
	return enginetest.Make(t, quick(t, f.URL), New), f
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
	if want := `{"duration":2.001,"mode":"replace_audio_and_video","model":"ltx-2-3-pro","prompt":"a storm","resolution":"1920x1080","start_time":0.333,"video_uri":"ltx://one"}`; string(got) != want {
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
