package pipeline_test

import (
	"context"
	"testing"

	"retake/internal/retake"
)

// priced is an engine with a price.
type priced struct {
	manyDrifts
	says  string // as its take's cost
	early string // told before it answers
	fails bool
	short bool   // its answer can't be used
	halts func() // called once it has charged; it works until it is cancelled then
}

func (p priced) Info() retake.EngineInfo {
	i := p.manyDrifts.Info()
	i.Price = &retake.Price{Unit: retake.PerSecond, Amount: "0.1", Currency: "USD"}
	return i
}

func (p priced) Retake(ctx context.Context, job retake.Job, progress retake.ProgressFunc) (*retake.Take, error) {
	if p.early != "" {
		job.Spent(p.early)
	}
	if p.halts != nil {
		p.halts()
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if p.fails {
		return nil, retake.Errorf(retake.CodeEngine, "The service lost the answer.")
	}
	take, err := p.manyDrifts.Retake(ctx, job, progress)
	if err == nil {
		take.Cost = p.says
	}
	if err == nil && p.short {
		take.File = ""
	}
	return take, err
}

// A cost survives what fails after it was charged, is exact, and adds to what an earlier run cost.
func TestCostSurvivesFailure(t *testing.T) {
	clip := driftClip(t, "320x180", "25")
	for _, tt := range []struct {
		name   string
		engine priced
		before string // what the row says already
		note   string
		status retake.Status
		cost   string
	}{
		{"said", priced{says: "0.25"}, "", "", retake.Succeeded, "0.25"},
		{"not said", priced{}, "", "", retake.Succeeded, "0.264"}, // 50 pictures and two handles of 8 at 25 a second
		{"charged, then failed", priced{early: "0.3", fails: true}, "", "", retake.Failed, "0.3"},
		{"answered, then unusable", priced{short: true}, "", "", retake.Failed, "0.264"},
		{"failed before it was charged", priced{fails: true}, "", "", retake.Failed, ""},
		{"run again", priced{says: "0.2"}, "0.1", "", retake.Succeeded, "0.3"}, // as floats 0.30000000000000004
		{"picked up", priced{says: "0.2"}, "0.2", "job-7", retake.Succeeded, "0.2"},
	} {
		s := newTaking(t, clip, false)
		s.Editor.Engines = []retake.Engine{tt.engine}
		var charged []string
		s.Charges = charges(func(cost, currency string) { charged = append(charged, cost+" "+currency) })
		gen := s.row(1)
		gen.Note = []byte(tt.note)
		if tt.before != "" {
			gen.Cost = &tt.before
		}
		o := s.Generator.Run(t.Context(), gen, func(retake.Progress) {})
		got := ""
		if o.Cost != nil {
			got = *o.Cost
		}
		if o.Status != tt.status || got != tt.cost {
			t.Errorf("%s: %s, cost %q, want %s with %q: %s", tt.name, o.Status, got, tt.status, tt.cost, o.Error)
		}
		if tt.cost != "" && (len(charged) != 1 || charged[0] != tt.cost+" USD") || tt.cost == "" && charged != nil {
			t.Errorf("%s: written down: %q", tt.name, charged)
		}
	}
}

// TestCostSurvivesCancelling holds that what was charged before the user cancelled is told with the end and was written down before it.
func TestCostSurvivesCancelling(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := newTaking(t, driftClip(t, "320x180", "25"), false)
	s.Editor.Engines = []retake.Engine{priced{early: "0.3", halts: func() { cancel(retake.ErrCancelled) }}}
	written := ""
	s.Charges = charges(func(cost, currency string) { written = cost + " " + currency })
	o := s.Generator.Run(ctx, s.row(1), func(retake.Progress) {})
	if o.Status != retake.Cancelled || o.Cost == nil || *o.Cost != "0.3" || o.Currency != "USD" || written != "0.3 USD" {
		t.Errorf("%+v, written down: %q", o, written)
	}
}

type charges func(cost, currency string)

func (c charges) Charge(_ context.Context, _ string, _ int64, cost, currency string) error {
	c(cost, currency)
	return nil
}
