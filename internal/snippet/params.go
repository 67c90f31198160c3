package snippet

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"retake/internal/model"
	"retake/internal/retake"
)

// anyPrompt stands in for a missing prompt, and runs: it asks for the engine's demonstration look. A missing clip is the
// sample clip.
const anyPrompt = "<prompt>"

// param is one member of the body.
type param struct {
	name  string
	value any // nil, bool, string, json.Number, []any or map[string]any
}

// choose lists the body's members: the model, its parameters in the order of the form, then what every model takes.
func choose(m *model.Model, given map[string]any, all, queued bool) []param {
	list := []param{{"model", m.ID}}
	for _, f := range m.Fields() {
		v := given[f.Name]
		switch {
		case f.Required && (v == nil || v == ""):
			v = placeholder(m, f)
		case all && v == nil:
			v = f.Default
		case !all && !f.Required && same(v, f.Default):
			v = nil
		}
		if v != nil {
			list = append(list, param{f.Name, plain(v)})
		}
	}
	others := []string{model.ParamSeed, model.ParamEngine, model.ParamBridge, model.ParamTrack, "target_namespace", "target_repo", "target_directory"}
	if queued && (all || !same(given["num_generations"], 1.0)) {
		others = append(others, "num_generations")
	}
	for _, name := range others {
		v := given[name]
		if several, ok := v.([]any); ok && name == model.ParamEngine && !queued && len(several) > 0 {
			v = several[0] // one clip is answered, so one engine makes it
		}
		if v != nil && v != "" {
			list = append(list, param{name, plain(v)})
		}
	}
	return list
}

func placeholder(m *model.Model, f model.Field) any {
	switch {
	case f.Name == m.Names().Prompt:
		return anyPrompt
	case f.Name == m.Names().Input:
		return retake.SampleAddress
	case f.Default == nil && len(f.Enum) > 0:
		return f.Enum[0]
	}
	return f.Default
}

// same compares two JSON values; 6 and 6.0 are one number.
func same(a, b any) bool {
	if x, ok := plain(a).(json.Number); ok {
		y, ok := plain(b).(json.Number)
		if !ok {
			return false
		}
		f, err := x.Float64()
		g, err2 := y.Float64()
		return err == nil && err2 == nil && f == g
	}
	return reflect.DeepEqual(a, b)
}

// plain turns Go's numbers into JSON's.
func plain(v any) any {
	switch n := v.(type) {
	case float64:
		return json.Number(strconv.FormatFloat(n, 'g', -1, 64))
	case int, int64:
		return json.Number(fmt.Sprint(n))
	}
	return v
}

// command is what the retake command is called with, each value quoted for a shell.
type command struct {
	Input string
	Flags []string // "--start 4"
}

// newCommand maps the model's parameters onto the command's flags. Its defaults are those of LTX-2 Retake, whatever
// the model's are, so the fewest flags are those that differ from them.
func newCommand(m *model.Model, given map[string]any, all bool) command {
	values := map[string]any{}
	for _, p := range choose(m, given, true, false) {
		values[p.name] = p.value
	}
	n := m.Names()
	c := command{Input: shellWord(text(values[n.Input]))}
	for _, f := range []struct {
		flag        string
		value, deft any
	}{
		{"start", values[n.Start], 0.0},
		{"duration", values[n.Duration], retake.DefaultDuration},
		{"mode", values[n.Mode], string(retake.ReplaceVideo)},
		{"seed", values[model.ParamSeed], nil},
		{"engine", values[model.ParamEngine], nil},
		{"bridge", values[model.ParamBridge], nil},
		{"audio-track", values[model.ParamTrack], nil},
		{"model", m.ID, "lightricks-ltx-2-retake"},
	} {
		if f.value != nil && (all || !same(f.value, f.deft)) {
			c.Flags = append(c.Flags, asFlag(f.flag, text(f.value)))
		}
	}
	c.Flags = append(c.Flags, asFlag("prompt", text(values[n.Prompt])))
	return c
}

// asFlag writes a flag. With a space a value that begins with - would be taken for another flag.
func asFlag(name, value string) string {
	if strings.HasPrefix(value, "-") {
		return "--" + name + "=" + shellWord(value)
	}
	return "--" + name + " " + shellWord(value)
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return jsonLanguage.value(v)
}
