package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// TestProcess runs the built server and does to it what happens to servers.
func TestProcess(t *testing.T) {
	bin, clip := buildFaults(t), makeClip(t)
	t.Run("kill", func(t *testing.T) { testKill(t, bin, clip) })
	t.Run("cancel", func(t *testing.T) { testCancel(t, bin, clip) })
	t.Run("stop", func(t *testing.T) { testStop(t, bin, clip) })
	t.Run("full", func(t *testing.T) { testFull(t, bin, clip) })
	t.Run("hosted", func(t *testing.T) { testHosted(t, bin, clip) })
	t.Run("hosted in doubt", func(t *testing.T) { testHostedInDoubt(t, bin, clip) })
	t.Run("comfyui", func(t *testing.T) { testComfyUI(t, bin, clip) })
	t.Run("front", func(t *testing.T) { testFront(t, bin, clip) })
	t.Run("edit", func(t *testing.T) { testEdit(t, bin, clip) })
}

// phases are those in which a generation is held, killed and cancelled.
var phases = []retake.Phase{
	retake.PhaseFetching, retake.PhaseProbing, retake.PhaseEngine, retake.PhaseSplicing, retake.PhaseVerifying, retake.PhasePublishing,
}

// Killed in each phase, with another generation waiting, the server's next start ends both, once, with one file each.
func testKill(t *testing.T, bin, clip string) {
	for _, phase := range phases {
		t.Run(string(phase), func(t *testing.T) {
			w := newWorld(t, bin)
			p := w.start([]string{"RETAKE_PAUSE_PHASE=" + string(phase), "RETAKE_ENGINE_BUILTIN_SLOTS=1"})
			p.upload(clip)
			p.Hold.Hold()
			ids := p.enqueue(small, 2)
			p.Reached()
			if got := p.row(ids[1])["status"]; got != "queued" {
				t.Errorf("the second generation is %v", got)
			}
			p.end(syscall.SIGKILL)
			plantLitter(t, w.dir)

			p = w.start(nil)
			for _, id := range ids {
				if status, row := p.outcome(id); status != "succeeded" {
					t.Errorf("%s: %v", id, row)
				}
			}
			p.eventually("the litter is swept", func() bool { return len(litter(t, w.dir)) == 0 })
			if code := p.end(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d\n%s", code, p.Log())
			}
			w.settled(ids, 2)
		})
	}
	t.Run("ffmpeg at work", func(t *testing.T) {
		w := newWorld(t, bin)
		p := w.start(nil)
		ids := p.enqueue(seeded, 1)
		p.eventually("the engine works", func() bool { return p.row(ids[0])["phase"] == "engine" })
		pids := p.working()
		p.end(syscall.SIGKILL)
		p.eventually("ffmpeg is gone with the server", func() bool { return len(alive(pids)) == 0 })
		p = w.start(nil)
		if status, row := p.outcome(ids[0]); status != "succeeded" {
			t.Errorf("ended as %v", row)
		}
		p.end(syscall.SIGTERM)
		w.settled(ids, 1)
	})
}

// plantLitter leaves what a crash can leave: a blob that nothing names, half a blob, half an edit.
func plantLitter(t *testing.T, dir string) {
	t.Helper()
	sum := sha256.Sum256([]byte("orphan"))
	name := hex.EncodeToString(sum[:])
	past := time.Now().Add(-time.Hour)
	for path, text := range map[string]string{
		filepath.Join("blobs", name[:2], name): "orphan", filepath.Join("blobs", "tmp", "half"): "ha", filepath.Join("work", "edit-1", "half"): "ha",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, past, past); err != nil {
			t.Fatal(err)
		}
	}
}

// litter lists files whose content is not that of a finished clip.
func litter(t *testing.T, dir string) (list []string) {
	t.Helper()
	for _, sub := range []string{"blobs", "work"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return nil // it may have gone while we looked
			}
			if info, err := e.Info(); err == nil && info.Size() < 100 {
				list = append(list, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// settled looks into the data folder of a stopped server: every generation has ended, once; each success has its one
// file; no blob is there that nothing names, and no temporary file.
func (w *world) settled(ids []string, succeeded int) {
	t := w.t
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(w.dir, "retake.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ends := map[string]int{}
	events, err := s.EventsAfter(t.Context(), nil, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		ends[e.Generation.ID]++
	}
	files := 0
	for _, id := range ids {
		g, err := s.Generation(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !g.Status.Ended() || ends[id] != 1 {
			t.Errorf("generation %s is %s after %d ends", id, g.Status, ends[id])
		}
		named, err := s.ListFiles(t.Context(), "ox", "generations", "main", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range named {
			if strings.Contains(f.Path, id) {
				files++
			}
		}
	}
	if files != succeeded {
		t.Errorf("%d files of %d successes", files, succeeded)
	}
	w.noOrphans(s)
}

// states looks up generations in the data folder of a stopped server.
func (w *world) states(ids []string) (list []string) {
	w.t.Helper()
	// Beside a server that might run: opening it alone would count what is processing as lapsed.
	s, err := sqlite.Open(w.t.Context(), sqlite.Config{Path: filepath.Join(w.dir, "retake.db"), Shared: true})
	if err != nil {
		w.t.Fatal(err)
	}
	defer s.Close()
	for _, id := range ids {
		g, err := s.Generation(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, string(g.Status))
	}
	return list
}

func (w *world) noOrphans(s *sqlite.Store) {
	t := w.t
	t.Helper()
	if left := litter(t, w.dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if work, err := os.ReadDir(filepath.Join(w.dir, "work")); err != nil || len(work) > 0 {
		t.Errorf("the work folder has %v, %v", work, err)
	}
	blobs, err := filepath.Glob(filepath.Join(w.dir, "blobs", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blobs {
		if used, err := s.BlobReferenced(t.Context(), filepath.Base(b)); err != nil || !used {
			t.Errorf("nothing names the blob %s, %v", filepath.Base(b), err)
		}
	}
}
