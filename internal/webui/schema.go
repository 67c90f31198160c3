package webui

import (
	"fmt"
	"slices"
	"strings"
)

// Schema is one named shape.
type Schema struct {
	Name, Description string
	Forms             [][]Row // alternatives, one as a rule
}

// Row is one parameter, or one member of an object.
type Row struct {
	Name     string // with dots for what lies within, and [] for each of a list
	In       string // of a parameter: path, query, header
	Type     string
	Ref      string // the schema that the type names
	Required bool

	Default, Allowed, Description string
}

func readSchema(name string, s *object) Schema {
	out := Schema{Name: name, Description: s.text("description")}
	for _, form := range s.list("oneOf") {
		if form, ok := form.(*object); ok {
			out.Forms = append(out.Forms, members("", form))
		}
	}
	if rows := members("", s); len(rows) > 0 {
		out.Forms = append(out.Forms, rows)
	}
	return out
}

// members lists an object's members, and theirs.
func members(prefix string, s *object) []Row {
	var required []string
	for _, name := range s.list("required") {
		required = append(required, fmt.Sprint(name))
	}
	var rows []Row
	props := s.object("properties")
	for _, name := range props.names {
		p := props.object(name)
		full := prefix + name
		rows = append(rows, describe(full, p, slices.Contains(required, name)))
		rows = append(rows, members(full+".", p)...)
		rows = append(rows, members(full+"[].", p.object("items"))...)
	}
	return rows
}

func describe(name string, s *object, required bool) Row {
	row := Row{Name: name, Required: required, Description: s.text("description"), Allowed: allowed(s)}
	row.Type, row.Ref = typeOf(s)
	if d := s.at("default"); d != nil {
		row.Default = fmt.Sprint(d)
	}
	return row
}

// typeOf says a type in words, and names the schema that it points to.
func typeOf(s *object) (words, ref string) {
	words = s.text("type")
	switch {
	case refName(s) != "":
		words, ref = refName(s), refName(s)
	case words == "array":
		item, of := typeOf(s.object("items"))
		words, ref = "array of "+item, of
	case words == "":
		words = "any"
	case s.text("format") != "":
		words += " (" + s.text("format") + ")"
	}
	if s.at("nullable") == true {
		words += " or null"
	}
	return words, ref
}

func refName(s *object) string {
	return strings.TrimPrefix(s.text("$ref"), "#/components/schemas/")
}

// allowed says what values a schema takes, "" for any.
func allowed(s *object) string {
	var list []string
	for _, v := range s.list("enum") {
		if v != nil {
			list = append(list, fmt.Sprint(v))
		}
	}
	low, high, length := s.at("minimum"), s.at("maximum"), s.at("maxLength")
	switch {
	case len(list) > 0:
		return strings.Join(list, ", ")
	case low != nil && high != nil:
		return fmt.Sprintf("%v to %v", low, high)
	case low != nil:
		return fmt.Sprintf("%v or more", low)
	case high != nil:
		return fmt.Sprintf("at most %v", high)
	case length != nil:
		return fmt.Sprintf("at most %v characters", length)
	}
	return ""
}
