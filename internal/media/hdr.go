package media

import (
	"fmt"
	"os"

	"retake/internal/depth"
)

// cubeSide is the nodes of a table along each of red, green and blue.
const cubeSide = 33

// toneFile writes the table by which an HDR clip is shown in BT.709, as package depth states it. path is "" for any other
// clip. remove is to be called when it has been read.
func toneFile(v *Stream) (path string, remove func(), err error) {
	f := depth.Format{Transfer: v.Transfer, Primaries: v.Primaries}
	if !f.HDR() {
		return "", func() {}, nil
	}
	file, err := os.CreateTemp("", "tone-*.cube")
	if err != nil {
		return "", nil, fmt.Errorf("write the table for HDR: %w", err)
	}
	remove = func() { os.Remove(file.Name()) }
	err = depth.WriteCube(file, f, cubeSide)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		remove()
		return "", nil, fmt.Errorf("write the table for HDR: %w", err)
	}
	return file.Name(), remove, nil
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
