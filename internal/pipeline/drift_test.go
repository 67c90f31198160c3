package pipeline_test

import (
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// driftClip is a clip with grain, without cuts, with colours stated as BT.709, at a rate that engines round.
func driftClip(t testing.TB, size, rate string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	line := "-y -v error -f lavfi -i mandelbrot=size=" + size + ":rate=" + rate + ":start_scale=0.8:end_scale=0.3:end_pts=300,noise=alls=6:allf=t," +
		"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p " +
		"-f lavfi -i aevalsrc=0.2*sin(2*PI*220*t)*(0.6+0.4*sin(3*t))+0.01*(random(0)-0.5)|0.2*sin(2*PI*277*t)+0.01*(random(1)-0.5):s=48000 -t 4.5 " +
		"-c:v libx264 -preset veryfast -crf 14 -x264-params keyint=60:scenecut=0 -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv -c:a aac -b:a 160k"
	if out, err := exec.Command("ffmpeg", append(strings.Fields(line), path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	return path
}

const object = "drawbox=x=iw*0.4:y=ih*0.35:w=iw*0.2:h=ih*0.3:color=0x902020:t=fill"

// drifts are what engines do to all of what they are shown.
var drifts = []struct {
	name   string
	engine enginetest.Drift
	says   string // a piece of a warning that has to be there
}{
	{"none", enginetest.Drift{}, ""},
	{"gain", enginetest.Drift{Picture: "lutyuv=y='(val-16)*0.92+16':u='(val-128)*1.1+128':v='(val-128)*0.9+128'"}, "drifted"},
	{"offset", enginetest.Drift{Picture: "lutyuv=y='val+6':u='val-3':v='val+2'"}, "drifted"},
	{"gamma", enginetest.Drift{Picture: "lutyuv=y='16+219*pow(max(val-16,0)/219,1.2)'"}, "drifted"},
	{"hue", enginetest.Drift{Picture: "hue=h=10"}, "drifted"},
	{"noise", enginetest.Drift{Picture: "noise=alls=16:allf=t"}, ""},
	{"denoise", enginetest.Drift{Picture: "hqdn3d=8"}, ""},
	{"soft", enginetest.Drift{Picture: "gblur=sigma=1"}, ""},
	{"late", enginetest.Drift{Picture: "tpad=start=1:start_mode=clone,trim=end_frame=76"}, "one picture too late"},
	{"matrix", enginetest.Drift{Picture: "scale=in_color_matrix=bt709:out_color_matrix=bt601"}, "BT.601 in place of BT.709"},
	{"range", enginetest.Drift{Picture: "scale=in_range=tv:out_range=pc,setparams=range=tv"}, "full range in place of limited"},
	{"fps 29", enginetest.Drift{Picture: "fps=29"}, "matched by time"},
	{"fps 30", enginetest.Drift{Picture: "fps=30"}, ""},
	{"size", enginetest.Drift{Picture: "scale=trunc(iw/32)*32:trunc(ih/32)*32"}, ""},
	{"vignette", enginetest.Drift{Picture: "vignette=angle=PI/5"}, "faded in and out"},
	{"object", enginetest.Drift{Object: object}, ""},
	{"all", enginetest.Drift{Object: object, Picture: "lutyuv=y='(val-16)*0.92+20':u='(val-128)*1.1+125':v='(val-128)*0.9+128',hqdn3d=4,scale=trunc(iw/32)*32:trunc(ih/32)*32"}, "drifted"},
}

var driftTable = flag.String("drift-table", "", "a folder: run every drift at 640x360, with and without the fit, keep the results there, and print the table of docs/benchmarks.md")

// quickDrifts are those that the usual run tries; package seam tries others on pictures alone.
var quickDrifts = []string{"gain", "late", "matrix", "fps 29", "all"}

// Whatever a drifting engine does to all of its window, nobody sees where its part begins and ends.
func TestDriftingEngine(t *testing.T) {
	size := "320x180"
	if *driftTable != "" {
		size = "640x360"
	}
	clip := driftClip(t, size, "30000/1001")
	for _, d := range drifts {
		if *driftTable == "" && !slices.Contains(quickDrifts, d.name) {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			fitted := driftEdit(t, clip, d.name, d.engine, true)
			s := fitted.Seams
			for name, step := range map[string]*retake.Step{"luma in": s.LumaIn, "luma out": s.LumaOut, "chroma in": s.ChromaIn, "chroma out": s.ChromaOut} {
				if step.Times > retake.StepLimit && d.engine.Object == "" {
					t.Errorf("%s steps by %.2f times", name, step.Times)
				}
			}
			said := strings.Join(fitted.Warnings, " ")
			if !fitted.Holds || !strings.Contains(said, d.says) {
				t.Errorf("holds %v, says %q", fitted.Holds, said)
			}
			if d.engine.Object != "" && s.LumaIn.Times > retake.StepLimit && !strings.Contains(said, "brightness steps by") {
				t.Errorf("an object that appears at once is not told of: %q", said)
			}
			if *driftTable == "" {
				return
			}
			raw := driftEdit(t, clip, d.name+" raw", d.engine, false).Seams
			t.Logf("| %s | %s | %s | %s | %s | %s |", d.name, times(raw.LumaIn, raw.LumaOut), times(s.LumaIn, s.LumaOut), times(raw.ChromaIn, raw.ChromaOut), times(s.ChromaIn, s.ChromaOut), said)
		})
	}
}

// What an engine makes of the 8-bit view of a deeper clip is fitted there, and then goes into the clip's own pictures as a
// difference.
func TestDriftingEngineOnDeepClip(t *testing.T) {
	plain := driftClip(t, "320x180", "25")
	clip := filepath.Join(t.TempDir(), "deep.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", plain, "-vf", "format=yuv422p10le", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "30",
		"-colorspace", "bt709", "-color_range", "tv", "-c:a", "copy", clip).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	report := driftEdit(t, clip, "deep", drifts[1].engine, true)
	s := report.Seams
	if worst := max(s.LumaIn.Times, s.LumaOut.Times, s.ChromaIn.Times, s.ChromaOut.Times); worst > retake.StepLimit || !report.Exact {
		t.Errorf("steps of %.2f, exact %v", worst, report.Exact)
	}
}

// An answer that does not reach the segment's end is no answer.
func TestShortAnswer(t *testing.T) {
	e := newEditor(t)
	e.Engines = []retake.Engine{&enginetest.Drift{Picture: "trim=end_frame=50"}}
	_, err := e.Edit(t.Context(), pipeline.Edit{Source: driftClip(t, "320x180", "25"), Out: filepath.Join(t.TempDir(), "out.mp4"),
		Request: retake.Request{Prompt: "a red box", Start: 1.5, Duration: 2, Mode: retake.ReplaceVideo}}, nil)
	if retake.CodeOf(err) != retake.CodeEngine || !strings.Contains(retake.UserMessage(err), "do not reach") {
		t.Errorf("%v", err)
	}
}

// times writes the larger of two steps.
func times(in, out *retake.Step) string { return fmt.Sprintf("%.2f", max(in.Times, out.Times)) }

// driftEdit edits the clip with a drifting engine.
func driftEdit(t *testing.T, clip, name string, drift enginetest.Drift, fit bool) *retake.Report {
	t.Helper()
	e := newEditor(t)
	e.Config.FitAnswers = fit
	e.Engines = []retake.Engine{&drift}
	dir := t.TempDir()
	if *driftTable != "" {
		dir = *driftTable
	}
	report, err := e.Edit(t.Context(), pipeline.Edit{Source: clip, Out: filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".mp4"),
		Request: retake.Request{Prompt: "a red box", Start: 1.5, Duration: 2, Mode: retake.ReplaceVideo}}, nil)
	if report == nil {
		t.Fatal(err)
	}
	return report
}
