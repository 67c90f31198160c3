package storetest

import (
	"fmt"
	"testing"

	"retake/internal/retake"
)

var fairnessTests = map[string]func(*testing.T, *suite){
	"200 generations of 5 namespaces on 2 slots":         testFairness,
	"the namespace that runs fewest goes first":          testFewestRunning,
	"who comes late does not wait for who came with 100": testLateComer,
}

// testFairness queues 40 of each namespace, one namespace after the other, and looks at the order of starts: at no
// time may one namespace be more than one ahead of another.
func testFairness(t *testing.T, s *suite) {
	const namespaces, each, slots = 5, 40, 2
	for n := range namespaces {
		for range each {
			s.create(generation(fmt.Sprint("ns", n)))
		}
	}
	served := map[string]int{}
	var running []*retake.Generation
	for range namespaces * each {
		g := s.claim()
		served[g.Namespace]++
		low, high := each, 0
		for n := range namespaces {
			low, high = min(low, served[fmt.Sprint("ns", n)]), max(high, served[fmt.Sprint("ns", n)])
		}
		if high-low > 1 {
			t.Fatalf("unfair: %v", served)
		}
		running = append(running, g)
		if len(running) == slots {
			s.finish(running[0], retake.Outcome{Status: retake.Succeeded})
			running = running[1:]
		}
	}
	s.wantNothingToClaim()
}

func testFewestRunning(t *testing.T, s *suite) {
	for range 3 {
		s.create(generation("a"))
	}
	s.claim()
	s.claim() // a runs 2
	s.create(generation("b"))
	s.create(generation("b"))
	for range 2 { // b runs none, though its last turn is later than a's
		g := s.claim()
		if g.Namespace != "b" {
			t.Fatalf("claimed of %s, which runs 2, want b, which runs none", g.Namespace)
		}
		s.finish(g, retake.Outcome{Status: retake.Succeeded})
	}
	if g := s.claim(); g.Namespace != "a" {
		t.Fatalf("claimed of %s, want a, the only one left", g.Namespace)
	}
}

func testLateComer(t *testing.T, s *suite) {
	for range 100 {
		s.create(generation("early"))
	}
	for range 10 {
		s.finish(s.claim(), retake.Outcome{Status: retake.Succeeded})
	}
	late := s.create(generation("late"))
	if g := s.claim(); g.ID != late.ID {
		t.Fatalf("claimed of %s, want late", g.Namespace)
	}
}
