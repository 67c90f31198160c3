package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// With no room for the result the generation fails and says so, nothing is left of it, and the server goes on.
//
// The data folder is a small file system of its own, in a mount namespace that needs no rights where users may make
// one. Where they may not, a limit on the size of files stands for it: writes fail in the same places.
func testFull(t *testing.T, bin, clip string) {
	w := newWorld(t, bin)
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const mount = `mount -t tmpfs -o size=7m,mode=700 retake "$0" && exec "$@"`
	prefix := []string{"unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, w.dir}
	if os.Geteuid() == 0 {
		prefix = []string{"unshare", "--mount", "sh", "-c", mount, w.dir}
	}
	mounted := exec.Command(prefix[0], append(prefix[1:], "true")...).Run() == nil
	if !mounted {
		t.Log("no mount namespace here: a limit on the size of files instead")
		first := w.start(nil) // the sample clip is larger than the limit
		first.end(syscall.SIGTERM)
		prefix = []string{"sh", "-c", `ulimit -f 2048 && exec "$@"`, "sh"} // 1 MiB
	}
	p := w.start(nil, prefix...)
	p.upload(clip)
	big := p.enqueue(seeded, 1)
	status, row := p.outcome(big[0])
	text, _ := row["error_message"].(string)
	want := "disk is full"
	if !mounted {
		want = "larger than this server allows"
	}
	if status != "failed" || !strings.Contains(text, want) {
		t.Errorf("without room: %s, %q\n%s", status, text, p.Log())
	}
	p.call("GET", "/api/ready", nil)
	fits := p.enqueue(small, 1)
	if status, row := p.outcome(fits[0]); status != "succeeded" {
		t.Errorf("a small one after that: %v\n%s", row, p.Log())
	}
	// The folder as the server sees it.
	root := filepath.Join("/proc", strconv.Itoa(p.PID()), "root", w.dir)
	if left, err := os.ReadDir(filepath.Join(root, "work")); err != nil || len(left) > 0 {
		t.Errorf("the work folder has %v, %v", left, err)
	}
	blobs, err := filepath.Glob(filepath.Join(root, "blobs", "*", "*"))
	if err != nil || len(blobs) != 3 { // the sample, the upload, the small result
		t.Errorf("blobs: %q, %v", blobs, err)
	}
	if code := p.end(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, p.Log())
	}
}
