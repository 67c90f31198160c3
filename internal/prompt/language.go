package prompt

import (
	"strings"

	"retake/internal/retake"
	"retake/internal/wish"
)

// language is the lexicon of one language, ready to be looked up.
type language struct {
	code    string
	name    string
	groups  []group
	byFirst map[string][]phrase // the phrases that begin with a word, longest first
	sets    map[string]map[string]bool
	lists   map[string][]string
	numbers map[string]float64
	colours map[string]wish.Colour // by word
	akin    map[string][]string    // by word: phrases of terms that come near it
	objects map[string]wish.Colour // by word; the usual colour, none for any
	speaks  map[string]speakerRow  // by word
	rows    tables
}

// tables are what the vocabulary shows beside the terms.
type tables struct {
	measures []measureRow
	colours  []colourRow
	details  []detailRow
	speakers []speakerRow
}

// group is the terms of one file.
type group struct {
	Title   string
	Order   int
	Entries []*Entry
}

// Entry is one meaning and the phrases that carry it.
type Entry struct {
	Phrases []string // lower case, words parted by one space
	Example string
	sense
}

// sense is what one entry asks for. A strength of 0 stands for Usual. An entry with looks and cues ("rain") means
// either or both, as the mode and the words around it say.
type sense struct {
	looks   []Look
	cues    []Cue
	missing []Missing    // what it stands for that can't be made
	quotes  bool         // it takes a quotation beside it
	beside  *wish.Detail // what the words mean beside something that takes it
	against *sense       // what they stand for where the prompt complains of it
	titles  bool         // beside a title they say how that comes and goes
}

// Looks returns the picture effects the entry stands for.
func (e *Entry) Looks() []Look { return e.looks }

// Cues returns the sounds the entry stands for.
func (e *Entry) Cues() []Cue { return e.cues }

// live reports whether anything of the entry can be made.
func (e *Entry) live() bool { return len(e.looks)+len(e.cues) > 0 }

// is reports whether w is among the words of a part of the grammar.
func (l *language) is(part, w string) bool { return l.sets[part][w] }

// grammarParts are the lists of words that a language's files may have under "grammar", with what they are for. Those without a
// title are not shown in the vocabulary.
var grammarParts = []struct{ key, title string }{
	{"small", ""},
	{"fillers", ""},
	{"negators", "not this"},
	{"removers", "take this away (which the engine can't, and says)"},
	{"melters", "no snow, where snow stands beside it"},
	{"changers", "what stands here gives way to what follows (turn … into …)"},
	{"add", "over the clip's own sound"},
	{"there", "what stands before it is in the clip's own sound, which is kept"},
	{"replace", "in the place of the clip's own sound"},
	{"hearing", "only the sound is meant"},
	{"recolour", "in front of a thing and its new colour (make the red jacket blue)"},
	{"heard", ""},
	{"changed_to", ""},
	{"colour_from", ""},
	{"not_negators", ""},
	{"boosters", ""},
	{"but", ""},
	{"then", "what comes after what was said before (first snow, then rain)"},
	{"seconds", ""},
	{"only", ""},
	{"wishes", ""},
	{"makers", ""},
	{"complaints", "this is to be mended, not made (the hum is annoying)"},
	{"menders", ""},
	{"pointing", ""},
	{"it", ""},
	{"sights", ""},
	{"everything", ""},
	{"stoppers", ""},
	{"voices", ""},
	{"appearing", ""},
	{"in_colour", ""},
	{"likened", ""},
	{"writing", ""},
	{"seen", ""},
	{"and", ""},
	{"or", ""},
	{"joins", ""},
	{"bare", ""},
	{"only_not", ""},
	{"too", ""},
	{"except", ""},
	{"adverbs", ""},
	{"noun_light", ""},
	{"bounds", ""},
	{"standing", ""},
	{"melt_between", ""},
	{"everything", ""},
	{"shades_light", ""},
	{"shades_dark", ""},
	{"shades_other", ""},
}

func grammarPart(key string) bool {
	for _, p := range grammarParts {
		if p.key == key {
			return true
		}
	}
	return false
}

// entries lists all entries with something that can be made.
func (l *language) entries() []*Entry {
	var out []*Entry
	for _, g := range l.groups {
		for _, e := range g.Entries {
			if e.live() {
				out = append(out, e)
			}
		}
	}
	return out
}

// titles is what the words for a title stand for, nil where the language has none.
func (l *language) titles() *sense {
	for _, e := range l.entries() {
		if e.quotes && e.gives("title") {
			return &e.sense
		}
	}
	return nil
}

func (e *Entry) kind() string {
	switch {
	case len(e.cues) == 0:
		return retake.TermPicture
	case len(e.looks) == 0:
		return retake.TermSound
	}
	return retake.TermBoth
}

// spelled is a phrase as the lexicon keeps it.
func spelled(p string) string { return strings.ToLower(strings.Join(strings.Fields(p), " ")) }
