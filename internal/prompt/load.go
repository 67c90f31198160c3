package prompt

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed lexicon
var embedded embed.FS

// Lexicon reads prompts by the words of its languages. It may be used by many goroutines.
type Lexicon struct {
	catalog   Catalog
	languages []*language // the first is English
	planned   planned
}

// planned are names of effects and sounds that the lexicon may use though nobody makes them yet, each with a sentence.
type planned struct {
	Picture map[string]string `yaml:"picture"`
	Sound   map[string]string `yaml:"sound"`
}

const (
	mainLanguage  = "en"
	mostFiles     = 200     // of a language
	mostFileBytes = 1 << 20 // of a file
)

// NewLexicon reads the built-in lexicon and on top of it that in own, which may be nil: a folder for each language, named by its
// code, with files of YAML as docs/lexicon.md describes them. A phrase of own takes the place of a built-in one. The error
// names every mistake with its file.
func NewLexicon(c Catalog, own fs.FS) (*Lexicon, error) {
	l := &Lexicon{catalog: c}
	built, err := fs.Sub(embedded, "lexicon")
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	text, err := fs.ReadFile(built, "planned.yaml")
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	if err := decode(text, &l.planned); err != nil {
		return nil, fmt.Errorf("lexicon: planned.yaml: %w", err)
	}
	sources := []fs.FS{built}
	if own != nil {
		sources = append(sources, own)
	}
	codes, err := codes(sources)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	var errs []error
	for _, code := range codes {
		lang, err := l.language(code, sources)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.languages = append(l.languages, lang)
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("lexicon: %w", errors.Join(errs...))
	}
	return l, nil
}

// codes lists the languages of all sources, the main one first.
func codes(sources []fs.FS) ([]string, error) {
	out := []string{mainLanguage}
	for _, s := range sources {
		list, err := fs.ReadDir(s, ".")
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if d.IsDir() && !slices.Contains(out, d.Name()) && !strings.HasPrefix(d.Name(), ".") {
				out = append(out, d.Name())
			}
		}
	}
	return out, nil
}

// language reads one language from all sources.
func (l *Lexicon) language(code string, sources []fs.FS) (*language, error) {
	b := newBuilder(l, code)
	for n, s := range sources {
		list, err := fs.ReadDir(s, code)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(list) > mostFiles {
			return nil, fmt.Errorf("%s: more than %d files", code, mostFiles)
		}
		for _, d := range list {
			if ext := path.Ext(d.Name()); d.IsDir() || ext != ".yaml" && ext != ".yml" {
				continue
			}
			name := path.Join(code, d.Name())
			if err := b.file(s, name, n > 0); err != nil {
				b.errs = append(b.errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	return b.finish()
}

func (b *builder) file(s fs.FS, name string, own bool) error {
	f, err := s.Open(name)
	if err != nil {
		return errors.New("can't be read")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostFileBytes+1))
	switch {
	case err != nil:
		return errors.New("can't be read")
	case len(text) > mostFileBytes:
		return fmt.Errorf("is larger than %d bytes", mostFileBytes)
	}
	p := leaf{name: name, own: own}
	if err := decode(text, &p.sheet); err != nil {
		return err
	}
	b.pages = append(b.pages, p)
	return nil
}

// decode reads YAML whose keys must all be known.
func decode(text []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	err := d.Decode(into)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
