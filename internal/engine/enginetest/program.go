package enginetest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// programMark is the first argument of a test binary that is to be an engine's program.
const programMark = "retake-test-engine"

// Command is the command of a program that speaks the engine protocol and has faults. The test binary is that program:
// its TestMain calls Program.
func Command(faults ...string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return append([]string{self, programMark}, faults...)
}

// Program must be called first in TestMain. In a process that was started as an engine it never returns.
func Program() {
	if len(os.Args) < 2 || os.Args[1] != programMark {
		return
	}
	p := &program{faults: os.Args[2:], out: json.NewEncoder(os.Stdout)}
	p.serve()
	os.Exit(0)
}

// program is an engine with faults, which are named where they are looked for.
type program struct {
	faults []string
	out    *json.Encoder
}

type line map[string]any

func (p *program) has(fault string) bool { return slices.Contains(p.faults, fault) }

// value is what follows "name=" in a fault.
func (p *program) value(name string) string {
	for _, f := range p.faults {
		if v, ok := strings.CutPrefix(f, name+"="); ok {
			return v
		}
	}
	return ""
}

func (p *program) say(l line) { _ = p.out.Encode(l) }

func (p *program) serve() {
	if path := p.value("count"); path != "" { // a line for each start
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			fmt.Fprintln(f, os.Getpid())
			f.Close()
		}
	}
	fmt.Fprintln(os.Stderr, "the test engine starts")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var m line
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			os.Exit(3)
		}
		switch m["type"] {
		case "hello":
			p.hello()
		case "load":
			p.load()
		case "job":
			p.job(m)
		case "cancel":
			if !p.has("deaf") {
				p.say(line{"type": "error", "id": m["id"], "kind": "cancelled", "cost": p.value("cost")})
			}
		case "health":
			p.say(line{"type": "health", "ok": !p.has("ill")})
		case "shutdown":
			if p.has("lingers") {
				time.Sleep(time.Hour)
			}
			return
		}
	}
}

func (p *program) hello() {
	switch {
	case p.has("hello crash"):
		fmt.Fprintln(os.Stderr, "no module named torch")
		os.Exit(1)
	case p.has("hello silent"):
		return
	case p.has("hello version"):
		p.say(line{"type": "hello", "protocol": 99})
		return
	case p.has("hello unavailable"):
		p.say(line{"type": "error", "kind": "unavailable", "message": "There is no GPU."})
		return
	case p.has("hello long"):
		fmt.Println(`{"type":"hello","name":"` + strings.Repeat("x", 2<<20) + `"}`)
		return
	case p.has("hello endless"):
		for text := strings.Repeat("{", 1<<16); ; {
			fmt.Print(text)
		}
	case p.has("hello broken"):
		fmt.Println(`{"type":"hello",`)
		return
	}
	if p.has("prints") {
		fmt.Println("Loading checkpoint shards: 50%")
	}
	concurrency, _ := strconv.Atoi(p.value("concurrency"))
	p.say(line{"type": "hello", "protocol": 1, "name": "test", "version": "1", "title": "Test engine", "capabilities": line{
		"modes": []string{"replace_video", "replace_audio", "replace_audio_and_video"}, "frame_step": 8, "multiple": 8, "deterministic": true, "concurrency": concurrency}})
}

func (p *program) load() {
	switch {
	case p.has("load crash"):
		os.Exit(1)
	case p.has("load silent"):
		return
	case p.has("load error"):
		p.say(line{"type": "error", "kind": "unavailable", "message": "The weights are not there."})
		return
	}
	p.say(line{"type": "progress", "fraction": 0.5, "phase": "weights"})
	p.say(line{"type": "loaded"})
}

// job answers a job, or does what its fault says. It reads nothing meanwhile, except where it waits for a cancel.
func (p *program) job(m line) {
	id, dir := m["id"], m["dir"].(string)
	if kind := p.value("error"); kind != "" {
		p.say(line{"type": "error", "id": id, "kind": kind, "field": p.value("field"), "message": p.value("message"), "cost": p.value("cost"), "retry_after": 40})
		return
	}
	p.say(line{"type": "progress", "id": id, "fraction": 0.25})
	switch {
	case p.has("waits"), p.has("deaf"): // until it is cancelled
		return
	case p.has("child"): // leaves one behind in its group, and ends
		c := exec.Command("sleep", "1000")
		if c.Start() == nil {
			_ = os.WriteFile(p.value("pid"), fmt.Append(nil, c.Process.Pid), 0o600)
		}
		os.Exit(1)
	case p.has("crash"):
		fmt.Fprintln(os.Stderr, "CUDA error: an illegal memory access was encountered")
		os.Exit(139)
	case p.has("garbage"):
		fmt.Println(`{"type":"result","id":`)
		time.Sleep(time.Minute)
	case p.has("other job"):
		p.say(line{"type": "result", "id": "someone else's", "file": "answer.mp4"})
		time.Sleep(time.Minute)
	case p.has("note"):
		if note, ok := m["note"].(string); ok {
			p.say(line{"type": "error", "id": id, "kind": "refused", "message": "picked up " + note})
			return
		}
		p.say(line{"type": "note", "id": id, "note": "job-7"})
		return // and waits
	}
	file, err := p.answer(m, dir)
	if err != nil {
		p.say(line{"type": "error", "id": id, "kind": "broken", "detail": err.Error()})
		return
	}
	p.say(line{"type": "progress", "id": id, "fraction": 0.1}) // back, which nobody may see
	p.say(line{"type": "result", "id": id, "file": file, "seed": m["seed"], "cost": "0.25", "warnings": []string{"It is a test."},
		"edited": line{"start": 0, "end": 1000}})
}

// answer makes the file of the answer.
func (p *program) answer(m line, dir string) (string, error) {
	path := filepath.Join(dir, "answer.mp4")
	switch {
	case p.has("no file"):
		return "answer.mp4", nil
	case p.has("no name"):
		return "", nil
	case p.has("empty file"):
		return "answer.mp4", os.WriteFile(path, nil, 0o600)
	case p.has("folder"):
		return "answer.mp4", os.Mkdir(path, 0o700)
	case p.has("outside"):
		return "/etc/passwd", nil
	case p.has("up"):
		return "../../../../etc/passwd", nil
	case p.has("link"):
		return "answer.mp4", os.Symlink("/etc/passwd", path)
	case p.has("linked folder"):
		return "there/passwd", os.Symlink("/etc", filepath.Join(dir, "there"))
	case p.has("pipe"):
		return "answer.mp4", exec.Command("mkfifo", path).Run()
	}
	window := m["window"].(map[string]any)
	if p.has("text") {
		p.faults = append(p.faults, "text="+Playlist)
	}
	bad := Bad{Args: p.value("ffmpeg"), Cut: p.has("truncated"), Text: p.value("text")}
	return "answer.mp4", bad.write(context.Background(), window["file"].(string), path, "-crf 12 -preset veryfast")
}
