// Package corpus gives fuzz targets pieces of real clips to begin with. make fuzz cuts them from a clip of every kind
// that make matrix tries; without them a target begins with its own few.
package corpus

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir is the environment variable that names the folder of pieces. Each kind of piece has a folder in it.
const Dir = "RETAKE_CORPUS"

// File is the kind of whole files. Config and Sample make kinds of a track's codec, as package container names it.
const File = "file"

// Config is the kind of a codec's decoder configurations.
func Config(codec string) string { return "config-" + codec }

// Sample is the kind of a codec's samples.
func Sample(codec string) string { return "sample-" + codec }

// Each calls seed with every piece of a kind, none when there is no corpus.
func Each(tb testing.TB, kind string, seed func(piece []byte)) {
	tb.Helper()
	dir := os.Getenv(Dir)
	if dir == "" {
		return
	}
	paths, err := filepath.Glob(filepath.Join(dir, kind, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, path := range paths {
		piece, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		seed(piece)
	}
}
