package builtin

import (
	"fmt"
	"os"

	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/sound"
)

// catalog is what the packages beneath can make, for the lexicon.
func catalog(luts []string) prompt.Catalog {
	var c prompt.Catalog
	for _, e := range picture.Entries() {
		t := prompt.Thing{Name: string(e.Kind), Doc: e.Doc, Takes: e.Takes, Falls: e.Falls}
		if e.Kind == picture.LUT {
			t.Names = luts
		}
		c.Picture = append(c.Picture, t)
	}
	for _, e := range sound.Entries() {
		c.Sound = append(c.Sound, prompt.Thing{Name: string(e.Kind), Doc: e.Doc, Takes: e.Takes, Falls: e.Kind == sound.Rain, Mixes: e.Mixes()})
	}
	return c
}

// lexicon is the built-in one with the operator's words on top.
func (c Config) lexicon(luts []string) (*prompt.Lexicon, error) {
	if c.Lexicon == "" {
		return prompt.NewLexicon(catalog(luts), nil)
	}
	if info, err := os.Stat(c.Lexicon); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("lexicon: %s is no folder that can be read", c.Lexicon)
	}
	return prompt.NewLexicon(catalog(luts), os.DirFS(c.Lexicon))
}
