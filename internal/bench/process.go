package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// execute runs a command to its end; a failure carries what it said.
func execute(args ...string) error {
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(args[0]), err, lines(out))
	}
	return nil
}

// memory watches an edit of both pictures and sound: the peak of retake itself and of its ffmpegs together.
func (b *bench) memory() error {
	cmd := exec.Command(b.retake, "edit", b.clip, "--prompt", "heavy snow, wind", "--start", "4", "--duration", "4",
		"--mode", "replace_audio_and_video", "-o", b.dir+"/memory.mp4", "--force", "--json")
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var own, others int64
	for {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("edit: %w", err)
			}
			row("peak memory of the retake process", "150 MB", fmt.Sprintf("**%.0f MB**", float64(own)/1e6), "resident")
			row("peak memory of its ffmpegs together", "1.2 GB", fmt.Sprintf("**%.2f GB**", float64(others)/1e9), "resident, every 20 ms")
			return nil
		case <-time.After(20 * time.Millisecond):
			own = max(own, statusBytes(cmd.Process.Pid, "VmHWM:"))
			sum := int64(0)
			for _, pid := range children(cmd.Process.Pid) {
				sum += statusBytes(pid, "VmRSS:")
			}
			others = max(others, sum)
		}
	}
}

// statusBytes reads a memory figure of /proc/PID/status; 0 when the process is gone.
func statusBytes(pid int, key string) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil {
				return n * 1024
			}
		}
	}
	return 0
}

// children returns the processes below pid.
func children(pid int) []int {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	var out []int
	for _, t := range tasks {
		data, err := os.ReadFile(t)
		if err != nil {
			continue
		}
		for _, f := range strings.Fields(string(data)) {
			if n, err := strconv.Atoi(f); err == nil {
				out = append(append(out, n), children(n)...)
			}
		}
	}
	return out
}

// start measures from the command to the line that says the server is ready, on an existing database.
func (b *bench) start() error {
	data := b.dir + "/data"
	if _, err := b.startOnce(data); err != nil {
		return err
	}
	var times []float64
	for range max(b.runs, 5) {
		t, err := b.startOnce(data)
		if err != nil {
			return err
		}
		times = append(times, t.Seconds()*1000)
	}
	median, low, high := stats(times)
	row("ready after start, on an existing database", "300 ms", fmt.Sprintf("**%.0f ms**", median), fmt.Sprintf("%.0f to %.0f", low, high))
	return nil
}

func (b *bench) startOnce(data string) (time.Duration, error) {
	cmd := exec.Command(b.retake, "serve", "--listen", "127.0.0.1:0", "--data", data)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	var took time.Duration
	said := bufio.NewScanner(stderr)
	for said.Scan() {
		if strings.HasPrefix(said.Text(), "listening on ") {
			took = time.Since(begun)
			break
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	for said.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("serve: %w", err)
	}
	if took == 0 {
		return 0, errors.New("the server never said that it listens")
	}
	return took, nil
}
