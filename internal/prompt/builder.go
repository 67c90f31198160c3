package prompt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"retake/internal/wish"
)

// builder puts the files of a language together.
type builder struct {
	lex     *Lexicon
	l       *language
	own     bool // what is added is the user's, and goes before what is built in
	owner   map[string]string
	mine    map[string]bool // phrases of the user's
	endings []string
	colours []colourRow
	pages   []leaf
	errs    []error
}

// leaf is a file that was read.
type leaf struct {
	name string
	own  bool
	sheet
}

func newBuilder(lex *Lexicon, code string) *builder {
	return &builder{lex: lex, owner: map[string]string{}, mine: map[string]bool{}, endings: []string{""},
		l: &language{code: code, byFirst: map[string][]phrase{}, sets: map[string]map[string]bool{}, lists: map[string][]string{},
			numbers: map[string]float64{}, colours: map[string]wish.Colour{}, objects: map[string]wish.Colour{}, akin: map[string][]string{}, speaks: map[string]speakerRow{}}}
}

// basics adds what the terms of all files lean on.
func (b *builder) basics(s *sheet) error {
	if s.Language != "" {
		b.l.name = s.Language
	}
	if len(s.Endings) > 0 {
		b.endings = append([]string{""}, s.Endings...)
	}
	for w, n := range s.Numbers {
		b.l.numbers[spelled(w)] = n
	}
	var errs []error
	for _, c := range s.Colours {
		errs = append(errs, about(c.Words, b.colour(c)))
	}
	return errors.Join(errs...)
}

func about(words phrases, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%q: %w", strings.Join(words, ", "), err)
}

// meanings adds the terms of a file and what is said of them.
func (b *builder) meanings(s *sheet) error {
	errs := []error{b.grammar(s.Grammar)}
	for _, o := range s.Objects {
		for _, w := range b.expand(o.Words) {
			b.l.objects[w] = wish.Colour{Name: o.Colour}
		}
	}
	if len(s.Terms) > 0 {
		b.l.groups = append(b.l.groups, group{Title: s.Title, Order: s.Order})
	}
	for _, t := range s.Terms {
		errs = append(errs, about(t.Words, b.term(t)))
	}
	for _, m := range s.Measures {
		errs = append(errs, about(m.Words, b.measure(m)))
	}
	for _, d := range s.Details {
		errs = append(errs, about(d.Words, b.detail(d)))
	}
	for _, p := range s.Speakers {
		errs = append(errs, about(p.Words, b.speaker(p)))
	}
	for _, a := range s.Akin {
		for _, w := range b.expand(a.Words) {
			b.l.akin[w] = append(b.l.akin[w], a.Like...)
		}
	}
	return errors.Join(errs...)
}

// expand writes out the endings that "~" stands for.
func (b *builder) expand(words []string) []string {
	var out []string
	for _, w := range words {
		forms := []string{""}
		for i, part := range strings.Fields(strings.ToLower(w)) {
			if i > 0 {
				for n := range forms {
					forms[n] += " "
				}
			}
			stem, inflected := strings.CutSuffix(part, "~")
			if !inflected {
				for n := range forms {
					forms[n] += part
				}
				continue
			}
			var more []string
			for _, f := range forms {
				for _, e := range b.endings {
					more = append(more, f+stem+e)
				}
			}
			forms = more
		}
		for _, f := range forms {
			if f != "" && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// grammar adds lists of words by their part in a sentence.
func (b *builder) grammar(parts map[string]phrases) error {
	for key, words := range parts {
		if !grammarPart(key) {
			return fmt.Errorf("grammar has no part %q", key)
		}
		if b.l.sets[key] == nil {
			b.l.sets[key] = map[string]bool{}
		}
		for _, w := range b.expand(words) {
			b.l.sets[key][w] = true
			b.l.lists[key] = append(b.l.lists[key], w)
		}
	}
	return nil
}

// put adds a phrase to the index. Each stands for one thing; the user's go before the built-in ones.
func (b *builder) put(text, what string, p phrase) error {
	p.words = split(text)
	if len(p.words) == 0 || len(p.words) > 12 || len(text) > 120 {
		return fmt.Errorf("a phrase has 1 to 12 words")
	}
	if before, taken := b.owner[text]; taken {
		switch {
		case !b.own || b.mine[text]:
			return fmt.Errorf("the phrase %q is taken (%s)", text, before)
		default:
			b.drop(text)
		}
	}
	b.owner[text], b.mine[text] = what, b.own
	list := b.l.byFirst[p.words[0]]
	at := len(list)
	for at > 0 && (len(list[at-1].words) < len(p.words)) {
		at--
	}
	b.l.byFirst[p.words[0]] = slices.Insert(list, at, p)
	return nil
}

// split parts a phrase into words as prompts are: "70s" is a number and its unit.
func split(text string) []string {
	var out []string
	for _, w := range strings.Fields(text) {
		number, unit := measured(w)
		if number != "" {
			out = append(out, number)
		}
		out = append(out, unit)
	}
	return out
}

// drop takes a phrase out of the index and of the entry it belonged to.
func (b *builder) drop(text string) {
	words := split(text)
	b.l.byFirst[words[0]] = slices.DeleteFunc(b.l.byFirst[words[0]], func(p phrase) bool { return slices.Equal(p.words, words) })
	for _, g := range b.l.groups {
		for _, e := range g.Entries {
			e.Phrases = slices.DeleteFunc(e.Phrases, func(p string) bool { return p == text })
		}
	}
}

// term adds a meaning. What it stands for that can't be made is kept by name, and something else may stand in for it.
func (b *builder) term(t termRow) error {
	if len(t.Words) == 0 || len(t.Picture)+len(t.Sound) == 0 {
		return errors.New("a term has words, and a picture or a sound")
	}
	e := &Entry{Phrases: b.expand(t.Words), Example: t.Example}
	e.quotes, e.titles = t.Quotes, t.Titles
	if err := b.senses(e, t.Picture, t.Sound); err != nil {
		return err
	}
	if !e.live() && t.Until != nil {
		e.missing = nil
		if err := b.senses(e, t.Until.Picture, t.Until.Sound); err != nil {
			return err
		}
	}
	if t.Against != nil {
		remedy := &Entry{}
		if err := b.senses(remedy, t.Against.Picture, t.Against.Sound); err != nil {
			return err
		}
		e.against = &remedy.sense
	}
	if t.Beside != nil {
		d, err := t.Beside.wish()
		if err != nil {
			return err
		}
		e.beside = &d
	}
	var errs []error
	for _, p := range e.Phrases {
		errs = append(errs, b.put(p, "a term", phrase{class: termPhrase, sense: &e.sense}))
	}
	g := &b.l.groups[len(b.l.groups)-1]
	g.Entries = append(g.Entries, e)
	if len(e.looks) == 1 {
		errs = append(errs, b.variants(g, e))
	}
	return errors.Join(errs...)
}

// variants adds a meaning for each variant that the operator has of an effect: its name beside a word for the effect.
func (b *builder) variants(g *group, of *Entry) error {
	var errs []error
	for _, name := range b.lex.catalog.effect(of.looks[0].Effect).Names {
		e := &Entry{}
		l := of.looks[0]
		l.Variant = name
		e.looks = []Look{l}
		for _, w := range of.Phrases {
			for _, p := range []string{name + " " + w, w + " " + name} {
				e.Phrases = append(e.Phrases, p)
				errs = append(errs, b.put(p, "a term", phrase{class: termPhrase, sense: &e.sense}))
			}
		}
		g.Entries = append(g.Entries, e)
	}
	return errors.Join(errs...)
}

func (b *builder) senses(e *Entry, picture, sound wants) error {
	for _, w := range picture {
		_, there := find(b.lex.catalog.Picture, w.Name)
		if !there {
			if _, known := b.lex.planned.Picture[w.Name]; !known {
				return fmt.Errorf("there is no picture effect %q", w.Name)
			}
			e.missing = append(e.missing, Missing{Name: w.Name})
			continue
		}
		d, err := b.coloured(w.Detail)
		if err != nil {
			return err
		}
		e.looks = append(e.looks, Look{Effect: Effect(w.Name), Strength: w.Strength, Detail: d})
	}
	for _, w := range sound {
		_, there := find(b.lex.catalog.Sound, w.Name)
		if !there {
			if _, known := b.lex.planned.Sound[w.Name]; !known {
				return fmt.Errorf("there is no sound %q", w.Name)
			}
			e.missing = append(e.missing, Missing{Name: w.Name, Sound: true})
			continue
		}
		d, err := b.coloured(w.Detail)
		if err != nil {
			return err
		}
		e.cues = append(e.cues, Cue{Noise: Noise(w.Name), Strength: w.Strength, Detail: d})
	}
	return nil
}

// coloured gives the colours named in d their numbers.
func (b *builder) coloured(d wish.Detail) (wish.Detail, error) {
	if !d.To.Said() {
		return d, nil
	}
	c, ok := b.named(d.To.Name)
	if !ok {
		return d, fmt.Errorf("there is no colour %q; colours stand in files that come before", d.To.Name)
	}
	d.To = c
	return d, nil
}

func (b *builder) named(name string) (wish.Colour, bool) {
	for _, c := range b.colours {
		if c.Name == name {
			return parseColour(c)
		}
	}
	return wish.Colour{}, false
}

func parseColour(c colourRow) (wish.Colour, bool) {
	v, err := hex.DecodeString(strings.TrimPrefix(c.SRGB, "#"))
	if err != nil || len(v) != 3 {
		return wish.Colour{}, false
	}
	return wish.Colour{Name: c.Name, R: v[0], G: v[1], B: v[2]}, true
}

func (b *builder) colour(row colourRow) error {
	c, ok := parseColour(row)
	if !ok || row.Name == "" {
		return fmt.Errorf("a colour has a name and an srgb such as \"#ff8800\", not %q", row.SRGB)
	}
	b.colours = append(b.colours, row)
	b.l.rows.colours = append(b.l.rows.colours, row)
	var errs []error
	for _, w := range b.expand(row.Words) {
		b.l.colours[w] = c
		errs = append(errs, b.put(w, "a colour", phrase{class: colourPhrase, detail: wish.Detail{To: c}}))
	}
	return errors.Join(errs...)
}

func (b *builder) measure(m measureRow) error {
	if !(m.Strength > 0 && m.Strength <= 1) {
		return fmt.Errorf("strength must be above 0 and at most 1, got %v", m.Strength)
	}
	d, err := m.detail.wish()
	if err != nil {
		return err
	}
	b.l.rows.measures = append(b.l.rows.measures, m)
	var alone *sense
	if m.Alone != "" {
		e := &Entry{}
		if err := b.senses(e, nil, wants{{Name: m.Alone}}); err != nil {
			return err
		}
		alone = &e.sense
	}
	var errs []error
	for _, w := range b.expand(m.Words) {
		errs = append(errs, b.put(w, "a measure", phrase{class: measureWord, strength: m.Strength, detail: d, sense: alone}))
	}
	return errors.Join(errs...)
}

func (b *builder) detail(row detailRow) error {
	d, err := row.detail.wish()
	if err != nil {
		return err
	}
	if d, err = b.coloured(d); err != nil {
		return err
	}
	untaken := wish.Onset(row.Otherwise)
	if err := (wish.Detail{Place: wish.Place(row.Titled), When: wish.When{Onset: untaken}}).Check(); err != nil {
		return err
	}
	b.l.rows.details = append(b.l.rows.details, row)
	var errs []error
	for _, w := range b.expand(row.Words) {
		p := phrase{class: detailPhrase, detail: d, ends: row.Ends, titled: wish.Place(row.Titled), untaken: untaken, numbered: numbered{fromShare: row.From.N, toShare: row.To.N, counts: row.Counts, times: row.Times, part: row.Part, lasts: row.Lasts}}
		errs = append(errs, b.put(w, "a detail", p))
	}
	return errors.Join(errs...)
}

func (b *builder) speaker(row speakerRow) error {
	b.l.rows.speakers = append(b.l.rows.speakers, row)
	for _, w := range b.expand(row.Words) {
		if strings.Contains(w, " ") {
			return fmt.Errorf("a speaker's word is one word, not %q", w)
		}
		b.l.speaks[w] = row
	}
	return nil
}

// classes of the grammar's lists that are looked for as phrases, in the order in which they are entered.
var phraseClasses = []struct {
	key   string
	class class
}{{"not_negators", notNegator}, {"boosters", boosterWord}, {"removers", removerWord}, {"negators", negatorWord}, {"add", addWord}, {"replace", replaceWord}}

func (b *builder) finish() (*language, error) {
	for _, add := range []func(*sheet) error{b.basics, b.meanings} {
		for i := range b.pages {
			p := &b.pages[i]
			b.own = p.own
			if err := add(&p.sheet); err != nil {
				b.errs = append(b.errs, fmt.Errorf("%s: %w", p.name, err))
			}
		}
	}
	b.own = false
	slices.SortStableFunc(b.l.groups, func(x, y group) int { return place(x) - place(y) })
	for _, c := range phraseClasses {
		for _, w := range b.l.lists[c.key] {
			if b.owner[w] == "" {
				b.errs = append(b.errs, b.put(w, c.key, phrase{class: c.class}))
			}
		}
	}
	for w, like := range b.l.akin {
		for _, name := range like {
			if b.owner[name] == "" {
				b.errs = append(b.errs, fmt.Errorf("%s: akin to %q: there is no term %q", b.l.code, w, name))
			}
		}
	}
	for w, o := range b.l.objects {
		if o.Name == "" {
			continue
		}
		c, ok := b.named(o.Name)
		if !ok {
			b.errs = append(b.errs, fmt.Errorf("%s: object %q: there is no colour %q", b.l.code, w, o.Name))
		}
		b.l.objects[w] = c
	}
	if b.l.name == "" {
		b.errs = append(b.errs, fmt.Errorf("%s: one of the files must say what language it is", b.l.code))
	}
	return b.l, errors.Join(b.errs...)
}

func place(g group) int {
	if g.Order == 0 {
		return 1 << 30
	}
	return g.Order
}
