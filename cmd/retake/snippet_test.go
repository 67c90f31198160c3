package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSnippets runs every program that the server writes, as its reader would: against the server, with the key in the
// environment. What each makes must be, byte for byte, what the same request made directly.
func TestSnippets(t *testing.T) {
	for _, program := range []string{"curl", "jq", "node", "go", "/usr/bin/python3"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is needed and missing: scripts/install-deps.sh test installs it", program)
		}
	}
	bin := buildFaults(t)
	p := newWorld(t, bin).start(nil)
	p.upload(makeClip(t))
	const awkward = "light snow, it's $HOME `id` \\n \"c'est l'été ❄️\" </script>\n\t%s 100% -- !x"
	requests := map[string]map[string]any{
		"awkward": {"model": "lightricks-ltx-2-retake", "prompt": awkward, "input_video": small,
			"start_time": 1.5, "duration": 2, "mode": "replace_audio_and_video", "seed": json.Number("9007199254740993"), "engine": "builtin"},
		"other names": {"model": "ltx-2-3-pro-retake", "prompt": "--night", "input_video": p.URL + small, "retake_start_time": 3, "seed": -7},
		"two takes":   {"model": "lightricks-ltx-2-retake", "prompt": "rain", "input_video": small, "duration": 2, "seed": 5, "num_generations": 2},
	}
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			takes := max(1, asInt(request["num_generations"]))
			want := p.takes(request, takes)
			for _, s := range p.snippets(request) {
				if takes > 1 && (s.Flow == "sync" || s.Flow == "any") {
					continue // one request, one take
				}
				if name != "awkward" && s.Parameters == "all" {
					continue // "awkward" runs every one of them
				}
				t.Run(s.Language+" "+s.Flow+" "+s.Parameters, func(t *testing.T) {
					t.Parallel()
					stdout, stderr, err := s.run(t, p.key, bin)
					if err != nil {
						t.Fatalf("%v\n%s\n%s\n%s", err, stdout, stderr, s.Code)
					}
					if s.Language != "retake" && stderr != "" { // which shows there how far it is
						t.Errorf("it says on stderr: %s", stderr)
					}
					got := s.results(t, stdout, takes)
					slices.Sort(got) // takes are told of as they end
					if !slices.Equal(got, want) {
						t.Errorf("the clip is not that of the request itself\n%s", s.Code)
					}
				})
			}
		})
	}
}

// A program that fails ends with a status other than 0 and the server's sentence on stderr.
func TestSnippetsFail(t *testing.T) {
	bin := buildFaults(t)
	p := newWorld(t, bin).start(nil)
	p.upload(makeClip(t))
	tests := map[string]struct {
		request map[string]any
		key     string
		want    string
	}{
		"refused": {map[string]any{"model": "lightricks-ltx-2-retake", "prompt": "snow", "input_video": small, "start_time": 100}, p.key, "past the end of the clip"},
		"no key":  {map[string]any{"model": "lightricks-ltx-2-retake", "prompt": "snow", "input_video": small}, "rtk_wrong", "key"},
	}
	for name, tt := range tests {
		for _, s := range p.snippets(tt.request) {
			if s.Parameters == "all" {
				continue
			}
			t.Run(name+" "+s.Language+" "+s.Flow, func(t *testing.T) {
				t.Parallel()
				stdout, stderr, err := s.run(t, tt.key, bin)
				if err == nil || !strings.Contains(stderr, tt.want) || strings.Contains(stdout, "http") {
					t.Errorf("%v\nstdout: %s\nstderr: %s\n%s", err, stdout, stderr, s.Code)
				}
			})
		}
	}
}

type snippet struct{ Language, Flow, Parameters, Title, Code string }

func (p *process) snippets(request map[string]any) (list []snippet) {
	p.t.Helper()
	data, err := json.Marshal(p.call(http.MethodPost, "/api/ai/snippets", request)["snippets"])
	if err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 26 {
		p.t.Fatalf("%d snippets, %v", len(list), err)
	}
	return list
}

// takes makes the request directly and returns the checksums of its results.
func (p *process) takes(request map[string]any, n int) (sums []string) {
	p.t.Helper()
	for i := range n {
		one := maps.Clone(request)
		delete(one, "num_generations")
		if n > 1 {
			one["seed"] = one["seed"].(int) + i // takes count up from the seed
		}
		answer := p.call(http.MethodPost, "/api/ai/videos/generate", one)
		sums = append(sums, sumOf(p.t, answer["videos"].([]any)[0].(map[string]any)["url"].(string)))
	}
	slices.Sort(sums)
	return sums
}

// sumOf returns the checksum of what is at an address.
func sumOf(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", url, resp.Status, err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// run saves the program in a folder of its own and runs it there.
func (s snippet) run(t *testing.T, key, bin string) (stdout, stderr string, err error) {
	t.Helper()
	files := map[string]string{"curl": "program.sh", "retake": "program.sh", "python": "program.py", "javascript": "program.mjs", "go": "program.go"}
	commands := map[string][]string{"program.sh": {"sh"}, "program.py": {"/usr/bin/python3"}, "program.mjs": {"node"}, "program.go": {"go", "run"}}
	file := files[s.Language]
	cmd := exec.CommandContext(t.Context(), commands[file][0], append(commands[file][1:], file)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "OXEN_API_KEY="+key, "PATH="+filepath.Dir(bin)+":"+os.Getenv("PATH"))
	if err := os.WriteFile(filepath.Join(cmd.Dir, file), []byte(s.Code), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = cmd.Run()
	if s.Language == "retake" && err == nil {
		// Where the others print an address, it writes the clip.
		clips, _ := filepath.Glob(filepath.Join(cmd.Dir, "*.mp4"))
		return strings.Join(clips, "\n"), complaint.String(), nil
	}
	return out.String(), complaint.String(), err
}

// results returns the checksums of the last n lines: addresses, or files of the retake command.
func (s snippet) results(t *testing.T, stdout string, n int) (sums []string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	if len(lines) < n {
		t.Fatalf("it says only %q\n%s", stdout, s.Code)
	}
	for _, line := range lines[len(lines)-n:] {
		if s.Language != "retake" {
			sums = append(sums, sumOf(t, line))
			continue
		}
		data, err := os.ReadFile(line)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(data)))
	}
	return sums
}

func asInt(v any) int {
	n, _ := v.(int)
	return n
}
