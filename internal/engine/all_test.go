package engine

import (
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	all, err := All(DefaultConfig(), nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range all {
		name := e.Info().Name
		if name == "" || seen[name] {
			t.Errorf("engine named %q twice or not at all", name)
		}
		seen[name] = true
	}
	if all[0].Info().Name != "builtin" {
		t.Errorf("the default engine is %q", all[0].Info().Name)
	}
}

func TestConfig(t *testing.T) {
	if err := (Config{}).Validate(); err == nil || !strings.Contains(err.Error(), "builtin: ") {
		t.Errorf("got %v", err)
	}
}
