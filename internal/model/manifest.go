package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// manifest is a model's file.
type manifest struct {
	ID          string         `yaml:"id"`
	DisplayName string         `yaml:"display_name"`
	Summary     string         `yaml:"summary"`
	Description string         `yaml:"description"`
	OwnedBy     string         `yaml:"owned_by"`
	Developer   string         `yaml:"developer"`
	Created     int64          `yaml:"created"` // unix seconds
	ReleasedAt  string         `yaml:"released_at"`
	Endpoint    string         `yaml:"endpoint"`
	Input       []string       `yaml:"input"`
	Output      []string       `yaml:"output"`
	Pricing     map[string]any `yaml:"pricing"`
	Featured    bool           `yaml:"featured"`
	Engines     []string       `yaml:"engines"`
	Request     mapping        `yaml:"request"`
	Schema      map[string]any `yaml:"schema"`
}

// mapping names the parameter that each part of a retake.Request is read from.
type mapping struct {
	Prompt   string `yaml:"prompt"`
	Input    string `yaml:"input"`
	Start    string `yaml:"start"`
	Duration string `yaml:"duration"`
	Mode     string `yaml:"mode"`
}

func readManifest(data []byte) (*manifest, error) {
	var m manifest
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&m); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, err
	}
	return &m, m.validate()
}

// validate reports all mistakes at once, each naming its key.
func (m *manifest) validate() error {
	var errs []error
	text := func(key, value string) {
		if value == "" {
			errs = append(errs, fmt.Errorf("%s is missing", key))
		}
	}
	text("id", m.ID)
	text("display_name", m.DisplayName)
	text("endpoint", m.Endpoint)
	if len(m.Output) == 0 {
		errs = append(errs, errors.New("output is missing: say what the model makes, such as [video]"))
	}
	if !slices.Contains(m.Output, "video") {
		return errors.Join(errs...)
	}
	if len(m.Engines) == 0 {
		errs = append(errs, errors.New("engines is missing: name the engines that may serve the model"))
	}
	props, _ := m.Schema["properties"].(map[string]any)
	if len(props) == 0 {
		errs = append(errs, errors.New("schema.properties is missing"))
	}
	for key, param := range map[string]string{
		"request.prompt": m.Request.Prompt, "request.input": m.Request.Input, "request.start": m.Request.Start,
		"request.duration": m.Request.Duration, "request.mode": m.Request.Mode,
	} {
		if _, ok := props[param]; !ok {
			errs = append(errs, fmt.Errorf("%s names %q, which schema.properties does not have", key, param))
		}
	}
	return errors.Join(errs...)
}

// tellRoles writes into the schema what part of a retake each parameter is, in the words of the first model, so that
// a client can fill in a model whose names it doesn't know.
func (m *manifest) tellRoles() {
	props, _ := m.Schema["properties"].(map[string]any)
	for role, name := range map[string]string{
		"prompt": m.Request.Prompt, "input_video": m.Request.Input, "start_time": m.Request.Start,
		"duration": m.Request.Duration, "mode": m.Request.Mode,
	} {
		if p, ok := props[name].(map[string]any); ok {
			p["x-role"] = role
		}
	}
}

// object is the model as the API shows it.
type object struct {
	ID                string          `json:"id"`
	Name              string          `json:"name"`
	Object            string          `json:"object"`
	Created           int64           `json:"created"`
	OwnedBy           string          `json:"owned_by"`
	DisplayName       string          `json:"display_name"`
	Description       string          `json:"description"`
	Summary           string          `json:"summary"`
	ModelType         string          `json:"model_type"`
	Endpoint          string          `json:"endpoint"`
	Capabilities      capabilities    `json:"capabilities"`
	Pricing           map[string]any  `json:"pricing"`
	FineTuning        *struct{}       `json:"fine_tuning"`
	Deployments       []struct{}      `json:"deployments"`
	Developer         developer       `json:"developer"`
	SourceModel       *string         `json:"source_model"`
	ImageURL          *string         `json:"image_url"`
	ReleasedAt        *string         `json:"released_at"`
	RequestSchema     json.RawMessage `json:"request_schema"`
	JSONRequestSchema json.RawMessage `json:"json_request_schema"`
	Engines           []string        `json:"engines"` // those that may serve it, the preferred first
}

type capabilities struct {
	Input  []string `json:"input"`
	Output []string `json:"output"`
}

type developer struct {
	Name string  `json:"name"`
	Logo *string `json:"logo"`
}

func (m *manifest) object(schema json.RawMessage) object {
	o := object{
		ID: m.ID, Name: m.ID, Object: "model", Created: m.Created, OwnedBy: m.OwnedBy,
		DisplayName: m.DisplayName, Description: m.Description, Summary: m.Summary,
		ModelType: "base", Endpoint: m.Endpoint,
		Capabilities: capabilities{Input: m.Input, Output: m.Output},
		Pricing:      m.Pricing, Deployments: []struct{}{}, Developer: developer{Name: m.Developer},
		RequestSchema: schema, JSONRequestSchema: schema, Engines: m.Engines,
	}
	if o.Engines == nil {
		o.Engines = []string{}
	}
	if m.ReleasedAt != "" {
		o.ReleasedAt = &m.ReleasedAt
	}
	return o
}
