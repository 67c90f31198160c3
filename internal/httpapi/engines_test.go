package httpapi

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"retake/internal/model"
	"retake/internal/retake"
)

// standby is an engine that is ready or not.
type standby struct {
	retake.Engine
	ready bool
}

func (s standby) Ready(context.Context) error {
	if s.ready {
		return nil
	}
	return retake.Errorf(retake.CodeUnavailable, "Not now.")
}

// What goes to which engine is a matter of money and privacy: another than the first does it only where it may.
func TestStandIns(t *testing.T) {
	catalog, err := model.Load(model.Config{Prefer: []string{"gone", "own", "hosted"}})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := catalog.Model("lightricks-ltx-2-retake")
	if want := []string{"gone", "own", "hosted", "builtin"}; !slices.Equal(m.Engines, want) {
		t.Fatalf("the model's engines are %v, want %v", m.Engines, want)
	}
	for _, c := range []struct {
		own, hosted bool // ready
		standIns    []string
		want        string
		ready       bool
	}{
		{true, true, []string{"hosted", "builtin"}, "own", true},
		{false, true, nil, "own", false},
		{false, true, []string{"builtin"}, "builtin", true},
		{false, true, []string{"hosted", "builtin"}, "hosted", true},
		{false, false, []string{"hosted"}, "own", false},
	} {
		e := &engines{now: time.Now, ready: map[string]readiness{}, standIns: c.standIns,
			installed: map[string]retake.Engine{"own": standby{ready: c.own}, "hosted": standby{ready: c.hosted}, "builtin": standby{ready: true}}}
		got, err := e.choose(t.Context(), m, nil)
		if err != nil || len(got) != 1 || got[0].name != c.want || (got[0].notReady == nil) != c.ready {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
}

// One that asks for an engine that is there, but serves no model, is told how it would.
func TestEngineOfNoModel(t *testing.T) {
	catalog, err := model.Load(model.Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := catalog.Model("lightricks-ltx-2-retake")
	e := &engines{now: time.Now, ready: map[string]readiness{}, installed: map[string]retake.Engine{"own": standby{ready: true}, "builtin": standby{ready: true}}}
	for asked, want := range map[string]string{"own": "models.prefer", "other": `got "other"`} {
		if _, err := e.choose(t.Context(), m, asked); retake.CodeOf(err) != retake.CodeInvalid || !strings.Contains(retake.UserMessage(err), want) {
			t.Errorf("%s: %v", asked, err)
		}
	}
}
