package config

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"retake/internal/engine/exec"
)

// A file names engines, whose settings are like all others: with defaults, variables, checks and a place in what is printed.
func TestNamedSections(t *testing.T) {
	path := write(t, "engine:\n  exec:\n    negative:\n      command: [python3, n.py]\n      idle_after: 3m\n    other:\n      command: [x]\n")
	c, _, err := Load(Sources{File: path, Environ: []string{"RETAKE_ENGINE_EXEC_NEGATIVE_SLOTS=3"}})
	if err != nil {
		t.Fatal(err)
	}
	n := c.Engine.Exec["negative"]
	if len(c.Engine.Exec) != 2 || strings.Join(n.Command, " ") != "python3 n.py" || n.IdleAfter != 3*time.Minute || n.Slots != 3 || n.JobWithin != exec.DefaultConfig().JobWithin {
		t.Fatalf("read %+v", n)
	}
	var out bytes.Buffer
	if err := Print(&out, c); err != nil {
		t.Fatal(err)
	}
	again, _, err := Load(Sources{File: write(t, out.String())})
	if err != nil || again.Engine.Exec["negative"].Slots != 3 {
		t.Errorf("what is printed is read as %+v, %v", again.Engine.Exec["negative"], err)
	}
}

func TestNamedSectionsHaveMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"engine: {exec: {a: {command: [x], slots: 0}}}": "engine.exec.a.slots (RETAKE_ENGINE_EXEC_A_SLOTS): slots must be 1 to 64",
		"engine: {exec: {a: {slots: 1}}}":               "engine.exec.a.command (RETAKE_ENGINE_EXEC_A_COMMAND): command must name",
		"engine: {exec: {A-b: {command: [x]}}}":         `got "A-b"`,
		"engine: {exec: {a: {comand: [x]}}}":            "did you mean engine.exec.a.command?",
		"engine: {exec: {builtin: {command: [x]}}}":     "the name of another engine",
	} {
		if _, _, err := Load(Sources{File: write(t, text)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// docs/engines.md lists every setting of a program.
func TestDocsListProgramSettings(t *testing.T) {
	page, err := os.ReadFile("../../docs/engines.md")
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	if err := c.Engine.Exec.Add("x"); err != nil {
		t.Fatal(err)
	}
	for _, f := range Fields(&c) {
		if key, ok := strings.CutPrefix(f.Key, "engine.exec.x."); ok && !strings.Contains(string(page), "| `"+key+"` |") {
			t.Errorf("docs/engines.md does not list %s", key)
		}
	}
}

// A ComfyUI server needs no file: its address alone makes the engine.
func TestComfyUIByVariables(t *testing.T) {
	c, _, err := Load(Sources{Environ: []string{"RETAKE_ENGINE_COMFYUI_URL=http://127.0.0.1:8188", "RETAKE_ENGINE_COMFYUI_RATES=24,30000/1001", "RETAKE_ENGINE_COMFYUI_MODES=replace_video"}})
	if err != nil || c.Engine.ComfyUI.URL == "" || len(c.Engine.ComfyUI.Rates) != 2 || len(c.Engine.ComfyUI.Modes) != 1 {
		t.Errorf("%v, %+v", err, c.Engine.ComfyUI)
	}
	_, _, err = Load(Sources{Environ: []string{"RETAKE_ENGINE_COMFYUI_URL=127.0.0.1:8188", "RETAKE_ENGINE_COMFYUI_SLOTS=0"}})
	for _, want := range []string{"engine.comfyui.url (RETAKE_ENGINE_COMFYUI_URL): url must be an address", "engine.comfyui.slots (RETAKE_ENGINE_COMFYUI_SLOTS): slots must be 1 to 64"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
