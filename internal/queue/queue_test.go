package queue_test

import (
	"strings"
	"testing"

	"retake/internal/queue"
)

func TestConfigNamesEveryMistake(t *testing.T) {
	err := queue.Config{Slots: map[string]int{"builtin": -1}, Drain: -1, MaxAttempts: -1}.Validate()
	for _, key := range []string{"slots.builtin", "lease", "renew", "reap", "poll", "drain", "stop_within", "max_attempts"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("the error does not name %s: %v", key, err)
		}
	}
	c := queue.DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	c.Renew = c.Lease/2 + 1
	if c.Validate() == nil {
		t.Error("a renewal that comes too late to be repeated is taken")
	}
}
