package storetest

import (
	"sync"
	"testing"

	"retake/internal/retake"
)

var cancelTests = map[string]func(*testing.T, *suite){
	"queued ends at once": func(t *testing.T, s *suite) {
		g := s.cancel(s.create(generation("ox")).ID)
		if g.Status != retake.Cancelled || !g.Completed.Equal(s.now()) {
			t.Fatalf("got %s, completed %v", g.Status, g.Completed)
		}
		s.same(s.get(g.ID), g)
		s.wantNothingToClaim()
		s.wantEvents(retake.EventCancelled)
	},
	"processing goes on until its worker hears of it": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		if got := s.cancel(g.ID); got.Status != retake.Processing {
			t.Fatalf("got %s, want processing", got.Status)
		}
		s.wantEvents()
		cancelled, err := s.store.Renew(t.Context(), g.ID, g.Fence, lease, retake.Progress{})
		if err != nil || !cancelled {
			t.Fatalf("Renew: cancelled %v, %v; want true", cancelled, err)
		}
		s.same(s.finish(g, retake.Outcome{Status: retake.Cancelled}), retake.Cancelled)
		s.wantEvents(retake.EventCancelled)
	},
	"never ends as succeeded": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.cancel(g.ID)
		f := retake.File{Namespace: "ox", Repo: "generations", Branch: "main", Path: "r.mp4", Hash: "aa"}
		s.same(s.finish(g, retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4", File: &f}), retake.Cancelled)
		if got := s.wantStatus(g.ID, retake.Cancelled); got.ResultFile != "" {
			t.Fatalf("a cancelled generation has the result %q", got.ResultFile)
		}
		_, err := s.store.FileAt(t.Context(), "ox", "generations", "main", "r.mp4")
		s.wantErr(err, retake.ErrNotFound)
		s.wantEvents(retake.EventCancelled)
	},
	"released ends instead of going back": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.cancel(g.ID)
		if err := s.store.Release(t.Context(), g.ID, g.Fence); err != nil {
			t.Fatal(err)
		}
		s.wantStatus(g.ID, retake.Cancelled)
		s.wantEvents(retake.EventCancelled)
	},
	"a dead worker's ends when the lease lapses": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.cancel(g.ID)
		s.advance(lease)
		s.same(s.reap(2), 1)
		s.wantStatus(g.ID, retake.Cancelled)
		s.wantEvents(retake.EventCancelled)
	},
	"ended is left alone": func(t *testing.T, s *suite) {
		for _, o := range []retake.Outcome{{Status: retake.Succeeded, ResultFile: "r.mp4"}, {Status: retake.Failed, Error: "no"}, {Status: retake.Cancelled}} {
			g := s.claimed("ox")
			s.finish(g, o)
			before := s.get(g.ID)
			s.same(s.cancel(g.ID), before)
			s.same(s.get(g.ID), before)
		}
		s.wantEvents(retake.EventCompleted, retake.EventCompleted, retake.EventCancelled)
	},
	"twice is once": func(t *testing.T, s *suite) {
		g := s.create(generation("ox"))
		s.cancel(g.ID)
		s.cancel(g.ID)
		s.wantEvents(retake.EventCancelled)
	},
	"against finish, one of them wins": testCancelRace,
	"against claim, nothing is lost":   testCancelClaimRace,
}

func testCancelRace(t *testing.T, s *suite) {
	for range 20 {
		g := s.claimed("ox")
		var seen *retake.Generation
		var status retake.Status
		var wg sync.WaitGroup
		wg.Go(func() { seen = s.cancel(g.ID) })
		wg.Go(func() { status = s.finish(g, retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4"}) })
		wg.Wait()
		s.wantStatus(g.ID, status)
		// Who asked for the cancel saw a running generation only if that cancel was obeyed.
		if seen.Status == retake.Processing && status != retake.Cancelled {
			t.Fatalf("the cancel came first and the generation ended as %s", status)
		}
		if seen.Status == retake.Succeeded && status != retake.Succeeded {
			t.Fatalf("the cancel came last and the generation ended as %s", status)
		}
	}
	if n := len(s.events(0)); n != 20 {
		t.Fatalf("%d events for 20 ends", n)
	}
}

func testCancelClaimRace(t *testing.T, s *suite) {
	for range 20 {
		g := s.create(generation("ox"))
		var claimed *retake.Generation
		var wg sync.WaitGroup
		wg.Go(func() { s.cancel(g.ID) })
		wg.Go(func() { claimed, _ = s.store.Claim(t.Context(), "w", oneSlot, lease) })
		wg.Wait()
		if claimed != nil {
			s.same(s.finish(claimed, retake.Outcome{Status: retake.Succeeded}), retake.Cancelled)
		}
		s.wantStatus(g.ID, retake.Cancelled)
	}
}

func (s *suite) wantNothingToClaim() {
	s.Helper()
	g, err := s.store.Claim(s.Context(), "w", oneSlot, lease)
	if g != nil {
		s.Fatalf("claimed %s, want nothing", g.ID)
	}
	s.wantErr(err, retake.ErrNothingToDo)
}

func (s *suite) wantEvents(names ...string) {
	s.Helper()
	got := []string{}
	for _, e := range s.events(0) {
		got = append(got, e.Name)
	}
	s.same(got, append([]string{}, names...))
}
