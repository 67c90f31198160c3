package config

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "retake.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLaterLayersWin(t *testing.T) {
	file := write(t, "server:\n  listen: 127.0.0.1:1\n  sweep_every: 10s\n  sweep_age: 2h\nlog:\n")
	c, warnings, err := Load(Sources{
		File:    file,
		Environ: []string{"RETAKE_SERVER_LISTEN=127.0.0.1:2", "RETAKE_SERVER_SWEEP_EVERY=20s", "RETAKE_API_KEY=k", "PATH=/bin"},
		Flags:   map[string]string{"server.listen": "127.0.0.1:3"},
	})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("Load: %v, warnings %v", err, warnings)
	}
	want := DefaultServer()
	want.Listen, want.SweepEvery, want.SweepAge = "127.0.0.1:3", 20*time.Second, 2*time.Hour
	if d := cmp.Diff(want, c.Server); d != "" {
		t.Errorf("server section (-want +got):\n%s", d)
	}
}

func TestDefaultsAreValid(t *testing.T) {
	if _, _, err := Load(Sources{}); err != nil {
		t.Fatal(err)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name    string
		file    string
		environ []string
		flags   map[string]string
		want    []string // every one must be in the error
	}{
		{name: "slip in a key", file: "server:\n  lisen: x\n", want: []string{"server.lisen in", "did you mean server.listen?"}},
		{name: "slip in a section", file: "sever:\n  data: x\n", want: []string{"sever.data", "did you mean server.data?"}},
		{name: "no section", file: "sweep_age: 3s\n", want: []string{"did you mean server.sweep_age?"}},
		{name: "value for a section", file: "server: 3\n", want: []string{"server in", "is not a setting"}},
		{name: "not YAML", file: "server: [", want: []string{"not valid YAML"}},
		{name: "a list", file: "server:\n  listen: [a, b]\n", want: []string{"server.listen (RETAKE_SERVER_LISTEN)", "must be one value"}},
		{name: "all at once", environ: []string{"RETAKE_SERVER_SWEEP_AGE=soon", "RETAKE_SERVER_SWEEP_EVERY=1"}, file: "nothing: 1\n",
			want: []string{"RETAKE_SERVER_SWEEP_AGE must be a duration", "RETAKE_SERVER_SWEEP_EVERY must be a duration", "nothing in"}},
		{name: "ranges, all at once", environ: []string{"RETAKE_SERVER_SWEEP_AGE=1s", "RETAKE_LOG_LEVEL=loud", "RETAKE_LOG_FORMAT=xml"},
			want: []string{"server.sweep_age (RETAKE_SERVER_SWEEP_AGE): ", "log.level (RETAKE_LOG_LEVEL): ", "log.format (RETAKE_LOG_FORMAT): "}},
		{name: "a flag", flags: map[string]string{"server.listen": "here"}, want: []string{"listen must be host:port", `"here"`}},
		{name: "port", flags: map[string]string{"server.listen": "h:70000"}, want: []string{"between 0 and 65535"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := Sources{Environ: tt.environ, Flags: tt.flags}
			if tt.file != "" {
				src.File = write(t, tt.file)
			}
			_, _, err := Load(src)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error lacks %q:\n%v", w, err)
				}
			}
		})
	}
}

func TestMissingFileNamesItOnce(t *testing.T) {
	_, _, err := Load(Sources{File: "/nowhere/retake.yaml"})
	if err == nil || strings.Count(err.Error(), "/nowhere/retake.yaml") != 1 {
		t.Fatalf("got %v", err)
	}
}

func TestUnknownVariableWarns(t *testing.T) {
	_, warnings, err := Load(Sources{Environ: []string{"RETAKE_SERVER_LISTN=127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"RETAKE_SERVER_LISTN is not a setting and is ignored; did you mean RETAKE_SERVER_LISTEN?"}
	if d := cmp.Diff(want, warnings); d != "" {
		t.Error(d)
	}
}

// What Print writes must load again to the same settings, whatever parts add theirs later.
func TestPrintedConfigLoadsAgain(t *testing.T) {
	c := Default()
	c.Server.SweepAge = 90 * time.Second
	var out bytes.Buffer
	if err := Print(&out, c); err != nil {
		t.Fatal(err)
	}
	got, _, err := Load(Sources{File: write(t, out.String())})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if d := cmp.Diff(values(c), values(got)); d != "" {
		t.Error(d)
	}
}

// Every setting must also be reachable by its variable, and every value must survive being written as text.
func TestEverySettingFromTheEnvironment(t *testing.T) {
	c := Default()
	var environ []string
	for _, f := range Fields(&c) {
		environ = append(environ, f.Env+"="+f.String())
	}
	got, warnings, err := Load(Sources{Environ: environ})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if d := cmp.Diff(values(c), values(got)); d != "" {
		t.Error(d)
	}
}

func values(c Config) map[string]string {
	m := map[string]string{}
	for _, f := range Fields(&c) {
		if !f.Secret {
			m[f.Key] = f.String()
		}
	}
	return m
}

func TestNamesAreUnique(t *testing.T) {
	c := Default()
	var envs []string
	for _, f := range Fields(&c) {
		if slices.Contains(envs, f.Env) {
			t.Errorf("two settings are %s", f.Env)
		}
		envs = append(envs, f.Env)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	for name, want := range map[string]bool{"api_key": true, "token": true, "ffmpeg": false, "monkey": false, "key_cache": false, "signing_secret": true} {
		if secret(name) != want {
			t.Errorf("secret(%q) = %v", name, !want)
		}
	}
	if got := (Field{Secret: true}).printed(); got != "" {
		t.Errorf("printed %q", got)
	}
}
