// Command bench measures what a user waits for, on whole processes, and prints the rows of docs/benchmarks.md. Each
// comparison runs its two sides in turn, several times, and is given as a ratio, so that it holds on a machine whose
// speed drifts.
//
//	go run ./internal/bench -retake bin/retake -clip internal/sample/sample.mp4
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	bin := flag.String("retake", "bin/retake", "the program to measure")
	clip := flag.String("clip", "internal/sample/sample.mp4", "a clip of at least 12 s with sound")
	runs := flag.Int("n", 3, "runs of each side")
	flag.Parse()
	if err := run(*bin, *clip, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one session of measurements.
type bench struct {
	retake string
	dir    string
	clip   string // 12 s, 1080p30, one GOP
	result string // of the snow edit: what the baselines encode
	runs   int
}

func run(bin, clip string, runs int) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "retake-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{retake: bin, dir: dir, clip: dir + "/one-gop.mp4", result: dir + "/snow.mp4", runs: runs}
	err = execute("ffmpeg", "-v", "error", "-i", clip, "-t", "12", "-c:v", "libx264", "-preset", "medium", "-crf", "20",
		"-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0", "-c:a", "copy", b.clip)
	if err != nil {
		return fmt.Errorf("make the clip: %w", err)
	}
	fmt.Printf("%s, %d processors, %s, median of %d runs each\n\n", time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.Version(), runs)
	fmt.Println("| figure | limit | measured | spread |\n|---|---|---|---|")
	for _, f := range []func() error{b.edits, b.memory, b.start, b.size} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func row(figure, limit, measured, spread string) {
	fmt.Printf("| %s | %s | %s | %s |\n", figure, limit, measured, spread)
}

// edits compares edits with what one would do by hand.
func (b *bench) edits() error {
	snow := []string{b.retake, "edit", b.clip, "--prompt", "snow", "--start", "4", "--duration", "4", "--mode", "replace_video", "-o", b.result, "--force", "--json"}
	rain := []string{b.retake, "edit", b.clip, "--prompt", "rain", "--start", "4", "--duration", "4", "--mode", "replace_audio", "-o", b.dir + "/rain.mp4", "--force", "--json"}
	if err := execute(snow...); err != nil {
		return err
	}
	// The baselines read the edited clip, so that they encode the very same pictures.
	full := []string{"ffmpeg", "-v", "error", "-y", "-i", b.result, "-c:v", "libx264", "-preset", "medium", "-crf", "17", "-c:a", "copy", b.dir + "/full.mp4"}
	only := []string{"ffmpeg", "-v", "error", "-y", "-ss", "4", "-i", b.result,
		"-map", "0:v", "-t", "4", "-c:v", "libx264", "-preset", "faster", "-crf", "17", b.dir + "/edit.mp4",
		"-map", "0:v", "-ss", "4", "-c:v", "libx264", "-preset", "faster", "-crf", "12", b.dir + "/bridge.mp4"}
	var s, r, f, o []float64
	for range b.runs {
		for _, side := range []struct {
			times *[]float64
			args  []string
		}{{&f, full}, {&s, snow}, {&o, only}, {&r, rain}} {
			begun := time.Now()
			if err := execute(side.args...); err != nil {
				return err
			}
			*side.times = append(*side.times, time.Since(begun).Seconds())
		}
	}
	compare("4 s snow in 12 s of 1080p30 with one keyframe, against one ffmpeg re-encoding the whole clip at medium, crf 17", "0.55", s, f)
	compare("the same, against one ffmpeg encoding only edit and bridge with the same settings", "1.35", s, o)
	compare("rain for the same segment (`replace_audio`), against the whole re-encode", "0.15", r, f)
	return nil
}

// compare gives the median of the pairwise ratios with the medians it comes from, and their spread.
func compare(figure, limit string, a, b []float64) {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	m, low, high := stats(ratios)
	ma, _, _ := stats(a)
	mb, _, _ := stats(b)
	row(figure, limit, fmt.Sprintf("**%.2f** (%.1f s / %.1f s)", m, ma, mb), fmt.Sprintf("%.2f to %.2f", low, high))
}

func stats(values []float64) (median, low, high float64) {
	v := slices.Sorted(slices.Values(values))
	return v[len(v)/2], v[0], v[len(v)-1]
}

func (b *bench) size() error {
	info, err := os.Stat(b.retake)
	if err != nil {
		return err
	}
	row("the program", "45 MB", fmt.Sprintf("**%.1f MB**", float64(info.Size())/1e6), "")
	return nil
}

// lines joins what a failed command said.
func lines(b []byte) string { return strings.TrimSpace(string(b)) }
