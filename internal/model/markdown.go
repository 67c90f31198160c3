package model

import (
	"fmt"
	"strings"
)

// Markdown writes the model's reference page from its schema. base is the server's address, without a slash at the end.
func (m *Model) Markdown(base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s`\n\n%s\n\n", m.DisplayName, m.ID, m.Description)
	b.WriteString("## Parameters\n\n| name | type | default | allowed | |\n|---|---|---|---|---|\n")
	for _, f := range m.fields {
		kind := f.Type
		if f.Required {
			kind += ", required"
		}
		def := f.DefaultText()
		if def != "" {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, kind, def, f.Allowed(), f.Description)
	}
	fmt.Fprintf(&b, "| `%s` | integer | | any | The same request with the same seed gives the same result. |\n", ParamSeed)
	fmt.Fprintf(&b, "| `%s` | string | | %s | The engine that makes the segment. |\n", ParamEngine, strings.Join(m.Engines, ", "))
	fmt.Fprintf(&b, "\n## A first call\n\n```sh\n%s\n```\n", m.Curl(base))
	return b.String()
}

// Curl returns a shell command that makes a first call, with the key in $OXEN_API_KEY.
func (m *Model) Curl(base string) string {
	return fmt.Sprintf(`curl %[1]s/api/ai/videos/generate \
  -H "Authorization: Bearer $OXEN_API_KEY" -H "Content-Type: application/json" \
  -d '{"model": "%[2]s", "%[3]s": "heavy snow",
       "%[4]s": "%[1]s/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
       "%[5]s": 3, "%[6]s": 4}'`, base, m.ID, m.request.Prompt, m.request.Input, m.request.Start, m.request.Duration)
}

// Allowed says in words what values the field takes, "" for any.
func (f Field) Allowed() string {
	unit := ""
	if f.Unit != "" {
		unit = " " + f.Unit
	}
	switch {
	case len(f.Enum) > 0:
		return strings.Join(f.Enum, ", ")
	case f.Minimum != nil && f.Maximum != nil:
		return fmt.Sprintf("%v to %v%s", *f.Minimum, *f.Maximum, unit)
	case f.Minimum != nil:
		return fmt.Sprintf("%v or more%s", *f.Minimum, unit)
	case f.MaxLength > 0:
		return fmt.Sprintf("at most %d characters", f.MaxLength)
	}
	return ""
}

// DefaultText writes the default, "" when there is none.
func (f Field) DefaultText() string {
	if f.Default == nil {
		return ""
	}
	return fmt.Sprint(f.Default)
}
