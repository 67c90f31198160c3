package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"retake/internal/retake"
)

// Parameters that every model takes besides those of its schema.
const (
	ParamSeed   = "seed"   // integer
	ParamEngine = "engine" // one of the model's engines
	ParamBridge = "bridge" // one of retake.Bridges
	ParamTrack  = "audio_track"
)

// Request checks the parameters against the model's schema, fills in its defaults and maps them onto a request.
// Numbers may be float64, int, int64 or json.Number. A parameter that is null counts as not given; one that the
// schema does not know is ignored. The first mistake, in the order of the form, is returned as a CodeInvalid error
// that names the field, what is allowed and what was sent.
func (m *Model) Request(params map[string]any) (retake.Request, error) {
	if !m.MakesVideo() {
		return retake.Request{}, retake.Errorf(retake.CodeUnsupported, ":unsupported_media_type")
	}
	r, mistakes, err := m.Examine(params)
	switch {
	case err != nil:
		return retake.Request{}, err
	case len(mistakes) > 0:
		return r, mistakes[0]
	}
	return r, nil
}

// Examine is Request for a form that is being filled in: it returns all mistakes, those of the schema in the order of
// the form first, and a request in which whatever is wrong is left at its zero value.
func (m *Model) Examine(params map[string]any) (r retake.Request, mistakes []*retake.Error, err error) {
	given := make(map[string]any, len(m.fields))
	for _, f := range m.fields {
		if v, ok := params[f.Name]; ok && v != nil {
			given[f.Name] = v
		} else if f.Default != nil {
			given[f.Name] = f.Default
		}
	}
	if mistakes, err = m.check(given); err != nil {
		return r, nil, err
	}
	wrong := map[string]bool{}
	for _, e := range mistakes {
		wrong[e.Field] = true
		delete(given, e.Field)
	}
	r.Prompt, _ = given[m.request.Prompt].(string)
	r.Input, _ = given[m.request.Input].(string)
	mode, _ := given[m.request.Mode].(string)
	r.Mode = retake.Mode(mode)
	r.Start, _ = number(given[m.request.Start])
	r.Duration, _ = number(given[m.request.Duration])
	var e *retake.Error
	if r.Seed, e = seed(params[ParamSeed]); e != nil {
		mistakes = append(mistakes, e)
	}
	if r.Engine, e = m.engine(params[ParamEngine]); e != nil {
		mistakes = append(mistakes, e)
	}
	if r.Bridge, e = bridge(params[ParamBridge]); e != nil {
		mistakes = append(mistakes, e)
	}
	if r.Track, e = track(params[ParamTrack]); e != nil {
		mistakes = append(mistakes, e)
	}
	for _, e := range r.Mistakes() {
		if e = m.InOwnWords(e); !wrong[e.Field] {
			mistakes = append(mistakes, e)
		}
	}
	return r, mistakes, nil
}

// InOwnWords puts the model's own parameter name into an error that uses the domain's.
func (m *Model) InOwnWords(e *retake.Error) *retake.Error {
	names := map[string]string{
		"prompt": m.request.Prompt, "input_video": m.request.Input, "start_time": m.request.Start,
		"duration": m.request.Duration, "mode": m.request.Mode,
	}
	if own := names[e.Field]; own != "" && own != e.Field {
		renamed := *e
		renamed.Message = strings.ReplaceAll(e.Message, e.Field, own)
		renamed.Field = own
		return &renamed
	}
	return e
}

// Rename is InOwnWords for an error of any kind; another than a *retake.Error, and nil, it returns as it is.
func (m *Model) Rename(err error) error {
	if e, ok := errors.AsType[*retake.Error](err); ok {
		return m.InOwnWords(e)
	}
	return err
}

// check holds the values against the schema and returns every mistake. Not-finite numbers are caught first, alone: the
// schema's arithmetic has none.
func (m *Model) check(given map[string]any) ([]*retake.Error, error) {
	for _, f := range m.fields {
		v, ok := given[f.Name]
		if !ok {
			continue
		}
		if n, isNumber := number(v); isNumber && (math.IsInf(n, 0) || math.IsNaN(n)) {
			return []*retake.Error{m.outOfRange(&f, v)}, nil
		}
	}
	err := m.schema.Validate(given)
	if err == nil {
		return nil, nil
	}
	ve, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return nil, fmt.Errorf("check parameters: %w", err)
	}
	return m.explain(ve, given), nil
}

// explain turns the schema's complaints into one about each field of the form that has any.
func (m *Model) explain(ve *jsonschema.ValidationError, given map[string]any) (mistakes []*retake.Error) {
	complaints := map[string]*jsonschema.ValidationError{}
	missing := map[string]bool{}
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if req, ok := e.ErrorKind.(*kind.Required); ok && len(e.InstanceLocation) == 0 {
			for _, name := range req.Missing {
				missing[name] = true
			}
		} else if len(e.Causes) == 0 && len(e.InstanceLocation) > 0 && complaints[e.InstanceLocation[0]] == nil {
			complaints[e.InstanceLocation[0]] = e
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(ve)
	for i := range m.fields {
		f := &m.fields[i]
		if missing[f.Name] {
			mistakes = append(mistakes, retake.Invalid(f.Name, "%s is missing: %s", f.Name, lowerFirst(f.Description)))
		} else if c := complaints[f.Name]; c != nil {
			mistakes = append(mistakes, m.complain(f, c, given[f.Name]))
		}
	}
	if mistakes == nil {
		mistakes = append(mistakes, retake.Invalid("", "the parameters do not fit the model: %s", ve.Error()))
	}
	return mistakes
}

func (m *Model) complain(f *Field, e *jsonschema.ValidationError, sent any) *retake.Error {
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return retake.Invalid(f.Name, "%s must be %s, got %s", f.Name, withArticle(f.Type), show(sent))
	case *kind.Enum:
		return retake.Invalid(f.Name, "%s must be one of %s, got %s", f.Name, strings.Join(f.Enum, ", "), show(sent))
	case *kind.MinLength:
		return retake.Invalid(f.Name, "%s must not be empty: %s", f.Name, lowerFirst(f.Description))
	case *kind.MaxLength:
		return retake.Invalid(f.Name, "%s must be at most %d characters, got %d", f.Name, k.Want, k.Got)
	case *kind.Minimum, *kind.Maximum:
		return m.outOfRange(f, sent)
	}
	return retake.Invalid(f.Name, "%s does not fit the model's schema, got %s", f.Name, show(sent))
}

func (m *Model) outOfRange(f *Field, sent any) *retake.Error {
	unit := ""
	if f.Unit != "" {
		unit = " " + f.Unit
	}
	num := func(v *float64) string { return strconv.FormatFloat(*v, 'f', -1, 64) }
	switch {
	case f.Minimum != nil && f.Maximum != nil:
		return retake.Invalid(f.Name, "%s must be between %s and %s%s, got %s", f.Name, num(f.Minimum), num(f.Maximum), unit, show(sent))
	case f.Minimum != nil:
		return retake.Invalid(f.Name, "%s must be at least %s%s, got %s", f.Name, num(f.Minimum), unit, show(sent))
	case f.Maximum != nil:
		return retake.Invalid(f.Name, "%s must be at most %s%s, got %s", f.Name, num(f.Maximum), unit, show(sent))
	}
	return retake.Invalid(f.Name, "%s must be a finite number, got %s", f.Name, show(sent))
}

func seed(v any) (*int64, *retake.Error) {
	if v == nil {
		return nil, nil
	}
	if n, ok := v.(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			return &i, nil
		}
	}
	if i, ok := v.(int64); ok {
		return &i, nil
	}
	f, ok := number(v)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return nil, retake.Invalid(ParamSeed, "seed must be an integer, got %s", show(v))
	}
	i := int64(f)
	return &i, nil
}

func track(v any) (int, *retake.Error) {
	if v == nil {
		return 0, nil
	}
	n, ok := number(v)
	if !ok || n != math.Trunc(n) || n < 1 || n > retake.MaxTrack {
		return 0, retake.Invalid(ParamTrack, "audio_track must be the number of a sound track, from 1 on, got %s", show(v))
	}
	return int(n), nil
}

func bridge(v any) (retake.Bridge, *retake.Error) {
	if v == nil {
		return "", nil
	}
	name, _ := v.(string)
	if b := retake.Bridge(name); slices.Contains(retake.Bridges(), b) {
		return b, nil
	}
	return "", retake.Invalid(ParamBridge, "bridge must be one of near, exact, fast, got %s", show(v))
}

func (m *Model) engine(v any) (string, *retake.Error) {
	if v == nil {
		return "", nil
	}
	name, _ := v.(string)
	for _, e := range m.Engines {
		if e == name {
			return name, nil
		}
	}
	return "", retake.Invalid(ParamEngine, "engine must be one of %s, got %s", strings.Join(m.Engines, ", "), show(v))
}

// number reads a JSON number in any form Go gives it.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		if err != nil && !math.IsInf(f, 0) {
			return 0, false
		}
		return f, true
	}
	return 0, false
}

// show writes a value that was sent, shortened, so that the reader recognises it.
func show(v any) string {
	switch v := v.(type) {
	case string:
		const limit = 60
		if utf8.RuneCountInString(v) > limit {
			v = string([]rune(v)[:limit]) + "…"
		}
		return strconv.Quote(v)
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	}
	return fmt.Sprint(v)
}

func withArticle(kind string) string {
	switch kind {
	case "integer", "object", "array":
		return "an " + kind
	}
	return "a " + kind
}

func lowerFirst(s string) string {
	if s == "" {
		return "it is required"
	}
	r, size := utf8.DecodeRuneInString(s)
	return strings.TrimSuffix(strings.ToLower(string(r))+s[size:], ".")
}

// InputParam names the parameter that holds the clip.
func (m *Model) InputParam() string { return m.request.Input }

// Names are the parameters that hold each part of a retake.Request.
type Names struct{ Prompt, Input, Start, Duration, Mode string }

// Names returns the model's own.
func (m *Model) Names() Names { return Names(m.request) }
