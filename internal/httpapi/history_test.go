package httpapi

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/model"
	"retake/internal/retake"
)

const secondModel = "ltx-2-3-pro-retake"

var otto = []string{"Authorization", "Bearer " + ottoKey}

// enqueueAs queues one generation for another key.
func (w *world) enqueueAs(auth []string, fields string) string {
	w.t.Helper()
	r := w.do("POST", "/api/ai/queue", request(fields), auth...)
	if r.status != http.StatusOK {
		w.t.Fatalf("enqueue: %d %s", r.status, r.body)
	}
	return r.json(w.t)["generations"].([]any)[0].(map[string]any)["generation_id"].(string)
}

// done makes a generation with a result.
func (w *world) done(auth []string, fields string) *retake.Generation {
	w.t.Helper()
	return w.waitFor(w.enqueueAs(auth, fields), retake.Succeeded)
}

func (w *world) wantDeleted(r reply, id string, file bool) {
	w.t.Helper()
	want := fmt.Sprintf(`{"status":"success","generation_id":"%s","file_deleted":%v}`, id, file)
	if r.status != http.StatusOK || string(r.body) != want {
		w.t.Errorf("delete: %d %s, want %s", r.status, r.body, want)
	}
}

func TestDeleteGeneration(t *testing.T) {
	w := newWorld(t)
	g := w.done(nil, "")
	path, file := "/api/ai/generations/"+g.ID, repoPrefix+g.ResultFile
	w.do("DELETE", path, "", otto...).expect(t, 404, "resource_not_found", "Generation not found: "+g.ID)
	w.do("DELETE", path, "", "Authorization", "").expect(t, 401, "unauthenticated", "No API key")
	w.do("DELETE", path+"?keep_file=maybe", "").expect(t, 400, "invalid_params", `keep_file must be true or false, got "maybe"`)
	next := w.listen()
	lasting(next)
	w.wantDeleted(w.do("DELETE", path, ""), g.ID, true)
	if e := next(); e.name != retake.EventDeleted || e.data != `{"generation_id":"`+g.ID+`","status":"deleted"}` {
		t.Errorf("event %+v", e)
	}
	w.do("DELETE", path, "").expect(t, 404, "resource_not_found", "Generation not found")
	w.do("GET", path, "").expect(t, 404, "resource_not_found", "Generation not found")
	w.do("GET", file, "").expect(t, 404, "resource_not_found", "File not found")
	w.do("DELETE", "/api/ai/generations/nope", "").expect(t, 404, "resource_not_found", "Generation not found: nope")
}

func TestDeleteKeepsTheFile(t *testing.T) {
	w := newWorld(t)
	g := w.done(nil, "")
	w.wantDeleted(w.do("DELETE", "/api/ai/generations/"+g.ID+"?keep_file=true", ""), g.ID, false)
	if r := w.do("GET", repoPrefix+g.ResultFile, ""); r.status != http.StatusOK {
		t.Errorf("the kept file answers %d", r.status)
	}
	gone := w.done(nil, "")
	w.do("DELETE", repoPrefix+gone.ResultFile, "")
	w.wantDeleted(w.do("DELETE", "/api/ai/generations/"+gone.ID, ""), gone.ID, false)
	replaced := w.done(nil, "")
	w.do("PUT", repoPrefix+replaced.ResultFile, "cut by hand")
	if got := w.row(replaced.ID)["result_size"]; got != nil {
		t.Errorf("result_size of a replaced file is %v", got)
	}
	w.wantDeleted(w.do("DELETE", "/api/ai/generations/"+replaced.ID, ""), replaced.ID, false)
	if r := w.do("GET", repoPrefix+replaced.ResultFile, ""); string(r.body) != "cut by hand" {
		t.Errorf("the file put in its place: %d %.50s", r.status, r.body)
	}
}

func TestDeleteWhatHasNotEnded(t *testing.T) {
	w := newWorld(t)
	release := w.runner.hold()
	defer release()
	running := w.enqueue("")
	w.waitFor(running, retake.Processing)
	queued := w.enqueue("")
	for _, id := range []string{running, queued} {
		w.do("DELETE", "/api/ai/generations/"+id, "").expect(t, 409, "not_ended", "Cancel it first (DELETE /api/ai/queue/"+id+")")
	}
	for _, id := range []string{queued, running} {
		w.do("DELETE", "/api/ai/queue/"+id, "")
		w.waitFor(id, retake.Cancelled)
		w.wantDeleted(w.do("DELETE", "/api/ai/generations/"+id, ""), id, false)
	}
}

// Rows of an organisation belong to those who act in it; a file goes only where the caller acts.
func TestDeleteAcrossNamespaces(t *testing.T) {
	w := newWorld(t)
	barn := []string{"Authorization", "Bearer rtk_barn"}
	must(t, w.store.CreateKey(t.Context(), retake.Key{ID: "k-barn", Namespace: "barn"}, HashKey("rtk_barn")))
	lone := []string{"Authorization", "Bearer rtk_lone"} // of otto too, but granted nothing
	must(t, w.store.CreateKey(t.Context(), retake.Key{ID: "k-lone", Namespace: "otto"}, HashKey("rtk_lone")))
	g := w.done(otto, `,"target_namespace":"barn"`)
	w.do("DELETE", "/api/ai/generations/"+g.ID, "").expect(t, 404, "resource_not_found", "Generation not found")
	w.wantDeleted(w.do("DELETE", "/api/ai/generations/"+g.ID, "", lone...), g.ID, false)
	if r := w.do("GET", repoPrefix+g.ResultFile, "", barn...); r.status != http.StatusOK {
		t.Errorf("the organisation's file answers %d after somebody who may not act there deleted the row", r.status)
	}
	for _, who := range [][]string{otto, barn} {
		g := w.done(otto, `,"target_namespace":"barn"`)
		w.wantDeleted(w.do("DELETE", "/api/ai/generations/"+g.ID, "", who...), g.ID, true)
	}
}

// A request that is sent again after its generation was deleted makes nothing new, and says so.
func TestIdempotencyKeyOfDeleted(t *testing.T) {
	for _, path := range []string{"/api/ai/queue", "/api/ai/videos/generate"} {
		w := newWorld(t)
		send := func() reply { return w.do("POST", path, request(""), "Idempotency-Key", "K") }
		if r := send(); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		list, _, err := w.store.Generations(t.Context(), retake.Filter{}, retake.Page{})
		must(t, err)
		w.waitFor(list[0].ID, retake.Succeeded)
		w.do("DELETE", "/api/ai/generations/"+list[0].ID, "")
		send().expect(t, 404, "resource_not_found", "this Idempotency-Key has been deleted")
	}
}

// A repeated request is not told of as if it were new.
func TestQueuedIsToldOnce(t *testing.T) {
	w := newWorld(t)
	defer w.runner.hold()()
	next := w.listen()
	blocker := w.enqueue("")
	w.waitFor(blocker, retake.Processing)
	for range 2 {
		w.do("POST", "/api/ai/queue", request(`,"num_generations":2`), "Idempotency-Key", "K")
	}
	last := w.enqueue("")
	told := 0
	for {
		e := next()
		if e.name != retake.EventQueued {
			continue
		}
		if told++; strings.Contains(e.data, last) {
			break
		}
	}
	if told != 4 {
		t.Errorf("told of %d new generations, want 4", told)
	}
}

func TestHistoryFilters(t *testing.T) {
	w := newWorld(t)
	const clip = "/api/repos/ox/clips/file/main/a%20%25b.mp4"
	first := w.done(nil, "")
	second := w.waitFor(w.enqueue(`,"model":"`+secondModel+`","input_video":"`+clip+`"`), retake.Succeeded)
	failed := w.enqueue(`,"duration":1`)
	w.waitFor(failed, retake.Failed)
	long := "http://" + strings.Repeat("a", maxInput) + ".example/a.mp4"
	w.waitFor(w.enqueue(`,"prompt":"long","input_video":"`+long+`"`), retake.Succeeded)
	for query, want := range map[string][]string{
		"input_video=" + strings.ReplaceAll(clip, "%", "%25"): {second.ID},
		"input_video=" + sample:                               {failed, first.ID},
		"input_video=" + sample + "&status=failed":            {failed},
		"input_video=" + sample[:20]:                          nil,
		"status=failed,succeeded&search=heavy":                {failed, second.ID, first.ID},
		"status=%20failed,%20failed":                          {failed},
		"status=queued,processing":                            nil,
		"engine=builtin&search=heavy&model=" + secondModel:    {second.ID},
		"input_video=" + long:                                 nil, // too long to be found by
		"engine=other":                                        nil,
		"search=%25":                                          nil,
	} {
		var got []string
		for _, g := range w.do("GET", "/api/ai/generations?"+query, "").json(t)["generations"].([]any) {
			got = append(got, g.(map[string]any)["generation_id"].(string))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", query, diff)
		}
	}
	for _, status := range []string{"failed,", ",", "failed,done", "failed;queued"} {
		w.do("GET", "/api/ai/generations?status="+strings.ReplaceAll(status, ";", "%3B"), "").expect(t, 400, "invalid_params", "status must be one of")
	}
}

func TestListFiles(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.PublicRepos = []string{"otto/open"} })
	g := w.done(nil, `,"target_repo":"takes"`)
	w.do("PUT", "/api/repos/ox/clips/file/main/in/a%26b%20%E2%98%83.png", "png")
	w.do("PUT", "/api/repos/otto/open/file/main/moo.wav", "wav", otto...)
	w.do("PUT", "/api/repos/otto/own/file/main/secret.mp4", "mp4", otto...)
	paths := func(query string, auth ...string) (got []string) {
		for _, f := range w.do("GET", "/api/files"+query, "", auth...).json(t)["files"].([]any) {
			got = append(got, f.(map[string]any)["path"].(string))
		}
		slices.Sort(got) // several are of one moment
		return got
	}
	result := "2026-11-23/" + g.ID + ".mp4"
	for query, want := range map[string][]string{
		"":                     {result, "images/winter_summer_ox.mp4", "in/a&b ☃.png", "moo.wav"},
		"?namespace=ox":        {result, "images/winter_summer_ox.mp4", "in/a&b ☃.png"},
		"?namespace=otto":      {"moo.wav"},
		"?namespace=nobody":    nil,
		"?repo=takes":          {result},
		"?media_type=audio":    {"moo.wav"},
		"?media_type=image":    {"in/a&b ☃.png"},
		"?search=WINTER_":      {"images/winter_summer_ox.mp4"},
		"?search=%25":          nil,
		"?search=in/a%26b%20☃": {"in/a&b ☃.png"},
		"?page=3&page_size=2":  nil,
	} {
		if diff := cmp.Diff(want, paths(query)); diff != "" {
			t.Errorf("%q:\n%s", query, diff)
		}
	}
	if diff := cmp.Diff([]string{"images/winter_summer_ox.mp4", "moo.wav", "secret.mp4"}, paths("", otto...)); diff != "" {
		t.Errorf("as otto:\n%s", diff)
	}
	for query, says := range map[string]string{
		"?media_type=text": "media_type must be video, image or audio", "?page=0": "page must be", "?page_size=1001": "page_size must be",
	} {
		w.do("GET", "/api/files"+query, "").expect(t, 400, "invalid_params", says)
	}
	w.do("GET", "/api/files", "", "Authorization", "").expect(t, 401, "unauthenticated", "No API key")
	// A public file of somebody else is listed and read, but not deleted.
	w.do("DELETE", "/api/repos/otto/open/file/main/moo.wav", "").expect(t, 404, "resource_not_found", "File not found")
}

func TestListedFile(t *testing.T) {
	w := newWorld(t, func(_ *Config, d *Deps) { d.Now = func() time.Time { return time.Now().Add(time.Hour) } })
	g := w.done(nil, "")
	w.do("PUT", "/api/repos/ox/clips/file/main/in/a%26b.mp4", "four")
	body := w.do("GET", "/api/files?page_size=1", "").json(t)
	newest := body["files"].([]any)[0].(map[string]any)
	delete(body, "files")
	if diff := cmp.Diff(map[string]any{"count": 1.0, "page_number": 1.0, "page_size": 1.0, "total_pages": 3.0, "total_entries": 3.0}, body); diff != "" {
		t.Error(diff)
	}
	if newest["created_at"].(float64) < float64(time.Now().Unix()) {
		t.Errorf("created at %v", newest["created_at"])
	}
	delete(newest, "created_at")
	if diff := cmp.Diff(map[string]any{
		"namespace": "ox", "repo": "clips", "branch": "main", "path": "in/a&b.mp4", "url": "/api/repos/ox/clips/file/main/in/a%26b.mp4",
		"size": 4.0, "content_type": "video/mp4", "public": false, "generation_id": nil, "prompt": nil,
	}, newest); diff != "" {
		t.Error(diff)
	}
	if r := w.do("GET", newest["url"].(string), ""); string(r.body) != "four" {
		t.Errorf("the listed address answers %d %s", r.status, r.body)
	}
	result := w.do("GET", "/api/files?repo=generations", "").json(t)["files"].([]any)[0].(map[string]any)
	if result["generation_id"] != g.ID || result["prompt"] != "heavy snow" {
		t.Errorf("the result is of %v, want %s", result, g.ID)
	}
}

// What another's public file came of is not told, and a result in a public repository is public.
func TestListedFileOfOthers(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.PublicRepos = []string{"otto/open"} })
	g := w.done(otto, `,"target_repo":"open"`)
	for _, c := range []struct {
		auth         []string
		want, prompt any
	}{{nil, nil, nil}, {otto, g.ID, "heavy snow"}} {
		f := w.do("GET", "/api/files?repo=open", "", c.auth...).json(t)["files"].([]any)[0].(map[string]any)
		if f["generation_id"] != c.want || f["prompt"] != c.prompt || f["public"] != true {
			t.Errorf("%v sees %v", c.auth, f)
		}
	}
}

func TestStorage(t *testing.T) {
	w := newWorld(t)
	w.done(nil, "")
	w.done(nil, "")
	w.done(otto, "")
	w.do("PUT", "/api/repos/ox/clips/file/main/a.mp4", "four")
	size, sampleSize := float64(len(clipBytes)), float64(len("the sample clip"))
	want := map[string]any{"namespace": "ox", "files": 4.0, "bytes": size + sampleSize + 4, "result_files": 2.0, "result_bytes": size, "generations": 2.0}
	if diff := cmp.Diff(want, w.do("GET", "/api/storage", "").json(t)); diff != "" {
		t.Error(diff)
	}
	want = map[string]any{"namespace": "otto", "files": 1.0, "bytes": size, "result_files": 1.0, "result_bytes": size, "generations": 1.0}
	if diff := cmp.Diff(want, w.do("GET", "/api/storage", "", otto...).json(t)); diff != "" {
		t.Error(diff)
	}
}

// The clip is found whatever the model calls its parameter.
func TestFindByClipOfAnyModel(t *testing.T) {
	dir := t.TempDir()
	manifest, err := os.ReadFile("../model/manifests/ltx-2-3-pro-retake.yaml")
	must(t, err)
	own := strings.ReplaceAll(strings.ReplaceAll(string(manifest), "input_video", "footage"), "id: ltx-2-3-pro-retake", "id: own")
	must(t, os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600))
	models, err := model.Load(model.Config{Dir: dir})
	must(t, err)
	w := newWorld(t, func(_ *Config, d *Deps) { d.Models = models })
	w.runner.models = models
	id := w.enqueue(`,"model":"own","input_video":"ignored","footage":"` + sample + `"`)
	w.waitFor(id, retake.Succeeded)
	list := w.do("GET", "/api/ai/generations?input_video="+sample, "").json(t)
	if list["total_entries"] != 1.0 || list["generations"].([]any)[0].(map[string]any)["generation_id"] != id {
		t.Errorf("found %v", list)
	}
	if n := w.do("GET", "/api/ai/generations?input_video=ignored", "").json(t)["total_entries"]; n != 0.0 {
		t.Errorf("%v rows are found by a parameter that is not the model's clip", n)
	}
}

func TestWaitForWhatIsDeleted(t *testing.T) {
	w := newWorld(t)
	g := w.done(nil, "")
	w.do("DELETE", "/api/ai/generations/"+g.ID, "")
	_, err := w.s.await(t.Context(), g.ID, nil)
	if retake.CodeOf(err) != retake.CodeNotFound || !strings.Contains(retake.UserMessage(err), "was deleted before its result was sent") {
		t.Errorf("waiting for what was deleted: %v", err)
	}
}
