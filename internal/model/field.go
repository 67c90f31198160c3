package model

import (
	"fmt"
	"strings"
)

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
