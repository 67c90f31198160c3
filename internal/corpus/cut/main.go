// Cut cuts clips into the pieces that fuzz targets begin with.
//
//	go run ./internal/corpus/cut FOLDER CLIP...
package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"retake/internal/container"
	"retake/internal/corpus"
	"retake/internal/splice"
)

// What of a clip is taken: a fuzzer gets nowhere with large pieces.
const (
	maxFile    = 128 << 10
	maxSamples = 6
	maxSample  = 4 << 10
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: cut FOLDER CLIP...")
		os.Exit(2)
	}
	c := cutter{dir: os.Args[1]}
	for _, path := range os.Args[2:] {
		if err := c.clip(path); err != nil {
			fmt.Fprintf(os.Stderr, "cut: %s: %v\n", filepath.Base(path), err)
			os.Exit(1)
		}
	}
	fmt.Printf("corpus: %d pieces of %d clips\n", c.pieces, len(os.Args)-2)
}

type cutter struct {
	dir    string
	pieces int
}

// clip cuts one clip. One that no reader of ours takes gives itself, and no more.
func (c *cutter) clip(path string) error {
	whole, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(whole) <= maxFile {
		if err := c.put(corpus.File, whole); err != nil {
			return err
		}
	}
	src, err := splice.Open(path)
	if err != nil {
		return nil
	}
	defer src.Close()
	for _, t := range src.File.List() {
		if err := c.track(src.File, t); err != nil {
			return err
		}
	}
	return nil
}

func (c *cutter) track(f container.File, t *container.Track) error {
	name := t.Codec
	if name == "" {
		name = filepath.Base(t.Format)
	}
	if len(t.Config) > 0 {
		if err := c.put(corpus.Config(name), t.Config); err != nil {
			return err
		}
	}
	samples, err := t.Samples()
	if err != nil {
		return err
	}
	for i := range min(samples.Len(), maxSamples) {
		s := samples.At(i)
		if s.Size > maxSample {
			continue
		}
		sample, err := f.ReadSample(s, nil)
		if err == nil {
			err = c.put(corpus.Sample(name), sample)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// put files a piece by its hash, so that the same one counts once.
func (c *cutter) put(kind string, piece []byte) error {
	dir := filepath.Join(c.dir, kind)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, fmt.Sprintf("%x", sha256.Sum256(piece))[:16])
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	c.pieces++
	return os.WriteFile(path, piece, 0o644)
}
