package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"retake/internal/retake"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestOutput(t *testing.T) {
	for _, tt := range []struct {
		name    string
		there   string // content of out.mp4 before, "" for none
		late    string // written to out.mp4 while the edit runs
		replace bool
		out     string
		early   bool   // refused before any work
		want    string // content of out.mp4 after
		refused bool   // in the end
	}{
		{name: "new", out: "out.mp4", want: "new"},
		{name: "there", there: "old", out: "out.mp4", early: true, want: "old"},
		{name: "replaced", there: "old", replace: true, out: "out.mp4", want: "new"},
		{name: "appeared meanwhile", late: "late", out: "out.mp4", refused: true, want: "late"},
		{name: "the input itself", replace: true, out: "in.mp4", early: true},
		{name: "no folder", out: "no/out.mp4", early: true},
		{name: "a folder", out: ".", replace: true, early: true},
		{name: "another format", out: "out.avi", early: true},
		{name: "no format", out: "out", early: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			in, target := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "out.mp4")
			write(t, in, "input")
			if tt.there != "" {
				write(t, target, tt.there)
			}
			o, err := createOutput(filepath.Join(dir, tt.out), tt.replace, in)
			if tt.early {
				if retake.CodeOf(err) != retake.CodeInvalid {
					t.Fatalf("not refused: %v", err)
				}
			} else {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := o.temp.WriteString("new"); err != nil {
					t.Fatal(err)
				}
				if tt.late != "" {
					write(t, target, tt.late)
				}
				if err := o.keep(); (err != nil) != tt.refused {
					t.Fatalf("keep: %v", err)
				}
				o.discard()
			}
			got, err := os.ReadFile(target)
			if err != nil && !errors.Is(err, os.ErrNotExist) || string(got) != tt.want {
				t.Errorf("out.mp4 has %q, want %q", got, tt.want)
			}
			want := []string{"in.mp4"}
			if tt.want != "" {
				want = append(want, "out.mp4")
			}
			if d := cmp.Diff(want, names(t, dir)); d != "" {
				t.Errorf("left behind: %s", d)
			}
			if kept, err := os.ReadFile(in); err != nil || string(kept) != "input" {
				t.Errorf("the input is now %q", kept)
			}
		})
	}
}

// What is no regular file must stay what it is, early and when it appears while the edit runs.
func TestOutputLeavesOtherFiles(t *testing.T) {
	for name, make := range map[string]func(path, file string) error{
		"a pipe":          func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"a link":          func(path, file string) error { return os.Symlink(file, path) },
		"a dangling link": func(path, file string) error { return os.Symlink(file+"-none", path) },
	} {
		for _, replace := range []bool{false, true} {
			for _, base := range []string{"out.mp4", "out"} {
				t.Run(fmt.Sprint(name, " ", base, " ", replace), func(t *testing.T) {
					dir := t.TempDir()
					in, file, path := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "file.mp4"), filepath.Join(dir, base)
					write(t, in, "input")
					write(t, file, "file")
					late, err := createOutput(filepath.Join(dir, "late.mp4"), replace, in)
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range []string{path, late.path} {
						if err := make(p, file); err != nil {
							t.Fatal(err)
						}
					}
					o, err := createOutput(path, replace, in)
					if retake.CodeOf(err) != retake.CodeInvalid || !strings.Contains(err.Error(), "regular file") && !strings.Contains(err.Error(), "symbolic link") {
						t.Errorf("not refused: %v", err)
					}
					if o != nil {
						o.discard()
					}
					if err := late.keep(); retake.CodeOf(err) != retake.CodeInvalid {
						t.Errorf("keep: not refused: %v", err)
					}
					late.discard()
					for _, p := range []string{path, late.path} {
						if info, err := os.Lstat(p); err != nil || info.Mode().IsRegular() {
							t.Errorf("%s was replaced (%v)", p, err)
						}
					}
					if d := cmp.Diff([]string{"file.mp4", "in.mp4", "late.mp4", base}, names(t, dir)); d != "" {
						t.Errorf("left behind: %s", d)
					}
				})
			}
		}
	}
}

func TestDefaultOutput(t *testing.T) {
	for in, want := range map[string]string{
		"a/winter.mp4": "a/winter-retake.mp4", "winter.MOV": "winter-retake.MOV", "winter.mkv": "winter-retake.mkv", "winter": "winter-retake.mp4",
		"https://example.org/v/winter.mp4?x=/y.mov": "winter-retake.mp4", "https://example.org/": "example-retake.mp4",
		"data:video/mp4;base64,AA/A": "clip-retake.mp4", "HTTP://example.org/a.b.mp4": "a.b-retake.mp4",
		"/api/repos/ox/a/file/main/b/winter.mp4": "winter-retake.mp4",
	} {
		if got := defaultOutput(in); got != want {
			t.Errorf("defaultOutput(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIsAddress(t *testing.T) {
	for in, want := range map[string]bool{
		"a.mp4": false, "C:a.mp4": false, "./http": false, "http://x": true, "HTTPS://x": true, "data:,x": true, "file:///x": true, "concat:a|b": false,
	} {
		if got := IsAddress(in); got != want {
			t.Errorf("IsAddress(%q) = %v", in, got)
		}
	}
}
