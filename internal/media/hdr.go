package media

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"retake/internal/depth"
)

// cubeSide is the nodes of a table along each of red, green and blue.
const cubeSide = 33

// tones are the tables by which HDR clips are shown: one for each kind of clip, in a folder that somebody else empties.
type tones struct {
	mu    sync.Mutex
	dir   string
	files map[string]string // path by transfer and primaries
}

// KeepIn has what views of clips need written into a folder once, for as long as it is there. Call it before the first view;
// without it each view writes into the system's folder for temporary files, and removes that.
func (t *Tools) KeepIn(dir string) { t.tones.dir, t.tones.files = dir, map[string]string{} }

// toneFile writes the table by which an HDR clip is shown in BT.709, as package depth states it. path is "" for any other
// clip. done is to be called when it has been read.
func (t *Tools) toneFile(v *Stream) (path string, done func(), err error) {
	f := depth.Format{Transfer: v.Transfer, Primaries: v.Primaries}
	if !f.HDR() {
		return "", func() {}, nil
	}
	if t.tones.dir == "" {
		path, err = writeTone("", f)
		return path, func() { os.Remove(path) }, err
	}
	t.tones.mu.Lock()
	defer t.tones.mu.Unlock()
	kind := v.Transfer + " " + v.Primaries
	if path = t.tones.files[kind]; path != "" {
		if _, err := os.Stat(path); err == nil {
			return path, func() {}, nil
		}
	}
	path, err = writeTone(t.tones.dir, f)
	t.tones.files[kind] = path
	return path, func() {}, err
}

// writeTone writes a table into a folder, "" for the system's. On error there is none, and path is "".
func writeTone(dir string, f depth.Format) (path string, err error) {
	file, err := os.CreateTemp(dir, "tone-*.cube")
	if err != nil {
		return "", fmt.Errorf("write the table for HDR: %w", err)
	}
	err = depth.WriteCube(file, f, cubeSide)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return "", fmt.Errorf("write the table for HDR: %w", err)
	}
	return file.Name(), nil
}

// jpegColour returns the options of the scale filter that makes a picture's size, and filters to follow it, so that its
// colours end as JPEG's: full-range BT.601 (JFIF). A clip that doesn't say what it is is taken for what players assume. An
// HDR clip goes through the table at tone.
func jpegColour(v *Stream, tone string) (options, after string) {
	if tone != "" {
		matrix := "bt2020"
		if v.Matrix == "bt709" {
			matrix = "bt709"
		}
		return "", fmt.Sprintf(",scale=in_color_matrix=%s,format=gbrp10le,lut3d=file='%s':interp=trilinear,scale=out_color_matrix=bt601:out_range=full", matrix, tone)
	}
	matrix := "auto"
	if v.Matrix == "" && v.Height >= 720 {
		matrix = "bt709"
	}
	return ":in_color_matrix=" + matrix + ":out_color_matrix=bt601:out_range=full", ""
}

// readable lists a file that is there.
func readable(path string) []string {
	if path == "" {
		return nil
	}
	return []string{path}
}
