package prompt

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the vocabulary into docs/builtin.md")

const (
	page       = "../../docs/builtin.md"
	begins     = "<!-- vocabulary: written by `go test ./internal/prompt -update` -->\n"
	ends       = "<!-- end of vocabulary -->\n"
	speechNote = "| `a man says \"…\"`, `a woman whispers \"…\"`, `a voice says \"…\"` | | speech |\n"
)

// TestDocs holds that the page's vocabulary is the lexicon.
func TestDocs(t *testing.T) {
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(old), begins)
	_, tail, ok2 := strings.Cut(rest, ends)
	if !ok || !ok2 {
		t.Fatal("the page has lost its marks")
	}
	want := head + begins + vocabulary() + ends + tail
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

func vocabulary() string {
	var b strings.Builder
	b.WriteString("| words | picture | sound |\n|---|---|---|\n")
	for _, e := range Lexicon() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(e.Phrases, ", "),
			strings.TrimPrefix(Plan{Picture: e.Looks()}.usual(), "nothing"), strings.TrimPrefix(Plan{Sound: e.Cues()}.usual(), "nothing"))
	}
	b.WriteString(speechNote)
	b.WriteString("\n| how much | words |\n|---|---|\n")
	for _, m := range measures {
		fmt.Fprintf(&b, "| %.2f | %s |\n", m.strength, strings.Join(m.words, ", "))
	}
	fmt.Fprintf(&b, "| more of it | %s |\n", strings.Join(boosters, ", "))
	b.WriteString("\n| what else counts | words |\n|---|---|\n")
	for _, row := range []struct {
		title string
		words []string
	}{
		{"not this", negators}, {"take this away (which the engine can't, and says)", removers},
		{"no snow, where snow stands beside it", melters},
		{"what stands here gives way to what follows (turn … into …)", changers},
		{"over the clip's own sound", addWords}, {"in the place of the clip's own sound", replaceWords},
		{"only the sound is meant", soundWords}, {"somebody speaks", speechWords},
		{"a man's voice", manWords}, {"a woman's voice", womanWords}, {"whispered", whisperWords},
	} {
		fmt.Fprintf(&b, "| %s | %s |\n", row.title, strings.Join(row.words, ", "))
	}
	return b.String()
}

// usual is the plan in words, with Usual where an entry leaves the strength open.
func (p Plan) usual() string {
	p.Picture, p.Sound = slices.Clone(p.Picture), slices.Clone(p.Sound)
	for i := range p.Picture {
		p.Picture[i] = Look{p.Picture[i].Effect, scaled(p.Picture[i].Strength, 0)}
	}
	for i := range p.Sound {
		p.Sound[i].Strength = scaled(p.Sound[i].Strength, 0)
	}
	return strings.TrimPrefix(p.Sentence(), "sound: ")
}
