package webui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object that keeps its order, which is that of the page. The values are *object, []any, string,
// json.Number, bool or nil.
type object struct {
	names  []string
	values map[string]any
}

func readOrdered(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return readValue(dec)
}

func readValue(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := &object{values: map[string]any{}}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := readValue(dec)
			if err != nil {
				return nil, err
			}
			o.names = append(o.names, name.(string))
			o.values[name.(string)] = v
		}
		_, err = dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := readValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	}
	return token, nil
}

// at follows a path of names; nil where there is nothing.
func (o *object) at(path ...string) any {
	var v any = o
	for _, name := range path {
		next, _ := v.(*object)
		if next == nil {
			return nil
		}
		v = next.values[name]
	}
	return v
}

func (o *object) object(path ...string) *object {
	v, _ := o.at(path...).(*object)
	if v == nil {
		return &object{}
	}
	return v
}

func (o *object) text(path ...string) string {
	v, _ := o.at(path...).(string)
	return v
}

func (o *object) list(path ...string) []any {
	v, _ := o.at(path...).([]any)
	return v
}

// Reference is an OpenAPI description made ready for a page.
type Reference struct {
	Description string
	Groups      []Group
	Schemas     []Schema
	Errors      []Answer // the shared ones
}

// Group is the operations of one tag.
type Group struct {
	Tag        string
	Operations []Operation
}

// Operation is one method of one route.
type Operation struct {
	ID, Method, Path, Summary, Description string

	Open       bool // needs no key
	Parameters []Row
	Bodies     []Body
	Answers    []Answer // other than the shared errors
	Errors     []string // statuses of shared errors
}

// Body is what is sent or answered as one media type.
type Body struct {
	Type string
	Ref  string // the name of a schema
	Rows []Row  // or its members
}

// Answer is what comes back with a status.
type Answer struct {
	Status, Description string
	Bodies              []Body
}

// NewReference reads an OpenAPI 3.0 description.
func NewReference(spec []byte) (*Reference, error) {
	v, err := readOrdered(spec)
	if err != nil {
		return nil, fmt.Errorf("read description: %w", err)
	}
	doc, ok := v.(*object)
	if !ok {
		return nil, fmt.Errorf("read description: it is no object")
	}
	r := &Reference{Description: doc.text("info", "description")}
	groups := map[string]int{}
	paths := doc.object("paths")
	for _, path := range paths.names {
		item := paths.object(path)
		for _, method := range item.names {
			op := item.object(method)
			tag := "other"
			if tags := op.list("tags"); len(tags) > 0 {
				tag = fmt.Sprint(tags[0])
			}
			if _, ok := groups[tag]; !ok {
				groups[tag] = len(r.Groups)
				r.Groups = append(r.Groups, Group{Tag: tag})
			}
			g := &r.Groups[groups[tag]]
			g.Operations = append(g.Operations, readOperation(op, strings.ToUpper(method), path))
		}
	}
	schemas := doc.object("components", "schemas")
	for _, name := range schemas.names {
		r.Schemas = append(r.Schemas, readSchema(name, schemas.object(name)))
	}
	responses := doc.object("components", "responses")
	for _, status := range responses.names {
		r.Errors = append(r.Errors, readAnswer(status, responses.object(status)))
	}
	return r, nil
}

func readOperation(op *object, method, path string) Operation {
	o := Operation{ID: op.text("operationId"), Method: method, Path: path, Summary: op.text("summary"), Description: op.text("description")}
	security, ok := op.at("security").([]any)
	o.Open = ok && len(security) == 0
	for _, p := range op.list("parameters") {
		p, _ := p.(*object)
		row := describe(p.text("name"), p.object("schema"), p.at("required") == true)
		row.In = p.text("in")
		if d := p.text("description"); d != "" {
			row.Description = d
		}
		o.Parameters = append(o.Parameters, row)
	}
	o.Bodies = readBodies(op.object("requestBody", "content"))
	answers := op.object("responses")
	for _, status := range answers.names {
		a := answers.object(status)
		if a.text("$ref") != "" {
			o.Errors = append(o.Errors, status)
			continue
		}
		o.Answers = append(o.Answers, readAnswer(status, a))
	}
	return o
}

func readAnswer(status string, a *object) Answer {
	return Answer{Status: status, Description: a.text("description"), Bodies: readBodies(a.object("content"))}
}

func readBodies(content *object) []Body {
	var list []Body
	for _, kind := range content.names {
		schema := content.object(kind, "schema")
		b := Body{Type: kind, Ref: refName(schema)}
		if b.Ref == "" {
			b.Rows = members("", schema)
		}
		list = append(list, b)
	}
	return list
}
