package exec

import (
	"strings"
	"testing"
)

func TestConfig(t *testing.T) {
	p := Programs{}
	for name, fine := range map[string]bool{"ltx2": true, "my_own": true, "": false, "Ltx": false, "a-b": false, "a.b": false, "../x": false, strings.Repeat("a", 41): false} {
		if err := p.Add(name); (err == nil) != fine {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "ltx2: command") || !strings.Contains(err.Error(), "my_own: command") {
		t.Errorf("without commands: %v", err)
	}
	p["ltx2"].Command = []string{"python3"}
	p["ltx2"].Slots = 5
	if err := p.Add("ltx2"); err != nil || p["ltx2"].Slots != 5 {
		t.Error("a second Add changes what is there")
	}
	err := (Config{Command: []string{"x"}}).Validate()
	for _, key := range []string{"slots", "answer_limit", "start_within", "load_within", "job_within", "silent_within", "cancel_within", "health_within", "stop_within", "when_broken"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not named: %v", key, err)
		}
	}
}
