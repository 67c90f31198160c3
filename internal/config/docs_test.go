package config

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/configuration.md anew, keeping the meanings")

const (
	docs  = "../../docs/configuration.md"
	begin = "<!-- settings: go test ./internal/config -update writes these tables and keeps the meanings -->\n"
	end   = "<!-- end of settings -->\n"
)

var docRow = regexp.MustCompile("(?m)^\\| `([a-z0-9_.]+)` \\| `(\\w+)` \\| (.*?) \\| (.*?) \\|$")

// docs/configuration.md must list every setting with its variable and its default, say what it means, and list
// nothing else.
func TestDocsListEverySetting(t *testing.T) {
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	tables, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the marks around its tables", docs)
	}
	meaning := map[string]string{}
	for _, m := range docRow.FindAllStringSubmatch(tables, -1) {
		meaning[m[1]] = m[4]
	}
	want := writeTables(meaning)
	if *update {
		if err := os.WriteFile(docs, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if tables != want {
		t.Errorf("the tables of %s are out of date: run go test ./internal/config -update, then say what new settings mean\nwant:\n%s", docs, want)
	}
	c := Default()
	for _, f := range Fields(&c) {
		if strings.TrimSpace(meaning[f.Key]) == "" {
			t.Errorf("%s does not say what %s means", docs, f.Key)
		}
	}
}

func writeTables(meaning map[string]string) string {
	var b strings.Builder
	section := ""
	c := Default()
	for _, f := range Fields(&c) {
		name := f.Key[:strings.LastIndexByte(f.Key, '.')]
		if name != section {
			fmt.Fprintf(&b, "\n### %s\n\n| key | variable | default | meaning |\n|---|---|---|---|\n", name)
			section = name
		}
		value := "none"
		if s := f.String(); s != "" {
			value = "`" + s + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", f.Key, f.Env, value, meaning[f.Key])
	}
	return b.String() + "\n"
}
