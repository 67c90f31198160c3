package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/model"
	"retake/internal/retake"
)

// paid is an engine that takes money and makes no pictures on their own.
type paid struct{ idleEngine }

func (paid) Info() retake.EngineInfo {
	i := idleEngine{}.Info()
	i.Name, i.Generative, i.Modes = "paid", true, []retake.Mode{retake.ReplaceAudio, retake.ReplaceAudioAndVideo}
	i.Price = &retake.Price{Unit: retake.PerSecond, Amount: "0.10", Currency: "USD"}
	return i
}

// twoEngines installs paid beside the built-in engine, for every model.
func twoEngines(t *testing.T) option {
	t.Helper()
	models, err := model.Load(model.Config{Prefer: []string{"builtin", "paid"}})
	must(t, err)
	return func(_ *Config, d *Deps) {
		d.Models = models
		all := map[string]retake.Engine{"paid": paid{}}
		for name, e := range d.Engines {
			all[name] = e
		}
		d.Engines = all
	}
}

// TestSeveralEngines holds that each engine of a list makes all takes, with the same seeds, as rows of one request.
func TestSeveralEngines(t *testing.T) {
	w := newWorld(t, twoEngines(t))
	const both = `,"engine":["builtin","paid"],"mode":"replace_audio"`
	body := w.do("POST", "/api/ai/queue", request(both+`,"num_generations":2,"seed":7`)).json(t)
	type made struct {
		engine, asked string
		seed          float64
	}
	var got []made
	requests := map[string]bool{}
	for _, one := range body["generations"].([]any) {
		g := one.(map[string]any)
		row := w.row(g["generation_id"].(string))
		if g["engine"] != row["engine"] {
			t.Errorf("the answer says %v, the row %v", g["engine"], row["engine"])
		}
		id, _ := row["request_id"].(string)
		requests[id] = true
		stored, err := w.store.Generation(t.Context(), g["generation_id"].(string))
		must(t, err)
		asked, _ := stored.Params[model.ParamEngine].(string)
		seed, _ := row["seed"].(float64)
		got = append(got, made{row["engine"].(string), asked, seed})
	}
	want := []made{{"builtin", "builtin", 7}, {"builtin", "builtin", 8}, {"paid", "paid", 7}, {"paid", "paid", 8}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(made{})); diff != "" {
		t.Error(diff)
	}
	if len(requests) != 1 || requests[""] {
		t.Errorf("requests: %v", requests)
	}
	for id := range requests {
		list := w.do("GET", "/api/ai/generations?request_id="+id, "").json(t)
		if list["total_entries"] != 4.0 {
			t.Errorf("%v takes of the request are listed", list["total_entries"])
		}
	}
	lone := w.enqueue("")
	if id := w.row(lone)["request_id"]; id != nil {
		t.Errorf("a lone take is of the request %v", id)
	}
	// Without a seed the engines get the same one, too: else they could not be compared.
	body = w.do("POST", "/api/ai/queue", request(both)).json(t)
	var seeds []any
	for _, one := range body["generations"].([]any) {
		seeds = append(seeds, w.row(one.(map[string]any)["generation_id"].(string))["seed"])
	}
	if len(seeds) != 2 || seeds[0] != seeds[1] || seeds[0] == nil {
		t.Errorf("seeds: %v", seeds)
	}
	// A list of one is told of, too, and stays a lone take.
	one := w.do("POST", "/api/ai/queue", request(`,"engine":["builtin"]`)).json(t)["generations"].([]any)
	if len(one) != 1 || one[0].(map[string]any)["engine"] != "builtin" {
		t.Errorf("%v", one)
	}
}

// TestSeveralEnginesRefused holds that a list in which something is wrong makes nothing at all.
func TestSeveralEnginesRefused(t *testing.T) {
	w := newWorld(t, twoEngines(t))
	for fields, want := range map[string][2]string{
		`,"engine":["builtin","gone"]`:                        {"engine", "gone"},
		`,"engine":["builtin","builtin"]`:                     {"engine", "once"},
		`,"engine":[]`:                                        {"engine", "1 to 12"},
		`,"engine":["builtin",3]`:                             {"engine", "number"},
		`,"engine":[["builtin"]]`:                             {"engine", "array"},
		`,"engine":["builtin","paid"],"mode":"replace_video"`: {"engine", "paid does not do replace_video"},
		`,"engine":["builtin","paid"],"mode":"replace_audio","num_generations":7`: {"num_generations", "7 × 2"},
		`,"engine":{"name":"builtin"}`:                                            {"engine", "object"},
	} {
		r := w.do("POST", "/api/ai/queue", request(fields))
		var answer struct {
			Error struct{ Message, Field string } `json:"error"`
		}
		_ = json.Unmarshal(r.body, &answer)
		if r.status != http.StatusBadRequest || !strings.Contains(string(r.body), want[0]) || !strings.Contains(string(r.body), want[1]) {
			t.Errorf("%s: %d %s, want %q", fields, r.status, r.body, want)
		}
	}
	if list := w.do("GET", "/api/ai/generations", "").json(t); list["total_entries"] != 0.0 {
		t.Errorf("%v rows were made", list["total_entries"])
	}
	w.do("POST", "/api/ai/videos/generate", request(`,"engine":["builtin","paid"],"mode":"replace_audio"`)).expect(t, 400, "invalid_params", "/api/ai/queue")
}

// TestPlanEstimates holds that a plan says what each engine would cost.
func TestPlanEstimates(t *testing.T) {
	w := newClipWorld(t, twoEngines(t))
	const clip = `{"model":"lightricks-ltx-2-retake","prompt":"rain","input_video":"` + realClip + `","mode":"replace_audio","duration":4`
	p := w.plan(clip + `,"engine":["builtin","paid"],"num_generations":2}`)
	if len(p.Problems) != 0 || p.Estimate == nil || len(p.Estimate.Engines) != 2 {
		t.Fatalf("%+v, %+v", p.Problems, p.Estimate)
	}
	free, priced := p.Estimate.Engines[0], p.Estimate.Engines[1]
	if free.State != retake.Free || free.Cost != nil || free.Takes != 2 {
		t.Errorf("%+v", free)
	}
	// 4 s and 8 pictures behind them, at the clip's start; twice.
	if _, _, frames := (paid{}).Info().Span(p.Clip.Video.Rate, p.Segment.First, p.Segment.First+p.Segment.Frames, p.Clip.Video.Frames); priced.State != retake.Priced ||
		*priced.Cost != retake.Times((paid{}).Info().Price.Of(frames, p.Clip.Video.Rate), 2) || *priced.Currency != "USD" {
		t.Errorf("%+v of %d pictures", priced, frames)
	}
	if !p.Estimate.Complete || len(p.Estimate.Totals) != 1 || p.Estimate.Totals[0].Cost != *priced.Cost {
		t.Errorf("%+v", p.Estimate)
	}
	if p := w.plan(`{"model":"lightricks-ltx-2-retake","prompt":"rain","mode":"replace_audio","engine":"paid"}`); p.Estimate == nil || p.Estimate.Complete {
		t.Errorf("what a clip that isn't there costs: %+v", p.Estimate)
	}
	if p := w.plan(clip + `,"engine":["builtin","paid"],"num_generations":9}`); fields(p) != "num_generations" {
		t.Errorf("problems: %+v", p.Problems)
	}
	if p := w.plan(clip + `,"engine":["gone"]}`); fields(p) != "engine" || p.Estimate != nil {
		t.Errorf("problems: %+v", p.Problems)
	}
}

// A queued generation whose engine was taken out of the settings says so for as long as nobody runs it, and can be cancelled.
func TestEngineTakenOut(t *testing.T) {
	w := newWorld(t)
	g := &retake.Generation{ID: "01a20000-0000-7000-8000-000000000001", Namespace: "ox", Model: "lightricks-ltx-2-retake", Prompt: "x", Engine: "gone",
		TargetNamespace: "ox", Status: retake.Queued, Enqueued: time.Now()}
	_, err := w.store.Create(t.Context(), []*retake.Generation{g}, nil)
	must(t, err)
	waits, _ := w.row(g.ID)["waiting"].(map[string]any)
	if reason, _ := waits["reason"].(string); !strings.Contains(reason, "gone is not on this server any more") || waits["until"] != 0.0 {
		t.Errorf("it waits for %v", waits)
	}
	if r := w.do("DELETE", "/api/ai/queue/"+g.ID, ""); r.status != http.StatusOK {
		t.Errorf("its cancelling: %d %s", r.status, r.body)
	}
	if row := w.row(g.ID); row["status"] != "cancelled" || row["waiting"] != nil {
		t.Errorf("cancelled, it is %v and waits for %v", row["status"], row["waiting"])
	}
	if waits := w.row(w.enqueue(""))["waiting"]; waits != nil {
		t.Errorf("one of an engine that is there waits for %v", waits)
	}
}

// leftAlone is a queue whose engines had no room.
type leftAlone struct {
	Queue
	until time.Time
}

func (q leftAlone) Paused(string) time.Time { return q.until }

// A generation behind one that its engine had no room for waits as long, and says so.
func TestEngineLeftAlone(t *testing.T) {
	until := time.Now().Add(time.Hour)
	w := newWorld(t, twoEngines(t), func(_ *Config, d *Deps) { d.Queue = leftAlone{d.Queue, until} })
	waits, _ := w.row(w.enqueue(`,"engine":"paid","mode":"replace_audio"`))["waiting"].(map[string]any) // which no worker of this queue takes
	if reason, _ := waits["reason"].(string); !strings.Contains(reason, "had no room for another take") || waits["until"] != float64(until.Unix()) || waits["times"] != 0.0 {
		t.Errorf("it waits for %v", waits)
	}
}
