package corpus

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Clip makes a clip of 3 s of a small test picture and a tone, with ffmpeg's options, and returns its path.
func Clip(tb testing.TB, name, options string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	ffmpeg(tb, "-f lavfi -i testsrc2=size=160x90:rate=30 -f lavfi -i sine=330:r=48000 -t 3 -pix_fmt yuv420p "+options, path)
	return path
}

// Samples encodes 1 s of a test picture of 98 by 66 with ffmpeg's options, in so many passes, and returns the samples.
func Samples(tb testing.TB, passes int, options string) (all [][]byte) {
	tb.Helper()
	dir := tb.TempDir()
	path := filepath.Join(dir, "samples.ivf")
	for pass := range passes {
		line := "-f lavfi -i testsrc2=s=98x66:r=25:d=1 " + options
		if passes > 1 {
			line += fmt.Sprintf(" -pass %d -passlogfile %s", pass+1, filepath.Join(dir, "log"))
		}
		ffmpeg(tb, line, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	for data = data[32:]; len(data) >= 12; { // IVF: a header, then samples behind their size and time
		size := binary.LittleEndian.Uint32(data)
		all, data = append(all, data[12:12+size]), data[12+size:]
	}
	return all
}

func ffmpeg(tb testing.TB, line, path string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "ffmpeg", append(strings.Fields("-y -v error "+line), path)...)
	cmd.Env = append(os.Environ(), "SVT_LOG=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("ffmpeg: %v\n%s", err, out)
	}
}
