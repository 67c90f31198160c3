package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

func TestGenerationsPages(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i := range 5 {
		id := w.enqueue(fmt.Sprintf(`,"target_repo":"takes","target_directory":"/day %d/","seed":%d`, i, i))
		w.waitFor(id, retake.Succeeded)
		ids = append(ids, id)
	}
	page := func(query string) (shown []string, body map[string]any) {
		body = w.do("GET", "/api/ai/generations"+query, "").json(t)
		for _, g := range body["generations"].([]any) {
			shown = append(shown, g.(map[string]any)["generation_id"].(string))
		}
		return shown, body
	}
	shown, body := page("?page=2&page_size=2")
	if diff := cmp.Diff([]string{ids[2], ids[1]}, shown); diff != "" {
		t.Error(diff)
	}
	delete(body, "generations")
	want := map[string]any{"count": 2.0, "page_number": 2.0, "page_size": 2.0, "total_pages": 3.0, "total_entries": 5.0, "total_cost": nil, "total_costs": []any{}}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
	counts := map[string]int{
		"": 5, "?namespace=ox": 5, "?model=lightricks-ltx-2-retake": 5, "?model=other": 0, "?status=succeeded": 5,
		"?status=failed": 0, "?media_type=video": 5, "?media_type=image": 0, "?repo=takes": 5, "?repo=generations": 0,
		"?repo=takes&folder=day%203": 1, "?page=99": 0,
	}
	for query, n := range counts {
		if shown, _ := page(query); len(shown) != n {
			t.Errorf("%q lists %d, want %d", query, len(shown), n)
		}
	}
	for query, part := range map[string]string{
		"?page=0": "page must be", "?page=x": "page must be", "?page_size=1001": "page_size must be an integer between 1 and 1000",
		"?status=done": "status must be one of", "?media_type=text": "media_type must be",
	} {
		w.do("GET", "/api/ai/generations"+query, "").expect(t, 400, "invalid_params", part)
	}
	w.do("GET", "/api/ai/generations?namespace=otto", "").expect(t, 404, "resource_not_found", "Namespace not found: otto")
	if r := w.do("GET", "/api/ai/generations", "", "Authorization", "Bearer "+ottoKey); r.json(t)["total_entries"] != 0.0 {
		t.Errorf("another key sees %s", r.body)
	}
	shownOne := w.do("GET", "/api/ai/generations/"+ids[0], "").json(t)["generation"].(map[string]any)
	if shownOne["username"] != "ox" || shownOne["cost"] != nil || shownOne["target_directory"] != "day 0" {
		t.Errorf("%v", shownOne)
	}
}

func TestGrantedNamespace(t *testing.T) {
	w := newWorld(t)
	otto := []string{"Authorization", "Bearer " + ottoKey}
	r := w.do("POST", "/api/ai/queue", request(`,"target_namespace":"barn"`), otto...)
	id := r.json(t)["generations"].([]any)[0].(map[string]any)["generation_id"].(string)
	g := w.waitFor(id, retake.Succeeded)
	path := repoPrefix + g.ResultFile
	if r := w.do("GET", path, "", otto...); r.status != http.StatusOK {
		t.Errorf("the granted key reads the result: %d", r.status)
	}
	w.do("GET", path, "").expect(t, 404, "resource_not_found", "File not found")
}

func TestModels(t *testing.T) {
	w := newWorld(t)
	const id = "lightricks-ltx-2-retake"
	list := func(path string) (ids []string) {
		for _, m := range w.do("GET", path, "").json(t)["data"].([]any) {
			ids = append(ids, m.(map[string]any)["id"].(string))
		}
		return ids
	}
	both := []string{id, "ltx-2-3-pro-retake"}
	for path, want := range map[string][]string{
		"/api/ai/models": both, "/api/ai/models/featured": both, "/api/ai/models?developer_name=lightricks": both,
		"/api/ai/models?developer_name=acme": nil, "/api/ai/models/search?search=2.3+PRO": both[1:],
		"/api/ai/models/search?search=zebra": nil, "/api/ai/models/favorites": nil,
	} {
		if diff := cmp.Diff(want, list(path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	m := w.do("GET", "/api/ai/models/"+id, "").json(t)
	if diff := cmp.Diff([]any{map[string]any{"name": "builtin", "ready": true, "reason": nil, "pricing": "free", "price": nil}}, m["engine_states"]); diff != "" {
		t.Errorf("engine_states: %s", diff)
	}
	delete(m, "engine_states")
	if diff := cmp.Diff(m, w.do("POST", "/api/ai/models/"+id+"/favorite", "").json(t)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{id}, list("/api/ai/models/favorites")); diff != "" {
		t.Error(diff)
	}
	w.do("DELETE", "/api/ai/models/"+id+"/favorite", "")
	if got := list("/api/ai/models/favorites"); got != nil {
		t.Errorf("still favorites: %v", got)
	}
	for _, method := range []string{"POST", "DELETE"} {
		w.do(method, "/api/ai/models/nope/favorite", "").expect(t, 404, "resource_not_found", "Model not found: nope")
	}
	w.do("GET", "/api/ai/models/nope", "").expect(t, 404, "resource_not_found", "Model not found: nope")
	w.do("GET", "/docs/models/nope", "").expect(t, 404, "resource_not_found", "Model not found: nope")
	w.do("GET", "/docs/models/nope.md", "").expect(t, 404, "resource_not_found", "Model not found: nope")
}

// counting notes how many rows were read at once.
type counting struct {
	Store
	most int
}

func (c *counting) GenerationsByID(ctx context.Context, ids []string) ([]*retake.Generation, error) {
	c.most = max(c.most, len(ids))
	return c.Store.GenerationsByID(ctx, ids)
}

// Rows with large parameters, of the time when requests could have them, are read one at a time; the list is the same.
func TestListsOfLargeRows(t *testing.T) {
	var rows *counting
	w := newWorld(t, func(_ *Config, d *Deps) {
		rows = &counting{Store: d.Store}
		d.Store = rows
	})
	var want []string
	add := func(note string) {
		made, err := w.store.Create(t.Context(), []*retake.Generation{{Namespace: "ox", TargetNamespace: "ox", Username: "ox", Model: secondModel, Engine: "none",
			Params: map[string]any{"note": note}, Cost: new("0.1")}}, nil)
		must(t, err)
		want = append([]string{made[0].ID}, want...)
	}
	for range 6 {
		add(strings.Repeat("x", 800_000))
	}
	for _, path := range []string{"/api/ai/queue?", "/api/ai/generations?page_size=1000&"} {
		r := w.do("GET", path+"model="+secondModel, "")
		list := r.json(t)
		var got []string
		for _, row := range list["generations"].([]any) {
			got = append(got, row.(map[string]any)["generation_id"].(string))
			if note := row.(map[string]any)["note"].(string); len(note) != 800_000 {
				t.Errorf("%s: a note of %d bytes", path, len(note))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || list["count"] != 6.0 {
			t.Errorf("%s: count %v %s", path, list["count"], diff)
		}
		if cost, all := list["total_cost"]; all && cost != "0.6" {
			t.Errorf("%s costs %v", path, cost)
		}
	}
	if rows.most != 1 {
		t.Errorf("%d rows of 800 KB were in memory at once", rows.most)
	}
	for range 10 {
		add("small")
	}
	w.do("GET", "/api/ai/generations?page_size=10", "")
	if rows.most != 10 {
		t.Errorf("small rows are read %d at a time", rows.most)
	}
}

// The queue's list ends after a thousand rows, and the rest is on the next page.
func TestQueueListIsBounded(t *testing.T) {
	w := newWorld(t)
	gens := make([]*retake.Generation, maxPageSize+1)
	for i := range gens {
		gens[i] = &retake.Generation{Namespace: "ox", TargetNamespace: "ox", Username: "ox", Model: secondModel, Engine: "none"}
	}
	made, err := w.store.Create(t.Context(), gens, nil)
	must(t, err)
	for query, want := range map[string]string{"": made[maxPageSize].ID, "&page=2": made[0].ID, "&page=2&page_size=10": made[maxPageSize-10].ID} {
		list := w.do("GET", "/api/ai/queue?model="+secondModel+query, "").json(t)
		rows := list["generations"].([]any)
		size := map[string]int{"": maxPageSize, "&page=2": 1, "&page=2&page_size=10": 10}[query]
		if len(rows) != size || list["count"] != float64(size) || rows[0].(map[string]any)["generation_id"] != want {
			t.Errorf("%q: %d rows, count %v", query, len(rows), list["count"])
		}
	}
	w.do("GET", "/api/ai/queue?page_size=1001", "").expect(t, 400, "invalid_params", "page_size must be an integer between 1 and 1000")
}

// TestSoleCost holds that a sum is given only where there is one: those of two currencies can't be added.
func TestSoleCost(t *testing.T) {
	usd, eur := retake.Cost{Cost: "0.6", Currency: "USD"}, retake.Cost{Cost: "0.5", Currency: "EUR"}
	if got := soleCost([]retake.Cost{usd}); got == nil || *got != "0.6" {
		t.Errorf("one currency: %v", got)
	}
	for _, costs := range [][]retake.Cost{nil, {eur, usd}} {
		if got := soleCost(costs); got != nil {
			t.Errorf("%v: %s", costs, *got)
		}
	}
}
