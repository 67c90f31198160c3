package storetest

import (
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

var eventTests = map[string]func(*testing.T, *suite){
	"an end is one event with its generation": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.advance(time.Second)
		s.finish(g, retake.Outcome{Status: retake.Failed, Error: "no"})
		got := s.events(0)
		if len(got) != 1 || got[0].Seq <= 0 {
			t.Fatalf("got %+v, want one event", got)
		}
		want := s.get(g.ID)
		want.Params, want.Prompt, want.Report, want.Warnings = map[string]any{}, "", nil, nil
		s.same(got[0], retake.Event{Seq: got[0].Seq, Namespace: "ox", Name: retake.EventCompleted, Generation: want, At: s.now()})
		last, err := s.store.LastEvent(t.Context())
		if err != nil || last != got[0].Seq {
			t.Fatalf("LastEvent: %d, %v; want %d", last, err, got[0].Seq)
		}
	},
	"none at first": func(t *testing.T, s *suite) {
		last, err := s.store.LastEvent(t.Context())
		if err != nil || last != 0 {
			t.Fatalf("LastEvent: %d, %v; want 0", last, err)
		}
		s.wantEvents()
	},
	"belong to the owner, not the target": func(t *testing.T, s *suite) {
		g := generation("ox")
		g.TargetNamespace = "herd"
		s.create(g)
		s.finish(s.claim(), retake.Outcome{Status: retake.Succeeded})
		s.wantNamespaces([]string{"ox"}, "ox")
		s.wantNamespaces([]string{"herd"})
	},
	"of the namespaces asked for": func(t *testing.T, s *suite) {
		for _, ns := range []string{"a", "b", "c", "a"} {
			s.finish(s.claimed(ns), retake.Outcome{Status: retake.Succeeded})
		}
		s.wantNamespaces(nil, "a", "b", "c", "a")
		s.wantNamespaces([]string{"a"}, "a", "a")
		s.wantNamespaces([]string{"c", "b", "none"}, "b", "c")
		s.wantNamespaces([]string{})
	},
	"are read on from where one stopped": func(t *testing.T, s *suite) {
		for range 10 {
			s.finish(s.claimed("ox"), retake.Outcome{Status: retake.Succeeded})
		}
		want := s.events(0)
		var got []retake.Event
		for after := int64(0); ; {
			page, err := s.store.EventsAfter(t.Context(), nil, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			if len(page) > 3 {
				t.Fatalf("a page of %d, want at most 3", len(page))
			}
			got, after = append(got, page...), page[len(page)-1].Seq
		}
		s.same(got, want)
	},
	"since a time": func(t *testing.T, s *suite) {
		for range 4 {
			s.finish(s.claimed("ox"), retake.Outcome{Status: retake.Succeeded})
			s.advance(10 * time.Second)
		}
		all := s.events(0)
		got, err := s.store.EventsSince(t.Context(), []string{"ox"}, all[2].At)
		if err != nil {
			t.Fatal(err)
		}
		s.same(got, all[2:])
		if got, err = s.store.EventsSince(t.Context(), []string{"herd"}, all[0].At); err != nil || len(got) != 0 {
			t.Fatalf("another namespace's events: %d, %v", len(got), err)
		}
	},
	"no reader that follows misses one": testFollow,
}

func (s *suite) wantNamespaces(ask []string, want ...string) {
	s.Helper()
	list, err := s.store.EventsAfter(s.Context(), ask, 0, 100)
	if err != nil {
		s.Fatal(err)
	}
	got := []string{}
	for _, e := range list {
		got = append(got, e.Namespace)
	}
	s.same(got, append([]string{}, want...))
}

// testFollow reads on while others write: a number that becomes visible after a higher one would be lost to a
// reader that has moved past it.
func testFollow(t *testing.T, s *suite) {
	const writers, each = 6, 15
	var claimed []*retake.Generation
	for range writers * each {
		s.create(generation("ox"))
		claimed = append(claimed, s.claim())
	}
	done := make(chan struct{})
	seen := map[string]int{}
	var reader sync.WaitGroup
	reader.Go(func() {
		after := int64(0)
		for last := false; ; {
			select {
			case <-done:
				last = true
			default:
			}
			list := s.events(after)
			for _, e := range list {
				if e.Seq <= after {
					t.Errorf("event %d after event %d", e.Seq, after)
				}
				after = e.Seq
				seen[e.Generation.ID]++
			}
			if last && len(list) == 0 {
				return
			}
		}
	})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for _, g := range claimed[w*each : (w+1)*each] {
				s.finish(g, retake.Outcome{Status: retake.Succeeded})
			}
		})
	}
	wg.Wait()
	close(done)
	reader.Wait()
	for _, g := range claimed {
		if seen[g.ID] != 1 {
			t.Fatalf("the reader saw the end of %s %d times, want once", g.ID, seen[g.ID])
		}
	}
}
