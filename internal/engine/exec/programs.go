package exec

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// Programs are the programs that are engines, by name.
type Programs map[string]*Config

var names = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Add adds a program with the default settings, if there is none of that name.
func (p Programs) Add(name string) error {
	if !names.MatchString(name) {
		return fmt.Errorf("the name of an engine is a small letter and up to 39 small letters, digits and underscores, got %q", name)
	}
	if p[name] == nil {
		c := DefaultConfig()
		p[name] = &c
	}
	return nil
}

// Names lists them in order.
func (p Programs) Names() []string { return slices.Sorted(maps.Keys(p)) }

// Validate reports all mistakes at once, each with its program's name.
func (p Programs) Validate() error {
	var errs []error
	for _, name := range p.Names() {
		if err := p[name].Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
