package builtin

import (
	"fmt"
	"os"

	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/sound"
)

// catalog is what the packages beneath can make, for the lexicon.
func catalog() prompt.Catalog {
	var c prompt.Catalog
	for _, e := range picture.Entries() {
		c.Picture = append(c.Picture, prompt.Thing{Name: string(e.Kind), Doc: e.Doc, Takes: e.Takes, Falls: e.Falls})
	}
	for _, e := range sound.Entries() {
		c.Sound = append(c.Sound, prompt.Thing{Name: string(e.Kind), Doc: e.Doc, Takes: e.Takes, Falls: e.Kind == sound.Rain, Mixes: e.Mixes()})
	}
	return c
}

// lexicon is the built-in one with the operator's words on top.
func (c Config) lexicon() (*prompt.Lexicon, error) {
	if c.Lexicon == "" {
		return prompt.NewLexicon(catalog(), nil)
	}
	if info, err := os.Stat(c.Lexicon); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("lexicon: %s is no folder that can be read", c.Lexicon)
	}
	return prompt.NewLexicon(catalog(), os.DirFS(c.Lexicon))
}
