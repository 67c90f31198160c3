package storetest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"retake/internal/retake"
)

var generationTests = map[string]func(*testing.T, *suite){
	"what was created is read back": func(t *testing.T, s *suite) {
		cost := "0.40"
		in := &retake.Generation{
			ID: uuid.NewString(), Namespace: "ox", Username: "otto", Model: "lightricks-ltx-2-retake",
			Params: map[string]any{
				"prompt": "snow; \"drop table\" 'x' \\ ☃", "start_time": 1.5, "seed": 7.0, "nothing": nil,
				"list": []any{1.0, "two", map[string]any{"three": true}},
			},
			Prompt: "snow ☃", Input: "/api/☃.mp4", InputNamespace: "herd", Engine: engine, Priority: -3,
			TargetNamespace: "herd", TargetRepo: "films", TargetDirectory: "winter/2026", Cost: &cost,
		}
		want := *in
		want.Status, want.Enqueued = retake.Queued, s.now()
		made := s.create(in)
		s.same(made, &want)
		s.same(s.get(in.ID), &want)
	},
	"a missing id is given": func(t *testing.T, s *suite) {
		a, b := s.create(generation("ox")), s.create(generation("ox"))
		if err := uuid.Validate(a.ID); err != nil {
			t.Fatalf("the id %q is not a UUID: %v", a.ID, err)
		}
		if a.ID == b.ID {
			t.Fatal("two generations have the same id")
		}
	},
	"a taken id is refused": func(t *testing.T, s *suite) {
		a := s.create(generation("ox"))
		b := generation("herd")
		b.ID = a.ID
		if _, err := s.store.Create(t.Context(), []*retake.Generation{generation("herd"), b}, nil); err == nil {
			t.Fatal("Create took an id that exists")
		}
		list, _, err := s.store.Generations(t.Context(), retake.Filter{}, retake.Page{})
		if err != nil {
			t.Fatal(err)
		}
		s.same(ids(list), []string{a.ID}) // nothing of the refused request stays
	},
	"a large whole number keeps its digits": func(t *testing.T, s *suite) {
		g := generation("ox")
		g.Params = map[string]any{"seed": json.Number("9007199254740993"), "small": json.Number("12"), "half": json.Number("0.5")}
		got := s.get(s.create(g).ID).Params
		s.same(got, map[string]any{"seed": json.Number("9007199254740993"), "small": 12.0, "half": 0.5})
	},
	"no parameters are an empty map": func(t *testing.T, s *suite) {
		g := generation("ox")
		g.Params = nil
		s.same(s.get(s.create(g).ID).Params, map[string]any{})
	},
	"a status given by the caller does not count": func(t *testing.T, s *suite) {
		g := generation("ox")
		g.Status, g.Completed = retake.Succeeded, s.now()
		s.wantStatus(s.create(g).ID, retake.Queued)
	},
	"several are made at once, in order": func(t *testing.T, s *suite) {
		gens := []*retake.Generation{generation("ox"), generation("ox"), generation("ox")}
		made, err := s.store.Create(t.Context(), gens, nil)
		if err != nil || len(made) != 3 {
			t.Fatalf("Create: %d generations, %v", len(made), err)
		}
		for _, want := range made {
			if got := s.claim(); got.ID != want.ID {
				t.Fatalf("claimed %s, want %s", got.ID, want.ID)
			}
		}
	},
	"an unknown id is not found": func(t *testing.T, s *suite) {
		_, err := s.store.Generation(t.Context(), uuid.NewString())
		s.wantErr(err, retake.ErrNotFound)
		_, err = s.store.QueuePosition(t.Context(), uuid.NewString())
		s.wantErr(err, retake.ErrNotFound)
		_, err = s.store.DeleteGeneration(t.Context(), uuid.NewString(), false)
		s.wantErr(err, retake.ErrNotFound)
		_, err = s.store.Cancel(t.Context(), uuid.NewString())
		s.wantErr(err, retake.ErrNotFound)
	},
	"the position counts what waits before on the same engine": testQueuePosition,
	"only an ended row is deleted":                             testDelete,
	"an answer to a cancelled context is an error": func(t *testing.T, s *suite) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.store.Create(ctx, []*retake.Generation{generation("ox")}, nil); err == nil {
			t.Fatal("Create worked with a cancelled context")
		}
		if _, err := s.store.Generation(ctx, uuid.NewString()); err == nil {
			t.Fatal("Generation worked with a cancelled context")
		}
	},
	"ping and close": func(t *testing.T, s *suite) {
		if err := s.store.Ping(t.Context()); err != nil {
			t.Fatalf("Ping: %v", err)
		}
		if err := s.store.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		if err := s.store.Ping(t.Context()); err == nil {
			t.Fatal("Ping works on a closed store")
		}
		if _, err := s.store.Create(t.Context(), []*retake.Generation{generation("ox")}, nil); err == nil {
			t.Fatal("Create works on a closed store")
		}
		if err := s.store.Close(); err != nil {
			t.Fatalf("the second Close: %v", err)
		}
	},
}

func testQueuePosition(t *testing.T, s *suite) {
	position := func(id string, want int) {
		t.Helper()
		got, err := s.store.QueuePosition(t.Context(), id)
		if err != nil || got != want {
			t.Fatalf("position %d, %v; want %d", got, err, want)
		}
	}
	other := generation("ox")
	other.Engine = "ltx2"
	s.create(other)
	a, b, c := s.create(generation("ox")), s.create(generation("herd")), s.create(generation("ox"))
	position(a.ID, 0)
	position(c.ID, 2)
	if got := s.claim(); got.ID != a.ID {
		t.Fatalf("claimed %s, want %s", got.ID, a.ID)
	}
	position(a.ID, 0)
	position(c.ID, 1)
	s.cancel(b.ID)
	position(c.ID, 0)
}

func testDelete(t *testing.T, s *suite) {
	g := s.create(generation("ox"))
	refused := func() {
		t.Helper()
		_, err := s.store.DeleteGeneration(t.Context(), g.ID, false)
		s.wantErr(err, retake.ErrNotEnded)
	}
	refused()
	g = s.claim()
	refused()
	s.cancel(g.ID)
	refused() // its worker has not heard of it yet
	s.finish(g, retake.Outcome{Status: retake.Succeeded})
	if _, err := s.store.DeleteGeneration(t.Context(), g.ID, false); err != nil {
		t.Fatalf("DeleteGeneration: %v", err)
	}
	_, err := s.store.DeleteGeneration(t.Context(), g.ID, false)
	s.wantErr(err, retake.ErrNotFound)
	_, err = s.store.Generation(t.Context(), g.ID)
	s.wantErr(err, retake.ErrNotFound)
	for _, e := range s.events(0) {
		t.Fatalf("the event %d outlives its generation", e.Seq)
	}
	last, err := s.store.LastEvent(t.Context())
	if err != nil || last == 0 {
		t.Fatalf("LastEvent: %d, %v; want the number that was given", last, err)
	}
	s.advance(time.Second)
	s.finish(s.claimed("ox"), retake.Outcome{Status: retake.Succeeded})
	if e := s.events(last); len(e) != 1 {
		t.Fatalf("%d events after %d, want 1: a number was given twice", len(e), last)
	}
}
