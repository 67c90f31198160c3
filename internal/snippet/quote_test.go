package snippet

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// awkward are strings that some language reads as more than text.
func awkward() []string {
	list := []string{
		"", " ", "plain", "it's", `"quoted"`, `'"'"'`, "`id`", "$HOME $(id) ${x} $'a'", `back\slash \n \u0041 \`, `\\'`, "a\nb\n", "\r\n", "\ttab",
		"%s %d %%", "!history !!", "-n", "--prompt", "#{x} #$x", "{{.}} ${`x`}", "</script><script>alert(1)</script>", "<!--<script>", "]]>", "<prompt>",
		"snö ☃ 雪 🌨️ 👩‍🚀", "e\u0301", "\u2028\u2029\u0085", "\u202egnp.exe", "\ufeffbom", "\u00a0\u3000", "\x01\x1b[31m\x7f", "\U000e0001", "\U0010ffff\uffff\ufffd",
		"~", "*?[a]", "a;b&c|d>e<f", "JSON\nEOF\nE", "@file", "=x", "a=b", "__proto__", "nul", "x\\",
	}
	var every strings.Builder // of the first planes
	for r := rune(1); r < 0x3100; r++ {
		every.WriteRune(r)
	}
	list = append(list, every.String())
	for a := rune(1); a < 0x80; a++ { // characters that mean something beside another
		var pairs strings.Builder
		for b := rune(1); b < 0x80; b++ {
			pairs.WriteRune(a)
			pairs.WriteRune(b)
		}
		list = append(list, pairs.String())
	}
	return list
}

// interpreter runs a program made of the literals and returns the strings it saw.
func interpreter(t *testing.T, name, program string, command ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Fatalf("%s is needed and missing: scripts/install-deps.sh test installs it", command[0])
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command[0], append(command[1:], path)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%.2000s", name, err, stderr.String())
	}
	return out
}

func literals(quote func(string) string, list []string, between string) string {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, quote(s))
	}
	return strings.Join(quoted, between)
}

func TestStringsReachTheLanguage(t *testing.T) {
	list := awkward()
	lists := map[string]func(t *testing.T) []byte{
		"python": func(t *testing.T) []byte {
			return interpreter(t, "p.py", "import json\nprint(json.dumps(["+literals(pythonString, list, ",\n")+"]))\n", "/usr/bin/python3")
		},
		"javascript": func(t *testing.T) []byte {
			return interpreter(t, "p.mjs", "console.log(JSON.stringify(["+literals(scriptString, list, ",\n")+"]));\n", "node")
		},
		"go": func(t *testing.T) []byte {
			return interpreter(t, "p.go", "package main\n\nimport (\n\"encoding/json\"\n\"os\"\n)\n\nfunc main() {\njson.NewEncoder(os.Stdout).Encode([]string{"+
				literals(golang().str, list, ",\n")+"})\n}\n", "go", "run")
		},
		"a body in sh": func(t *testing.T) []byte {
			return interpreter(t, "p.sh", "printf %s "+singleQuoted("["+literals(jsonString, list, ", ")+"]")+"\n", "sh")
		},
		"words of sh": func(t *testing.T) []byte {
			out := interpreter(t, "p.sh", "printf '%s\\0' "+literals(shellWord, list, " \\\n")+"\n", "sh")
			words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
			data, err := json.Marshal(words)
			if err != nil {
				t.Fatal(err)
			}
			return data
		},
	}
	for name, run := range lists {
		t.Run(name, func(t *testing.T) {
			var got []string
			if err := json.Unmarshal(run(t), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(list, got); diff != "" {
				t.Errorf("%.3000s", diff)
			}
		})
	}
}

// Values of every kind come through whole; JavaScript sends the text where its numbers would round.
func TestBodiesReachTheLanguage(t *testing.T) {
	const text = `{"a b":"x","__proto__":{"c":[1,2.50,-0.5e-3,1e30,true,false,null,[],{}]},"n":9007199254740993,"m":-9223372036854775808,"class":99999999999999999999,"$":"é"}`
	given := decode(t, text)
	var params []param
	for _, name := range []string{"a b", "__proto__", "n", "m", "class", "$"} {
		params = append(params, param{name, given[name]})
	}
	small := []param{{"__proto__", given["__proto__"]}, {"a b", "x"}, {"n", json.Number("9007199254740991")}}
	tests := map[string]struct {
		params []param
		run    func(body string) []byte
		l      language
	}{
		"curl": {params, func(b string) []byte { return interpreter(t, "p.sh", "printf %s "+b+"\n", "sh") }, shell()},
		"python": {params, func(b string) []byte {
			return interpreter(t, "p.py", "import json\nprint(json.dumps("+b+"))\n", "/usr/bin/python3")
		}, python()},
		"text":   {params, func(b string) []byte { return interpreter(t, "p.mjs", "console.log("+b+");\n", "node") }, javascript()},
		"object": {small, func(b string) []byte { return interpreter(t, "p.mjs", "console.log("+b+");\n", "node") }, javascript()},
		"go": {params, func(b string) []byte {
			return interpreter(t, "p.go", "package main\n\nimport (\n\"encoding/json\"\n\"os\"\n)\n\nfunc main() {\njson.NewEncoder(os.Stdout).Encode("+b+")\n}\n", "go", "run")
		}, golang()},
	}
	number := cmp.Comparer(func(a, b json.Number) bool {
		if _, err := a.Int64(); err == nil {
			return a == b
		}
		x, err := a.Float64()
		y, err2 := b.Float64()
		return x == y && err == nil && err2 == nil
	})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := decode(t, string(tt.run(tt.l.body(tt.params, "  "))))
			if diff := cmp.Diff(asObject(tt.params), got, number); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A program shows all of what it holds, and can stand in a page.
func FuzzQuote(f *testing.F) {
	for _, s := range awkward()[:41] {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // JSON has no such strings
		}
		for name, quoted := range map[string]string{"json": jsonString(s), "python": pythonString(s), "script": scriptString(s), "go": golang().str(s), "word": strings.ReplaceAll(shellWord(s), "\n", "")} {
			if strings.ContainsFunc(quoted, isHidden) {
				t.Errorf("%s hides something: %q", name, quoted)
			}
		}
		if script := scriptString(s); strings.Contains(script, "</") || strings.Contains(script, "<!") {
			t.Errorf("not for a page: %s", script)
		}
		var back string
		if err := json.Unmarshal([]byte(jsonString(s)), &back); err != nil || back != s {
			t.Errorf("JSON %s is %q, %v", jsonString(s), back, err)
		}
	})
}
