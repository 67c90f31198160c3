package media

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"retake/internal/retake"
)

func needLandlock(t *testing.T) *Tools {
	t.Helper()
	tl := tools(t)
	if tl.box.abi == 0 {
		t.Skip("this kernel has no Landlock")
	}
	return tl
}

// A file that the command does not name can't be read, by whichever way ffmpeg comes to it.
func TestSandboxHidesOtherFiles(t *testing.T) {
	tl := needLandlock(t)
	secret := clip(t, "secret.mp4", pictures+h264)
	filter := Command{Args: []string{"-f", "lavfi", "-i", "movie=" + secret, "-frames:v", "1", "-f", "rawvideo", "pipe:1"}}
	if _, err := tl.Run(t.Context(), filter); err == nil || !strings.Contains(err.Error(), "Permission denied") {
		t.Errorf("reading a file that was not named: %v, want it denied", err)
	}
	filter.ReadFiles = []string{secret}
	if _, err := tl.Run(t.Context(), filter); err != nil {
		t.Errorf("reading a file that was named: %v", err)
	}
}

func TestSandboxWritesOnlyWhereTold(t *testing.T) {
	tl := needLandlock(t)
	allowed, other := t.TempDir(), t.TempDir()
	write := func(dir string) error {
		_, err := tl.Run(t.Context(), Command{
			Args:      append(strings.Fields(tone), filepath.Join(dir, "out.wav")),
			WriteDirs: []string{allowed},
		})
		return err
	}
	if err := write(allowed); err != nil {
		t.Errorf("write into a named folder: %v", err)
	}
	if err := write(other); err == nil || !strings.Contains(err.Error(), "Permission denied") {
		t.Errorf("write elsewhere: %v, want it denied", err)
	}
	// An input is no output.
	in := filepath.Join(allowed, "out.wav")
	_, err := tl.Run(t.Context(), Command{Args: append(strings.Fields(tone), in), ReadFiles: []string{in}})
	if err == nil || !strings.Contains(err.Error(), "Permission denied") {
		t.Errorf("overwrite a file that may be read: %v, want it denied", err)
	}
}

func TestSandboxHasNoNetwork(t *testing.T) {
	tl := needLandlock(t)
	if tl.box.abi < 4 {
		t.Skip("this kernel's Landlock knows no network")
	}
	_, err := tl.Run(t.Context(), Command{Args: strings.Fields(tone + "-f wav tcp://127.0.0.1:9")})
	if err == nil || !strings.Contains(err.Error(), "Permission denied") {
		t.Errorf("connect: %v, want it denied", err)
	}
}

func TestLimitsHold(t *testing.T) {
	limits := func(c *Config) {
		c.MemoryLimit, c.FileLimit, c.CPULimit, c.OpenFiles = 3<<30, 5<<20, 77*time.Second, 99
	}
	for name, sandbox := range map[string]string{"sandboxed": SandboxAuto, "off": SandboxOff} {
		t.Run(name, func(t *testing.T) {
			tl := tools(t, limits, func(c *Config) { c.Sandbox = sandbox })
			p, err := tl.Start(t.Context(), endless)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if _, err := io.ReadFull(p.Stdout(), make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.PID()))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{`Max address space +3221225472 `, `Max file size +5242880 `,
				`Max cpu time +77 +77 `, `Max open files +99 +99 `, `Max core file size +0 +0 `} {
				if !regexp.MustCompile(want).Match(text) {
					t.Errorf("no %q in the limits:\n%s", want, text)
				}
			}
			pgid, err := syscall.Getpgid(p.PID())
			if err != nil || pgid != p.PID() {
				t.Errorf("process group %d (%v), want its own, %d", pgid, err, p.PID())
			}
			line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.PID()))
			if err != nil || !strings.HasPrefix(string(line), "ffmpeg\x00") {
				t.Errorf("command line %q (%v), want it to be ffmpeg's", line, err)
			}
		})
	}
}

func TestWithoutHook(t *testing.T) {
	hooked = false
	defer func() { hooked = true }()
	tl := tools(t)
	if got, want := tl.Sandboxed(), "limits only, no sandbox process"; got != want {
		t.Errorf("Sandboxed() = %q, want %q", got, want)
	}
	if _, err := tl.Run(t.Context(), Command{Args: strings.Fields(tone + "-f null -")}); err != nil {
		t.Error(err)
	}
	cfg := DefaultConfig()
	cfg.Sandbox = SandboxRequired
	if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), "media.sandbox") {
		t.Errorf("Open with a required sandbox: %v, want an error that names the key", err)
	}
}

func TestSandboxRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{marker}, {marker, "{"}, {marker, "{", "/bin/true"}, {marker, `{"Parent":1}`, "/bin/true"}} {
		cmd := exec.Command(self)
		cmd.Args = args
		out, err := cmd.CombinedOutput()
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.ExitCode() != 126 || !strings.HasPrefix(string(out), "media sandbox:") {
			t.Errorf("%q: %v, %q; want exit code 126", args, err, out)
		}
	}
}

// kill -9 of the server leaves no ffmpeg behind, also one that has nothing to read or write.
func TestDiesWithItsParent(t *testing.T) {
	for _, sandbox := range []string{SandboxAuto, SandboxOff} {
		t.Run(sandbox, func(t *testing.T) {
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), orphanMaker+"="+sandbox)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			var pid int
			if _, scanErr := fmt.Sscan(line, &pid); err != nil || scanErr != nil {
				cmd.Process.Kill()
				t.Fatalf("no process id: %q, %v", line, err)
			}
			for range 500 { // from our binary to ffmpeg
				if command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); bytes.HasPrefix(command, []byte("ffmpeg")) {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if gone(pid) {
				t.Error("ffmpeg is not there before")
			}
			cmd.Process.Kill()
			cmd.Wait()
			waitGone(t, pid)
		})
	}
}

// What a program has started goes with it when a run is cancelled.
func TestCancelKillsGrandchildren(t *testing.T) {
	script := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nsleep 600 >/dev/null 2>&1 &\necho $!\nwait\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	p, err := tools(t, func(c *Config) { c.FFmpeg = script }).Start(ctx, Command{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var grandchild int
	if _, err := fmt.Fscan(p.Stdout(), &grandchild); err != nil {
		t.Fatalf("%v, %v", err, p.Close())
	}
	if gone(grandchild) {
		t.Fatal("the grandchild is not there before")
	}
	cancel(retake.ErrCancelled)
	if err := p.Wait(); !errors.Is(err, retake.ErrCancelled) {
		t.Errorf("Wait: %v", err)
	}
	waitGone(t, grandchild)
}

// waitGone waits for the kernel to take a killed process away, and fails when it doesn't within two seconds.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	for range 200 {
		if gone(pid) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	t.Errorf("process %d lives on", pid)
}

// gone reports whether a process has ended; one that nobody has reaped yet has.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z")
}

func BenchmarkStart(b *testing.B) {
	for name, sandbox := range map[string]string{"sandboxed": SandboxAuto, "plain": SandboxOff} {
		b.Run(name, func(b *testing.B) {
			tl := tools(b, func(c *Config) { c.Sandbox = sandbox })
			for b.Loop() {
				if _, err := tl.Run(b.Context(), Command{Args: []string{"-version"}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
