// Package oxen is the video half of the Oxen hub's API, as its public documentation describes it (docs.oxen.ai, 2026-08), which another server of this
// program speaks, too: the window as a file of a repository, a generation in the queue, which can be cancelled and is found again by its folder.
package oxen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

// Name is the engine's.
const Name = "oxen"

// Config is the hub, and where windows are put there.
type Config struct {
	hosted.Config `koanf:",squash"`

	Repo string `koanf:"repo"` // NAMESPACE/NAME of a repository that the key may write to
}

// DefaultConfig knows no price: the hub's differs by model, and is told by its rows.
func DefaultConfig() Config {
	c := Config{Config: hosted.DefaultConfig("https://hub.oxen.ai", "lightricks-ltx-2-retake", "OXEN_API_KEY", "")}
	c.PollEvery = 2 * time.Second
	return c
}

var repoForm = regexp.MustCompile(`^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$`)

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	err := c.Config.Validate()
	if c.Enabled && c.Repo == "" || c.Repo != "" && !repoForm.MatchString(c.Repo) {
		err = errors.Join(err, fmt.Errorf("repo must be NAMESPACE/NAME of a repository that the key may write to, where the windows are put; got %q", c.Repo))
	}
	return err
}

// New makes the engine.
func New(cfg Config, record string, log *slog.Logger) (retake.Engine, error) {
	s := service{model: cfg.Model, repo: cfg.Repo, base: strings.TrimSuffix(cfg.URL, "/")}
	return hosted.New(s, cfg.Config, hosted.Options{Name: Name, Scheme: "Bearer", Unit: retake.PerSecond, Currency: currency, Record: record, Log: log})
}

type service struct{ model, repo, base string }

// Info gives the hub's limits.
func (service) Info() retake.EngineInfo {
	return retake.EngineInfo{
		Title: "Oxen", Modes: retake.Modes(), MaxWindow: 20, MaxWidth: 1920, MaxHeight: 1080, Multiple: 8, MinFrames: 73, FixedSize: true,
		Version: "from its documentation", Needs: "a key of the hub, and a repository there", License: "the terms of the hub",
	}
}

var limits = hosted.Limits{Shortest: 2, Longest: 16}

// Check tells of what would be refused.
func (service) Check(o hosted.Order) error { return limits.Check("Oxen", o) }

// folder is where a job's files lie, by which it is known again.
func folder(o hosted.Order) string { return "retake/" + o.Mark }

// place is where the windows of a job lie in the repository, and window the file's name there.
func (s service) place(o hosted.Order) string {
	return "/api/repos/" + s.repo + "/file/main/" + folder(o)
}

const window = "window.mp4"

// Upload puts the window into the repository. A second upload replaces the first.
func (s service) Upload(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	if err := c.Form(ctx, http.MethodPut, s.place(o), hosted.Part{Field: "files[]", Name: window, Type: "video/mp4", Path: o.File}, nil, nil); err != nil {
		return "", err
	}
	return s.base + s.place(o) + "/" + window, nil
}

// Clean removes the window from the branch. The result stays: a run that is broken off after its download picks it up again.
func (s service) Clean(ctx context.Context, c *hosted.Client, o hosted.Order) error {
	return c.JSON(ctx, http.MethodDelete, s.place(o)+"/"+window, nil, nil)
}

type request struct {
	Model     string      `json:"model"`
	Prompt    string      `json:"prompt"`
	Input     string      `json:"input_video"`
	Start     float64     `json:"start_time"`
	Duration  float64     `json:"duration"`
	Mode      retake.Mode `json:"mode"`
	Count     int         `json:"num_generations"`
	Namespace string      `json:"target_namespace"`
	Repo      string      `json:"target_repo"`
	Folder    string      `json:"target_directory"`
}

// row is a generation. Its progress, warnings, error_type and error_field are another Retake's.
type row struct {
	ID       string          `json:"generation_id"`
	Status   string          `json:"status"`
	Result   string          `json:"result_url"`
	Message  string          `json:"error_message"`
	Kind     string          `json:"error_type"`
	Field    string          `json:"error_field"`
	Folder   string          `json:"target_directory"`
	Progress *float64        `json:"progress"`
	Cost     json.RawMessage `json:"cost"`     // a number or a decimal in a string; a server may leave it out here
	Currency string          `json:"currency"` // of another Retake's engine, "" for the hub's
	Warnings []string        `json:"warnings"`
}

// Submit queues the job. It always states every field, as defaults differ between providers.
func (s service) Submit(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	namespace, repo, _ := strings.Cut(s.repo, "/")
	r := request{Model: s.model, Prompt: o.Job.Prompt, Input: o.Address, Start: o.Start(), Duration: limits.Duration(o), Mode: o.Job.Mode, Count: 1,
		Namespace: namespace, Repo: repo, Folder: folder(o)}
	var out struct {
		Generations []row `json:"generations"`
	}
	if err := c.JSON(ctx, http.MethodPost, "/api/ai/queue", r, &out); err != nil {
		return "", err
	}
	if len(out.Generations) != 1 {
		return "", hosted.Garbled(fmt.Sprintf("%d generations for one", len(out.Generations)))
	}
	return out.Generations[0].ID, nil
}

// The pages of a list that are looked through: more generations than that since a job was handed in leave it in doubt.
const (
	pages    = 20
	pageSize = 100
)

// Find looks through the namespace's generations, newest first, for one of the job's folder. It filters here, as a server that understood
// a filter for folders in another way would hide a job that has been paid for.
func (s service) Find(ctx context.Context, c *hosted.Client, o hosted.Order) (string, error) {
	namespace, _, _ := strings.Cut(s.repo, "/")
	for page := 1; page <= pages; page++ {
		var out struct {
			Generations []row `json:"generations"`
			Pages       int   `json:"total_pages"`
		}
		ref := fmt.Sprintf("/api/ai/generations?namespace=%s&page=%d&page_size=%d", url.QueryEscape(namespace), page, pageSize)
		if err := c.JSON(ctx, http.MethodGet, ref, nil, &out); err != nil {
			return "", err
		}
		for _, r := range out.Generations {
			if strings.Trim(r.Folder, "/") == folder(o) {
				return r.ID, nil
			}
		}
		if page >= out.Pages {
			return "", nil
		}
	}
	return "", hosted.Garbled(fmt.Sprintf("the job is not among the newest %d", pages*pageSize))
}

// Poll asks after the generation.
func (s service) Poll(ctx context.Context, c *hosted.Client, id string) (hosted.Status, error) {
	var r row
	if err := c.JSON(ctx, http.MethodGet, "/api/ai/queue/"+url.PathEscape(id), nil, &r); err != nil {
		return hosted.Status{}, err
	}
	out := hosted.Status{Warnings: r.Warnings, Cost: cost(r.Cost)}
	if r.Currency != "" && r.Currency != currency && out.Cost != "" {
		out.Warnings, out.Cost = append(out.Warnings, "It cost "+out.Cost+" "+r.Currency+" there."), ""
	}
	if r.Progress != nil {
		out.Fraction = *r.Progress
	}
	switch r.Status {
	case "queued":
		out.State = hosted.Waiting
	case "processing":
		out.State = hosted.Running
	case "succeeded":
		if r.Result == "" {
			return hosted.Status{}, hosted.Garbled("a generation succeeded without a result")
		}
		out.State, out.Result = hosted.Done, r.Result
	case "failed":
		out.State, out.Refusal = hosted.Failed, refusal(r.Kind, r.Message, r.Field)
	case "cancelled":
		out.State, out.Refusal = hosted.Failed, hosted.Refusal{Message: "the generation was cancelled there"}
	default:
		return hosted.Status{}, hosted.Garbled(fmt.Sprintf("a generation is %q", r.Status))
	}
	return out, nil
}

// currency is that of the hub's prices.
const currency = "USD"

// cost reads a row's cost; "" for none, or what is no decimal.
func cost(raw json.RawMessage) (text string) {
	var number float64
	switch {
	case json.Unmarshal(raw, &text) == nil:
	case json.Unmarshal(raw, &number) == nil:
		text = strconv.FormatFloat(number, 'f', -1, 64)
	}
	if !retake.IsDecimal(text) {
		return ""
	}
	return text
}

// Cancel stops the generation. One that has ended stays as it is.
func (service) Cancel(ctx context.Context, c *hosted.Client, id string) error {
	return c.JSON(ctx, http.MethodDelete, "/api/ai/queue/"+url.PathEscape(id), nil, nil)
}

// codes are the hub's types of errors, and those that another Retake adds.
var codes = map[string]retake.Code{
	"invalid_params":  retake.CodeInvalid,
	"unauthenticated": retake.CodeEngineKey,
	"rate_limited":    retake.CodeOverloaded,
	"unavailable":     retake.CodeOverloaded,
	"overloaded":      retake.CodeOverloaded,
	"content_refused": retake.CodeRefused,
	"no_credit":       retake.CodeNoCredit,
}

// fields are those of a request that an error may name.
var fields = map[string]string{"prompt": "prompt", "mode": "mode", "duration": "duration", "start_time": "start_time", "input_video": "input_video"}

func refusal(kind, message, field string) hosted.Refusal {
	return hosted.Refusal{Code: codes[kind], Field: fields[field], Message: message}
}

// Explain reads either of the hub's two shapes.
func (service) Explain(status int, body []byte) hosted.Refusal {
	var e struct {
		Error struct {
			Type, Title, Detail, Message, Field string
		} `json:"error"`
		Status string `json:"status_message"`
	}
	_ = json.Unmarshal(body, &e) // what can't be read is sorted by the status
	kind, text := e.Error.Type, e.Error.Detail
	if kind == "" {
		kind = e.Status
	}
	for _, other := range []string{e.Error.Message, e.Error.Title} {
		if text == "" {
			text = other
		}
	}
	r := refusal(kind, text, e.Error.Field)
	r.NotTaken = kind != "" && status == http.StatusServiceUnavailable
	return r
}
