package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Model is one model of the server. It is read-only once loaded and safe for concurrent use.
type Model struct {
	ID          string
	DisplayName string
	Summary     string
	Description string
	Developer   string
	Featured    bool
	// Engines names those that may serve the model, the preferred first.
	Engines []string

	outputs []string
	request mapping
	fields  []Field
	byName  map[string]*Field
	schema  *jsonschema.Schema
	object  json.RawMessage
}

// Field is one parameter, as the model's schema describes it.
type Field struct {
	Name        string
	Type        string // JSON Schema's: string, number, integer, boolean, object, array
	Description string
	Required    bool
	Default     any // nil when there is none
	Minimum     *float64
	Maximum     *float64
	MaxLength   int // characters, 0 when unlimited
	Enum        []string
	Unit        string // "seconds"
}

// JSON returns the model object of the API, encoded. It must not be changed.
func (m *Model) JSON() json.RawMessage { return m.object }

// Fields lists the parameters in the order forms show them. It must not be changed.
func (m *Model) Fields() []Field { return m.fields }

// MakesVideo reports whether the model's output is a video.
func (m *Model) MakesVideo() bool { return slices.Contains(m.outputs, "video") }

// matches reports whether the model's texts hold every word of the lower-case query.
func (m *Model) matches(query string) bool {
	text := strings.ToLower(m.ID + " " + m.DisplayName + " " + m.Developer + " " + m.Summary + " " + m.Description)
	for word := range strings.FieldsSeq(query) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// parse makes a model of a manifest's bytes, which preferred engines serve before its own.
func parse(data []byte, prefer []string) (*Model, error) {
	man, err := readManifest(data)
	if err != nil {
		return nil, err
	}
	if slices.Contains(man.Output, "video") {
		man.Engines = preferred(prefer, man.Engines)
	}
	m := &Model{
		ID: man.ID, DisplayName: man.DisplayName, Summary: man.Summary, Description: man.Description,
		Developer: man.Developer, Featured: man.Featured, Engines: man.Engines,
		outputs: man.Output, request: man.Request, byName: map[string]*Field{},
	}
	if man.Schema == nil {
		man.Schema = map[string]any{} // a model that makes no video: nothing is asked of its parameters
	}
	man.tellRoles()
	raw, err := json.Marshal(man.Schema)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if m.schema, err = compile(raw); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if m.fields, err = readFields(raw); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	for i := range m.fields {
		m.byName[m.fields[i].Name] = &m.fields[i]
	}
	if m.object, err = json.Marshal(man.object(raw)); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return m, nil
}

// preferred lists the engines of both, each once, those of first before the others.
func preferred(first, then []string) (all []string) {
	for _, name := range slices.Concat(first, then) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func compile(schema []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	const name = "retake:///model.json"
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// noLoader keeps a schema from naming files or addresses to read.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("a schema can't refer to another document (%s)", url)
}

// readFields lists a schema's properties, those of x-order first, then the rest by name.
func readFields(schema []byte) ([]Field, error) {
	var s struct {
		Required   []string `json:"required"`
		Order      []string `json:"x-order"`
		Properties map[string]struct {
			Type        string   `json:"type"`
			Description string   `json:"description"`
			Default     any      `json:"default"`
			Minimum     *float64 `json:"minimum"`
			Maximum     *float64 `json:"maximum"`
			MaxLength   int      `json:"maxLength"`
			Enum        []string `json:"enum"`
			Unit        string   `json:"x-unit"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, err
	}
	names := slices.Clone(s.Order)
	var rest []string
	for name := range s.Properties {
		if !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	var fields []Field
	for _, name := range append(names, rest...) {
		p, ok := s.Properties[name]
		if !ok {
			return nil, fmt.Errorf("x-order names %q, which is not a property", name)
		}
		fields = append(fields, Field{
			Name: name, Type: p.Type, Description: p.Description, Required: slices.Contains(s.Required, name),
			Default: p.Default, Minimum: p.Minimum, Maximum: p.Maximum, MaxLength: p.MaxLength, Enum: p.Enum, Unit: p.Unit,
		})
	}
	return fields, nil
}
