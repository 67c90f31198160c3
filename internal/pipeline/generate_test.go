package pipeline_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	blobs "retake/internal/blob/local"
	"retake/internal/model"
	"retake/internal/pipeline"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// A generation that fails says which parameter it is about, by the name that its model has for it.
func TestFailedGenerationNamesItsField(t *testing.T) {
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, "retake.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	bytes, err := blobs.Open(blobs.Config{Dir: filepath.Join(dir, "blobs")})
	if err != nil {
		t.Fatal(err)
	}
	defer bytes.Close()
	hash, size, err := bytes.PutFile(t.Context(), makeClip(t, "short.mp4", exactH264+"-g 60"))
	if err == nil {
		err = store.PutFile(t.Context(), retake.File{Namespace: "ox", Repo: "r", Branch: "main", Path: "a.mp4", Hash: hash, Size: size})
	}
	if err != nil {
		t.Fatal(err)
	}
	models, err := model.Load(model.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	g := &pipeline.Generator{
		Editor: newEditor(t), Models: models, Files: store, Blobs: bytes, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Locate: func(path string) (pipeline.Name, bool) { return pipeline.Name{"ox", "r", "main", path}, true },
	}
	for _, tt := range []struct {
		model  string
		params map[string]any
		field  string
	}{
		{"lightricks-ltx-2-retake", map[string]any{"start_time": 500.0}, "start_time"},
		{"ltx-2-3-pro-retake", map[string]any{"retake_start_time": 500.0}, "retake_start_time"},
		{"ltx-2-3-pro-retake", map[string]any{"retake_duration": 1.0}, "retake_duration"},
		{"ltx-2-3-pro-retake", map[string]any{"input_video": "none.mp4"}, "input_video"},
		{"lightricks-ltx-2-retake", map[string]any{"prompt": "blorb frub"}, "prompt"},
		{"none", nil, ""},
	} {
		gen := &retake.Generation{ID: "g", Namespace: "ox", Model: tt.model, Params: map[string]any{"prompt": "snow", "input_video": "a.mp4"}}
		for name, v := range tt.params {
			gen.Params[name] = v
		}
		o := g.Run(t.Context(), gen, func(retake.Progress) {})
		if o.Status != retake.Failed || o.ErrorField != tt.field {
			t.Errorf("%s %v: %s about %q, want %q: %s", tt.model, tt.params, o.Status, o.ErrorField, tt.field, o.Error)
		}
	}
}
