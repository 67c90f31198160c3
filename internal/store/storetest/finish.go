package storetest

import (
	"testing"
	"time"

	"retake/internal/retake"
)

var finishTests = map[string]func(*testing.T, *suite){
	"succeeded, with all that came of it": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.advance(3 * time.Second)
		file := retake.File{
			Namespace: "ox", Repo: "generations", Branch: "main", Path: "2026-03-01/" + g.ID + ".mp4",
			Hash: "aa", Size: 12, ContentType: "video/mp4",
		}
		s.finish(g, retake.Outcome{
			Status: retake.Succeeded, ResultFile: "ox/generations/file/main/" + file.Path, File: &file,
			Segment: &retake.Segment{Start: 1.25, End: 5.25}, Report: []byte(`{"holds":true}`), Warnings: []string{"one", "two"},
		})
		want := *g
		want.Status, want.Completed, want.Lease, want.Worker = retake.Succeeded, s.now(), time.Time{}, ""
		want.Progress.Fraction = 1
		want.ResultFile, want.ResultSize = "ox/generations/file/main/"+file.Path, 12
		want.Segment, want.Report = &retake.Segment{Start: 1.25, End: 5.25}, []byte(`{"holds":true}`)
		want.Warnings = []string{"one", "two"}
		s.same(s.get(g.ID), &want)
		got, err := s.store.FileAt(t.Context(), "ox", "generations", "main", file.Path)
		if err != nil {
			t.Fatal(err)
		}
		file.Created, file.Generation = s.now(), g.ID
		s.same(got, &file)
	},
	"failed, with its reason and without a file": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		file := retake.File{Namespace: "ox", Repo: "generations", Branch: "main", Path: "r.mp4", Hash: "aa"}
		s.finish(g, retake.Outcome{Status: retake.Failed, Error: "the clip can't be read", ErrorCode: retake.CodeUnreadable,
			ErrorField: "input_video", File: &file})
		got := s.wantStatus(g.ID, retake.Failed)
		s.same([]any{got.Error, got.ErrorCode, got.ErrorField}, []any{"the clip can't be read", retake.CodeUnreadable, "input_video"})
		_, err := s.store.FileAt(t.Context(), "ox", "generations", "main", "r.mp4")
		s.wantErr(err, retake.ErrNotFound)
		s.wantEvents(retake.EventCompleted)
	},
	"cancelled by the worker": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.same(s.finish(g, retake.Outcome{Status: retake.Cancelled}), retake.Cancelled)
		s.wantStatus(g.ID, retake.Cancelled)
		s.wantEvents(retake.EventCancelled)
	},
	"what is no end is refused": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		for _, status := range []retake.Status{"", retake.Queued, retake.Processing, "done"} {
			if _, err := s.store.Finish(t.Context(), g.ID, g.Fence, retake.Outcome{Status: status}); err == nil {
				t.Fatalf("Finish took the status %q", status)
			}
		}
		s.wantStatus(g.ID, retake.Processing)
	},
}
