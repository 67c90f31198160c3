package prompt

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/wish"
)

var update = flag.Bool("update", false, "write the vocabulary into docs/builtin.md")

const (
	page       = "../../docs/builtin.md"
	speechNote = "| `a man says \"…\"`, `a woman whispers \"…\"`, `a voice says \"…\"` | | speech |\n"
)

// TestDocs holds that the page's tables are what the engine makes, and its vocabulary the lexicon.
func TestDocs(t *testing.T) {
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(old)
	for name, text := range map[string]string{"effects": table(made.Picture), "sounds": table(made.Sound), "vocabulary": vocabulary(lex(t))} {
		begins, ends := fmt.Sprintf("<!-- %s: written by `go test ./internal/prompt -update` -->\n", name), fmt.Sprintf("<!-- end of %s -->\n", name)
		head, rest, ok := strings.Cut(want, begins)
		_, tail, ok2 := strings.Cut(rest, ends)
		if !ok || !ok2 {
			t.Fatalf("the page has lost its marks of the %s", name)
		}
		want = head + begins + text + ends + tail
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(old)); diff != "" {
		t.Errorf("the page is out of date; run go test ./internal/prompt -update (-lexicon +page):\n%s", diff)
	}
}

// table says what each thing is, and what can be said of it beside how much and when.
func table(things []Thing) string {
	var b strings.Builder
	b.WriteString("| name | what happens | takes |\n|---|---|---|\n")
	for _, thing := range things {
		var takes []string
		for _, p := range thing.Takes {
			takes = append(takes, string(p))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", thing.Name, thing.Doc, strings.Join(takes, ", "))
	}
	return b.String()
}

func vocabulary(l *Lexicon) string {
	lang := l.languages[0]
	var b strings.Builder
	b.WriteString("| words | picture | sound |\n|---|---|---|\n")
	for _, e := range lang.entries() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(e.Phrases, ", "),
			strings.TrimPrefix(Plan{Picture: e.Looks(), lex: l}.usual(), "nothing"), strings.TrimPrefix(Plan{Sound: e.Cues(), lex: l}.usual(), "nothing"))
	}
	b.WriteString(speechNote)
	b.WriteString("\n| how much | words |\n|---|---|\n")
	for _, m := range lang.rows.measures {
		fmt.Fprintf(&b, "| %.2f | %s |\n", m.Strength, strings.Join(m.Words, ", "))
	}
	fmt.Fprintf(&b, "| more of it | %s |\n", strings.Join(lang.lists["boosters"], ", "))
	b.WriteString("\n| when and where | words |\n|---|---|\n")
	for _, d := range lang.rows.details {
		w, err := d.detail.wish()
		if err != nil {
			panic(err)
		}
		w = numbered{fromShare: d.From.N, toShare: d.To.N}.apply(w, 2, 3)
		what := w.String()
		if d.Ends {
			what = "until the time beside it"
		}
		if d.Lasts {
			what = "for 2 s, from the time beside it on"
		}
		if d.Otherwise != "" {
			what += ", else " + wish.Detail{When: wish.When{Onset: wish.Onset(d.Otherwise)}}.String()
		}
		fmt.Fprintf(&b, "| %s | %s |\n", what, strings.Join(d.Words, ", "))
	}
	b.WriteString("\n| what else counts | words |\n|---|---|\n")
	for _, part := range grammarParts {
		if part.title != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", part.title, strings.Join(lang.lists[part.key], ", "))
		}
	}
	for _, row := range lang.rows.speakers {
		c := Cue{Voice: row.Voice, Age: row.Age, Manner: row.Manner, Pitch: row.Pitch, Whisper: row.Manner == Whisper}
		what := c.who() + " " + c.verb()
		if row.Speed > 0 {
			what += fmt.Sprintf(" at %g times the pace", row.Speed)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", what, strings.Join(row.Words, ", "))
	}
	return b.String()
}

// usual is the plan in words, with Usual where an entry leaves the strength open.
func (p Plan) usual() string {
	p.Picture, p.Sound = slices.Clone(p.Picture), slices.Clone(p.Sound)
	for i := range p.Picture {
		p.Picture[i].Strength = scaled(p.Picture[i].Strength, 0)
	}
	for i := range p.Sound {
		p.Sound[i].Strength = scaled(p.Sound[i].Strength, 0)
	}
	return strings.TrimPrefix(p.Sentence(), "sound: ")
}
