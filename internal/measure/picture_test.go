package measure

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// ffmpegFrames renders a moving test picture and a compressed version of it as raw luma.
func ffmpegFrames(t *testing.T, width, height int, filter string) []byte {
	t.Helper()
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%dx%d:r=5:d=1", width, height),
		"-vf", "format=gray"+filter, "-f", "rawvideo", "pipe:1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, errs.String())
	}
	return out
}

// ffmpegMeasure runs ffmpeg's psnr or ssim filter on raw luma and returns its value for each frame.
func ffmpegMeasure(t *testing.T, filter string, a, b []byte, width, height int) []float64 {
	t.Helper()
	dir := t.TempDir()
	input := []string{"-v", "error"}
	for i, data := range [][]byte{a, b} {
		name := filepath.Join(dir, strconv.Itoa(i)+".gray")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		input = append(input, "-f", "rawvideo", "-pix_fmt", "gray", "-s", fmt.Sprintf("%dx%d", width, height), "-i", name)
	}
	cmd := exec.Command("ffmpeg", append(input, "-lavfi", filter+"=stats_file=-", "-f", "null", "-")...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg %s: %v", filter, err)
	}
	key := map[string]string{"psnr": `psnr_y:(\S+)`, "ssim": `Y:(\S+)`}[filter]
	var values []float64
	for _, m := range regexp.MustCompile(key).FindAllSubmatch(out, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

func TestCompareAgreesWithFFmpeg(t *testing.T) {
	for _, size := range [][2]int{{322, 182}, {64, 8}} {
		w, h := size[0], size[1]
		for _, filter := range []string{",gblur=sigma=1", ",noise=alls=12:allf=t", ",eq=brightness=0.05"} {
			a, b := ffmpegFrames(t, w, h, ""), ffmpegFrames(t, w, h, filter+",format=gray")
			wantPSNR, wantSSIM := ffmpegMeasure(t, "psnr", a, b, w, h), ffmpegMeasure(t, "ssim", a, b, w, h)
			if len(wantPSNR) != 5 || len(wantSSIM) != 5 {
				t.Fatalf("ffmpeg measured %d and %d frames", len(wantPSNR), len(wantSSIM))
			}
			for i := range 5 {
				got, err := Compare(a[i*w*h:(i+1)*w*h], b[i*w*h:(i+1)*w*h], w, h)
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(got.PSNR-wantPSNR[i]) > 0.006 || math.Abs(got.SSIM-wantSSIM[i]) > 2e-5 {
					t.Errorf("%dx%d %s frame %d: %+v, ffmpeg has %v dB and %v", w, h, filter, i, got, wantPSNR[i], wantSSIM[i])
				}
			}
		}
	}
}

func TestCompareEdges(t *testing.T) {
	plane := bytes.Repeat([]byte{100}, 11*9)
	same, err := Compare(plane, plane, 11, 9)
	if err != nil || same.PSNR != MaxPSNR || same.SSIM != 1 {
		t.Errorf("identical planes: %+v, %v", same, err)
	}
	corner := bytes.Clone(plane)
	corner[len(corner)-1] = 101
	got, err := Compare(plane, corner, 11, 9)
	if want := 10 * math.Log10(255*255*99); err != nil || math.Abs(got.PSNR-want) > 1e-9 {
		t.Errorf("one corner sample off by one: %v dB, want %v", got.PSNR, want)
	}
	for _, bad := range [][3]int{{4, 9, 36}, {11, 9, 98}, {9, 11, 100}} {
		if _, err := Compare(make([]byte, bad[2]), plane, bad[0], bad[1]); !errors.Is(err, errSize) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestLuma(t *testing.T) {
	if m := meanBytes([]byte{0, 255, 255, 0}); m != 127.5 {
		t.Errorf("mean %v", m)
	}
	white := bytes.Repeat([]byte{255}, 1920*3+5)
	if m := meanBytes(white); m != 255 {
		t.Errorf("mean of white %v", m)
	}
	white[1000], white[1920*3+4] = 0, 0
	if m, want := meanBytes(white), 255*float64(len(white)-2)/float64(len(white)); m != want {
		t.Errorf("mean %v, want %v", m, want)
	}
	if m := meanBytes(nil); m != 0 {
		t.Errorf("mean of nothing %v", m)
	}
	if m := MeansOf([3][]byte{{1, 2, 3, 4}, {5}, {6}}, 8); m != (Means{2.5, 5, 6}) {
		t.Errorf("means %v", m)
	}
	if l, c := LargestSteps([]Means{{Y: 1}, {Y: 2, Cb: 3, Cr: 4}, {Y: 0.5, Cb: 3, Cr: 3}}); l != 1.5 || c != 5 {
		t.Errorf("largest steps %v, %v", l, c)
	}
	if l, c := LargestSteps([]Means{{Y: 4, Cb: 4}}); l != 0 || c != 0 {
		t.Errorf("steps of one picture %v, %v", l, c)
	}
}

func BenchmarkCompare1080p(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x, y := make([]byte, 1920*1080), make([]byte, 1920*1080)
	for i := range x {
		x[i], y[i] = byte(r.Uint32()), byte(r.Uint32())
	}
	b.SetBytes(int64(len(x)))
	for b.Loop() {
		if _, err := Compare(x, y, 1920, 1080); err != nil {
			b.Fatal(err)
		}
	}
}
