package model

import (
	"fmt"
	"strings"
)

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
