package storetest

import (
	"errors"
	"testing"
	"time"

	"retake/internal/retake"
)

var leaseTests = map[string]func(*testing.T, *suite){
	"renew extends and stores progress": func(t *testing.T, s *suite) {
		want := *s.claimed("ox")
		s.advance(lease - time.Second)
		want.Progress = retake.Progress{Phase: retake.PhaseEngine, Fraction: 0.25, ETA: 12.5}
		want.Lease = s.now().Add(lease)
		cancelled, err := s.store.Renew(t.Context(), want.ID, want.Fence, lease, want.Progress)
		if err != nil || cancelled {
			t.Fatalf("Renew: cancelled %v, %v", cancelled, err)
		}
		s.same(s.get(want.ID), &want)
		s.advance(lease - time.Second)
		s.same(s.reap(2), 0)
	},
	"a lapsed lease goes back to the queue": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		if _, err := s.store.Renew(t.Context(), g.ID, g.Fence, lease, retake.Progress{Phase: retake.PhaseEngine, Fraction: 0.5, ETA: 3}); err != nil {
			t.Fatal(err)
		}
		s.advance(lease - time.Microsecond)
		s.same(s.reap(2), 0)
		s.advance(time.Microsecond)
		s.same(s.reap(2), 1)
		want := *g
		want.Status, want.Attempts, want.Worker = retake.Queued, 1, ""
		want.Lease, want.Started = time.Time{}, time.Time{}
		s.same(s.get(g.ID), &want)
		s.wantEvents()
	},
	"what its engine has no room for waits": testPostpone,
	"a note outlives claims and goes with the end": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		for _, note := range []string{"first", "job-7 at a service"} {
			if err := s.store.Remember(t.Context(), g.ID, g.Fence, []byte(note)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.store.Release(t.Context(), g.ID, g.Fence); err != nil {
			t.Fatal(err)
		}
		g = s.claim()
		s.same(string(g.Note), "job-7 at a service")
		s.advance(lease)
		s.reap(2)
		g = s.claim()
		s.same(string(g.Note), "job-7 at a service")
		s.finish(g, retake.Outcome{Status: retake.Failed, Error: "x"})
		s.same(len(s.get(g.ID).Note), 0)
	},
	"a charge outlives claims and whatever the end is": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		for _, cost := range []string{"0.1", "0.403737"} {
			if err := s.store.Charge(t.Context(), g.ID, g.Fence, cost, "USD"); err != nil {
				t.Fatal(err)
			}
		}
		s.advance(lease)
		s.reap(2)
		g = s.claim()
		s.same(*g.Cost+" "+g.Currency, "0.403737 USD")
		if err := s.store.Charge(t.Context(), g.ID, g.Fence-1, "9", "USD"); !errors.Is(err, retake.ErrStaleFence) {
			t.Errorf("a charge by a claim that was lost: %v", err)
		}
		s.finish(g, retake.Outcome{Status: retake.Cancelled})
		g = s.get(g.ID)
		s.same(*g.Cost+" "+g.Currency, "0.403737 USD")
	},
	"open takes are those of the request that have not ended": func(t *testing.T, s *suite) {
		for _, request := range []string{"r", "r", "r", "other", "", ""} {
			g := generation("ox")
			g.Request = request
			s.create(g)
		}
		count := func(want int) {
			t.Helper()
			n, err := s.store.OpenTakes(t.Context(), "r")
			if err != nil || n != want {
				t.Errorf("%d open, %v; want %d", n, err, want)
			}
		}
		count(3)
		g := s.claim()
		s.same(g.Request, "r")
		count(3)
		s.finish(g, retake.Outcome{Status: retake.Failed, Error: "x"})
		count(2)
		if n, err := s.store.OpenTakes(t.Context(), ""); err != nil || n != 0 {
			t.Errorf("lone ones: %d open, %v", n, err)
		}
	},
	"a generation that kills its workers is given up": func(t *testing.T, s *suite) {
		id := s.create(generation("ox")).ID
		for lapse := 1; lapse <= 3; lapse++ {
			s.wantStatus(id, retake.Queued)
			s.claim()
			s.advance(lease)
			s.same(s.reap(2), 1)
			s.same(s.get(id).Attempts, lapse)
		}
		g := s.wantStatus(id, retake.Failed)
		if g.Error == "" || g.ErrorCode == "" || g.Completed.IsZero() || !g.Lease.IsZero() {
			t.Fatalf("a failure without a reason: %+v", g)
		}
		s.wantEvents(retake.EventCompleted)
		s.wantNothingToClaim()
		s.same(s.reap(2), 0)
	},
	"a release counts no attempt and keeps the place": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		second := s.create(generation("ox"))
		for range 5 {
			if err := s.store.Release(t.Context(), g.ID, g.Fence); err != nil {
				t.Fatal(err)
			}
			queued := s.wantStatus(g.ID, retake.Queued)
			s.same(queued.Attempts, 0)
			if !queued.Started.IsZero() || queued.Worker != "" {
				t.Fatalf("a queued generation seems to run: %+v", queued)
			}
			before := g.ID
			if g = s.claim(); g.ID != before {
				t.Fatalf("claimed %s, want the released one", g.ID)
			}
		}
		s.wantStatus(second.ID, retake.Queued)
	},
	"a claim that was lost can do nothing":           testStale,
	"a zombie whose lease lapsed publishes nothing":  testZombie,
	"a zombie whose claim another has taken as well": testTakenOver,
}

// wantStaleAll tries everything a worker can do with a claim it lost.
func (s *suite) wantStaleAll(id string, fence int64) {
	s.Helper()
	before := s.getOrNil(id)
	_, err := s.store.Renew(s.Context(), id, fence, lease, retake.Progress{Fraction: 0.9})
	s.wantErr(err, retake.ErrStaleFence)
	f := retake.File{Namespace: "ox", Repo: "generations", Branch: "main", Path: "zombie.mp4", Hash: "aa"}
	for _, status := range []retake.Status{retake.Succeeded, retake.Failed, retake.Cancelled} {
		_, err = s.store.Finish(s.Context(), id, fence, retake.Outcome{Status: status, ResultFile: "zombie.mp4", File: &f})
		s.wantErr(err, retake.ErrStaleFence)
	}
	s.wantErr(s.store.Release(s.Context(), id, fence), retake.ErrStaleFence)
	s.wantErr(s.store.Postpone(s.Context(), id, fence, "no room", s.now()), retake.ErrStaleFence)
	s.wantErr(s.store.Remember(s.Context(), id, fence, []byte("zombie")), retake.ErrStaleFence)
	s.same(s.getOrNil(id), before)
	_, err = s.store.FileAt(s.Context(), "ox", "generations", "main", "zombie.mp4")
	s.wantErr(err, retake.ErrNotFound)
}

func testPostpone(t *testing.T, s *suite) {
	g := s.claimed("ox")
	if err := s.store.Postpone(t.Context(), g.ID, g.Fence, "Busy.", s.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	want := *g
	want.Status, want.Worker, want.Lease, want.Started = retake.Queued, "", time.Time{}, time.Time{}
	want.Waits, want.WaitReason, want.WaitUntil = 1, "Busy.", s.now().Add(time.Minute)
	s.same(s.get(g.ID), &want)
	s.wantEvents()
	g = s.claim()
	if g.Waits != 1 || g.Attempts != 0 || g.WaitReason != "" || !g.WaitUntil.IsZero() {
		t.Fatalf("claimed again: %+v", g)
	}
	s.cancel(g.ID)
	if err := s.store.Postpone(t.Context(), g.ID, g.Fence, "Busy.", s.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if g := s.wantStatus(g.ID, retake.Cancelled); g.WaitReason != "" {
		t.Fatalf("a cancelled one waits: %+v", g)
	}
	s.wantEvents(retake.EventCancelled)
}

func (s *suite) getOrNil(id string) *retake.Generation {
	g, err := s.store.Generation(s.Context(), id)
	if err != nil {
		return nil
	}
	return g
}

func testStale(t *testing.T, s *suite) {
	queued := s.create(generation("ox"))
	s.wantStaleAll(queued.ID, queued.Fence)
	s.wantStaleAll("b3f1a5d2-0000-4000-8000-000000000000", 1)
	g := s.claim()
	s.wantStaleAll(g.ID, g.Fence-1)
	s.wantStaleAll(g.ID, g.Fence+1)
	s.finish(g, retake.Outcome{Status: retake.Succeeded, ResultFile: "r.mp4"})
	s.wantStaleAll(g.ID, g.Fence)
	s.wantEvents(retake.EventCompleted)
}

func testZombie(t *testing.T, s *suite) {
	g := s.claimed("ox")
	s.advance(lease)
	s.wantStaleAll(g.ID, g.Fence) // nobody has reaped it yet
	s.wantEvents()
	s.same(s.reap(2), 1)
	s.wantStaleAll(g.ID, g.Fence)
	s.wantStatus(g.ID, retake.Queued)
}

func testTakenOver(t *testing.T, s *suite) {
	zombie := s.claimed("ox")
	s.advance(lease)
	s.reap(2)
	heir := s.claim()
	if heir.ID != zombie.ID || heir.Fence <= zombie.Fence {
		t.Fatalf("the heir has %s fence %d, the zombie %s fence %d", heir.ID, heir.Fence, zombie.ID, zombie.Fence)
	}
	s.wantStaleAll(zombie.ID, zombie.Fence)
	s.same(s.finish(heir, retake.Outcome{Status: retake.Succeeded, ResultFile: "heir.mp4"}), retake.Succeeded)
	s.wantStaleAll(zombie.ID, zombie.Fence)
	s.same(s.get(zombie.ID).ResultFile, "heir.mp4")
	s.wantEvents(retake.EventCompleted)
}
