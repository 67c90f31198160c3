package lut

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
)

// Bounds of a folder.
const (
	maxFiles     = 200
	maxFileBytes = 96 << 20
	maxName      = 80
)

// Folder is a folder of .cube files, each known by its name: "Kodak_2383-D60.cube" is "kodak 2383 d60". The nil folder has none.
type Folder struct {
	path  string
	files map[string]string // by name
}

// Open lists a folder and reads every file once, so that mistakes are told at the start, each with its file.
func Open(path string) (*Folder, error) {
	list, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("%s is no folder that can be read", path)
	}
	f := &Folder{path: path, files: map[string]string{}}
	var errs []error
	for _, d := range list {
		base, ok := strings.CutSuffix(strings.ToLower(d.Name()), ".cube")
		if d.IsDir() || !ok {
			continue
		}
		name := Name(base)
		switch other, taken := f.files[name]; {
		case name == "" || len(name) > maxName:
			errs = append(errs, fmt.Errorf("%s: a name has letters or digits, and at most %d bytes", d.Name(), maxName))
			continue
		case taken:
			errs = append(errs, fmt.Errorf("%s: has the same name as %s", d.Name(), other))
			continue
		case len(f.files) == maxFiles:
			return nil, fmt.Errorf("%s: more than %d tables", path, maxFiles)
		}
		f.files[name] = d.Name()
		if _, err := f.Load(name); err != nil {
			errs = append(errs, err)
		}
	}
	return f, errors.Join(errs...)
}

// Name brings a table's name to the form that folders list: lower case, words of letters and digits, parted by single spaces.
func Name(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, " ")
}

// Names lists the tables there are, in order.
func (f *Folder) Names() []string {
	if f == nil {
		return nil
	}
	var out []string
	for n := range f.files {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// Has reports whether there is a table of that name.
func (f *Folder) Has(name string) bool {
	if f == nil {
		return false
	}
	_, ok := f.files[name]
	return ok
}

// Load reads a table by its name, as Names has it.
func (f *Folder) Load(name string) (*Table, error) {
	if !f.Has(name) {
		return nil, fmt.Errorf("there is no LUT %q", name)
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, fmt.Errorf("%s: open the folder of LUTs: %w", f.files[name], err)
	}
	defer root.Close()
	file, err := root.Open(f.files[name])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.files[name], err)
	}
	defer file.Close()
	t, err := Parse(io.LimitReader(file, maxFileBytes))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.files[name], err)
	}
	return t, nil
}
