package httpapi

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"retake/internal/model"
	"retake/internal/retake"
)

const (
	maxKeyLength = 255      // of an Idempotency-Key
	maxParams    = 64 << 10 // bytes of a request without its clip; they are kept in the row of each take
	maxInput     = 4 << 10  // bytes of a clip's address up to which rows are found by it
)

// submission is a request for generations that may be accepted.
type submission struct {
	model   *model.Model
	params  map[string]any
	engines []choice
	target  target
	once    *retake.Idempotency
}

// target says where a result goes. An empty repo or directory leaves it to the run.
type target struct{ namespace, repo, directory string }

// readSubmission checks all that is checked before a request is accepted, save the model's own parameters.
func (s *Server) readSubmission(x *exchange) (*submission, error) {
	if s.draining() {
		return nil, draining()
	}
	params, body, err := s.readObject(x)
	if err != nil {
		return nil, err
	}
	sub := &submission{params: params}
	if sub.model, err = s.modelFor(params); err != nil {
		return nil, err
	}
	if sub.target, err = readTarget(x, params); err != nil {
		return nil, err
	}
	if sub.engines, err = s.engines.choose(x.r.Context(), sub.model, params[model.ParamEngine]); err != nil {
		return nil, err
	}
	if sub.once, err = idempotency(x, body); err != nil {
		return nil, err
	}
	if err := checkSize(params, sub.model.InputParam(), body); err != nil {
		return nil, err
	}
	return sub, nil
}

// checkSize refuses a request with too many bytes besides a clip that it carries, and names what takes most of them.
func checkSize(params map[string]any, input string, body []byte) error {
	clipBytes := inlineBytes(params[input])
	if len(body)-clipBytes <= maxParams {
		return nil
	}
	e := retake.Errorf(retake.CodeTooLarge, "The request is too large: without its clip it may have at most %s.", retake.SizeInWords(maxParams))
	most := 0
	for name, value := range params {
		text, err := json.Marshal(value)
		n := len(name) + len(text)
		if name == input {
			n -= clipBytes
		}
		if err == nil && n > most {
			most, e.Field = n, clip(name)
		}
	}
	if e.Field != "" {
		e.Message += fmt.Sprintf(" The largest of its parameters, %s, takes %s.", e.Field, retake.SizeInWords(int64(most)))
	}
	return e
}

func (s *Server) modelFor(params map[string]any) (*model.Model, error) {
	m, err := s.videoModel(params)
	if err != nil {
		return nil, err
	}
	_, err = requiredString(params, "prompt")
	return m, err
}

func readTarget(x *exchange, params map[string]any) (t target, err error) {
	if t.namespace, err = optionalString(params, "target_namespace"); err != nil {
		return t, err
	}
	if t.repo, err = optionalString(params, "target_repo"); err != nil {
		return t, err
	}
	if t.directory, err = optionalString(params, "target_directory"); err != nil {
		return t, err
	}
	t.directory = strings.Trim(t.directory, "/")
	if t.namespace == "" {
		t.namespace = x.key.Namespace
	}
	if !mayUse(x.key, t.namespace) {
		return t, notFound("Namespace not found: %s", clip(t.namespace))
	}
	return t, checkTarget(t.repo, t.directory)
}

func idempotency(x *exchange, body []byte) (*retake.Idempotency, error) {
	key := x.r.Header.Get("Idempotency-Key")
	if key == "" {
		return nil, nil
	}
	if len(key) > maxKeyLength {
		return nil, retake.Invalid("Idempotency-Key", "Idempotency-Key must be at most %d characters, got %d", maxKeyLength, len(key))
	}
	sum := sha256.New()
	sum.Write([]byte(x.r.URL.Path + "\n"))
	sum.Write(body)
	return &retake.Idempotency{Namespace: x.key.Namespace, Key: key, BodyHash: hex.EncodeToString(sum.Sum(nil))}, nil
}

// several reports whether the request names its engines by a list.
func (sub *submission) several() bool {
	_, list := sub.params[model.ParamEngine].([]any)
	return list
}

// with returns the parameters for one of the engines of a list. Others are left as they were sent.
func (sub *submission) with(engine string) map[string]any {
	if !sub.several() {
		return sub.params
	}
	own := maps.Clone(sub.params)
	own[model.ParamEngine] = engine
	return own
}

// checkModes refuses a list of engines of which one can't do what is asked; it is not worth half of an answer. A single engine, and a mode that
// is none, fail when they run, as on the hub.
func (s *Server) checkModes(sub *submission) error {
	if !sub.several() {
		return nil
	}
	req, _, err := sub.model.Examine(sub.with(sub.engines[0].name))
	if err != nil || !req.Mode.Valid() {
		return err
	}
	for _, c := range sub.engines {
		if !s.engines.does(c.name, req.Mode) {
			return retake.Invalid(model.ParamEngine, "the engine %s does not do %s; leave it out of engine, or choose another mode", c.name, req.Mode)
		}
	}
	return nil
}

// count reads num_generations, which counts for each of so many engines.
func count(params map[string]any, engines int) (int, error) {
	n, err := takes(params)
	if err == nil && n*engines > retake.MaxTakes {
		return 0, retake.Invalid("num_generations", "num_generations times the number of engines must be at most %d, got %d × %d", retake.MaxTakes, n, engines)
	}
	return n, err
}

func takes(params map[string]any) (int, error) {
	bad := retake.Invalid("num_generations", "num_generations must be an integer between 1 and %d", retake.MaxTakes)
	switch v := params["num_generations"].(type) {
	case nil:
		return 1, nil
	case json.Number:
		f, err := v.Float64()
		if err != nil || f != math.Trunc(f) || f < 1 || f > retake.MaxTakes {
			return 0, bad
		}
		return int(f), nil
	}
	return 0, bad
}

// create stores n generations for each engine and tells the queue. Takes that differ by their engine alone have the same seed.
func (s *Server) create(x *exchange, sub *submission, n int) ([]*retake.Generation, error) {
	if err := s.storeInline(x, sub); err != nil {
		return nil, err
	}
	prompt, _ := sub.params["prompt"].(string)
	input, _ := sub.params[sub.model.InputParam()].(string)
	granted := ""
	if name, ok := s.locate(input); ok && s.readable(x.key, &retake.File{Namespace: name.Namespace, Repo: name.Repo}) {
		granted = name.Namespace
	}
	if len(input) > maxInput {
		input = ""
	}
	request := ""
	if n*len(sub.engines) > 1 {
		request = uuid.NewString()
	}
	gens := make([]*retake.Generation, n*len(sub.engines))
	for i := range gens {
		engine := sub.engines[i/n].name
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("make an id: %w", err)
		}
		gens[i] = &retake.Generation{
			ID: id.String(), Namespace: x.key.Namespace, Username: x.key.Namespace, Model: sub.model.ID,
			Params: sub.with(engine), Prompt: prompt, Input: input, InputNamespace: granted, Engine: engine, Request: request,
			TargetNamespace: sub.target.namespace, TargetRepo: sub.target.repo, TargetDirectory: sub.target.directory,
			Status: retake.Queued, Enqueued: s.now(),
		}
	}
	if len(gens) > 1 {
		varySeeds(gens, n)
	}
	made, err := s.store.Create(x.r.Context(), gens, sub.once)
	if errors.Is(err, retake.ErrKeyReused) {
		return nil, retake.Errorf(retake.CodeConflict, "This Idempotency-Key was used with another request in the last 24 hours. Use a new key for a new request.")
	}
	if err != nil {
		return nil, fmt.Errorf("create generations: %w", err)
	}
	if len(made) == 0 {
		return nil, notFound("What was made with this Idempotency-Key has been deleted. Use a new key to make it again.")
	}
	for i, g := range made {
		if i < len(gens) && g.ID == gens[i].ID { // and not of an earlier request with the same Idempotency-Key
			s.hub.Tell(retake.Event{Namespace: g.Namespace, Name: retake.EventQueued, Generation: g, At: g.Enqueued})
		}
	}
	s.queue.Wake()
	return made, nil
}

// varySeeds gives each of the n generations of an engine a seed of its own, counting up from the one asked for, or from one
// derived from the request: alike, they would all be the same clip. A seed that is no integer is left to fail.
func varySeeds(gens []*retake.Generation, n int) {
	params := gens[0].Params
	base := derivedSeed(params)
	if sent := params[model.ParamSeed]; sent != nil {
		number, ok := sent.(json.Number)
		if !ok {
			return
		}
		var err error
		if base, err = number.Int64(); err != nil || base > math.MaxInt64-retake.MaxTakes {
			return
		}
	}
	for i, g := range gens {
		g.Params = maps.Clone(g.Params)
		g.Params[model.ParamSeed] = json.Number(fmt.Sprint(base + int64(i%n)))
	}
}

func derivedSeed(params map[string]any) int64 {
	text, err := json.Marshal(params) // sorted by name
	if err != nil {
		return 0
	}
	sum := sha256.Sum256(text)
	return int64(binary.BigEndian.Uint32(sum[:4]))
}

// preferences reads the Prefer header (RFC 7240) into its names and values.
func preferences(h http.Header) map[string]string {
	var prefs map[string]string
	for _, line := range h.Values("Prefer") {
		for part := range strings.SplitSeq(line, ",") {
			token, _, _ := strings.Cut(part, ";")
			name, value, _ := strings.Cut(strings.TrimSpace(token), "=")
			if prefs == nil {
				prefs = map[string]string{}
			}
			prefs[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return prefs
}
