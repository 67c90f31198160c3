package queuetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"retake/internal/retake"
)

var fairnessTests = map[string]func(*testing.T, *suite){
	"200 generations of 5 keys on 2 slots": testFairness,
}

// testFairness queues 40 of each key, one key after the other, and looks at the order of ends while they run.
func testFairness(t *testing.T, s *suite) {
	const keys, each = 5, 40
	var mu sync.Mutex
	var order []string
	q := s.start(func(_ context.Context, g *retake.Generation, _ func(retake.Progress)) retake.Outcome {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, g.Namespace)
		return succeeded
	})
	var ids []string
	for k := range keys {
		ids = append(ids, s.create(fmt.Sprint("key", k), each)...)
	}
	before := q.Stats().Claimed // nobody has woken it yet
	q.Wake()
	for _, id := range ids {
		s.waitStatus(id, retake.Succeeded)
	}
	if before != 0 {
		t.Fatalf("%d were claimed before all were queued", before)
	}
	served := map[string]int{}
	for i, namespace := range order {
		served[namespace]++
		low, high := each, 0
		for k := range keys {
			low, high = min(low, served[fmt.Sprint("key", k)]), max(high, served[fmt.Sprint("key", k)])
		}
		// One more than in the order of claims: the two slots may start in the other order than they were claimed.
		if high-low > 2 {
			t.Fatalf("unfair after %d: %v", i+1, served)
		}
	}
	if len(order) != keys*each {
		t.Fatalf("%d runs for %d generations", len(order), keys*each)
	}
}
