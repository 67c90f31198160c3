package engine

import (
	"slices"
	"strings"
	"testing"

	"retake/internal/retake"
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

// Who pays and where footage goes is told of every engine that may take money or send something.
func TestPriceAndPlace(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Hosted.LTX.Enabled, cfg.Hosted.Oxen.Enabled = true, true
	cfg.ComfyUI.URL = "http://cards.lan:8188"
	here := cfg
	here.ComfyUI.URL = "http://127.0.0.1:8188"
	for _, c := range []struct {
		cfg           Config
		name, pricing string
		stays         bool
		to            string
	}{
		{cfg, "builtin", retake.Free, true, ""},
		{cfg, "ltx", retake.Priced, false, "api.ltx.video"},
		{cfg, "oxen", retake.PriceUnknown, false, "hub.oxen.ai"},
		{cfg, "comfyui", retake.Free, false, "cards.lan"},
		{here, "comfyui", retake.Free, true, ""},
	} {
		all, err := All(c.cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(e retake.Engine) bool { return e.Info().Name == c.name })
		if i < 0 {
			t.Fatalf("there is no engine %s", c.name)
		}
		if got := all[i].Info(); got.Pricing() != c.pricing || got.Stays != c.stays || got.SendsTo != c.to {
			t.Errorf("%s: %s, stays %v, sent to %q; want %s, %v, %q", c.name, got.Pricing(), got.Stays, got.SendsTo, c.pricing, c.stays, c.to)
		}
		if err := Close(all); err != nil {
			t.Error(err)
		}
	}
}

func TestConfig(t *testing.T) {
	if err := (Config{}).Validate(); err == nil || !strings.Contains(err.Error(), "builtin: ") {
		t.Errorf("got %v", err)
	}
}
