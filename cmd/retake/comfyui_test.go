package main

import (
	"syscall"
	"testing"

	"retake/internal/engine/comfyui"
	"retake/internal/engine/enginetest"
)

// A server that is killed with a job at a ComfyUI goes on with that job at its next start: while it runs, and in the moment in which it is
// queued, with or without having arrived. Its number is ours, and written down before it goes, so nothing is queued twice, also where the
// ComfyUI chooses another number.
func testComfyUI(t *testing.T, bin, clip string) {
	queued := enginetest.Fault{Hang: true, After: true}
	for _, c := range []struct {
		name  string
		setup func(f *enginetest.Comfy)
		step  string // it is killed at
		jobs  int    // queued by then
	}{
		{"while it runs", func(f *enginetest.Comfy) { f.Stays = true }, enginetest.StepRun, 1},
		{"before it is queued", func(f *enginetest.Comfy) { f.Inject(enginetest.StepSubmit, enginetest.Fault{Hang: true}) }, enginetest.StepSubmit, 0},
		{"before the answer, with another number than ours", func(f *enginetest.Comfy) { f.Old = true; f.Inject(enginetest.StepSubmit, queued) }, enginetest.StepSubmit, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := enginetest.NewComfy(t, comfyui.DefaultConfig().Checkpoint, comfyui.DefaultConfig().TextEncoder)
			c.setup(f)
			env := []string{"RETAKE_ENGINE_COMFYUI_URL=" + f.URL, "RETAKE_ENGINE_COMFYUI_POLL_EVERY=20ms", "RETAKE_MODELS_PREFER=comfyui"}
			w := newWorld(t, bin)
			p := w.start(env)
			p.upload(clip)
			ids := p.enqueue(small, 1)
			p.eventually("the job is at the ComfyUI", func() bool { return f.Seen(c.step) > 0 && f.Taken() == c.jobs })
			p.end(syscall.SIGKILL)
			f.Mend()
			p = w.start(env)
			status, row := p.outcome(ids[0])
			report, _ := row["report"].(map[string]any)
			if status != "succeeded" || row["engine"] != "comfyui" || report["exact"] != true {
				t.Errorf("it is %v\n%s", row, p.Log())
			}
			if n := f.Taken(); n != 1 {
				t.Errorf("%d jobs were queued", n)
			}
			p.end(syscall.SIGTERM)
			w.settled(ids, 1)
		})
	}
}
