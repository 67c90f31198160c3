package media

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Command is one run of ffmpeg, or of ffprobe.
//
// Args come without the program's name. What keeps a run quiet, unattended and away from the network is added, and
// so are the whitelists of protocols and containers in front of each input. Inputs (after -i) that are not pipes
// and not "-f lavfi" are taken as file paths, whatever they look like. Existing outputs are overwritten.
type Command struct {
	Args   []string
	Probe  bool      // run ffprobe instead of ffmpeg; its input is the last argument, or follows -i
	Stdin  io.Reader // fed to the program's standard input
	PipeIn bool      // without Stdin: Process.Stdin is there to be written to

	ReadFiles []string // files or folders to read besides the inputs
	WriteDirs []string // folders to write in; anything else is read-only or out of sight where the kernel can do that
}

// Protocols and containers that inputs may use. Left out are the ones that fetch or open other files: playlists
// (hls, dash, concat), session descriptions, devices and filter graphs.
const (
	protocols  = "file,pipe"
	containers = "mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,nut,mxf,dv,ivf,m4v,h264,hevc,mpegvideo,mjpeg,rm,caf," +
		"wav,w64,aiff,mp3,aac,ac3,eac3,flac,amr,au," +
		"gif,apng,image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe"
)

// line returns the full arguments and the files among the inputs.
func (c Command) line() (args, inputs []string) {
	if c.Probe {
		return c.probeLine()
	}
	args = []string{"-nostdin", "-hide_banner", "-loglevel", "error", "-y"}
	format := "" // of the input whose options are being read
	for i := 0; i < len(c.Args); i++ {
		a := c.Args[i]
		if a == "-f" && i+1 < len(c.Args) {
			format = c.Args[i+1]
		}
		if a != "-i" || i+1 >= len(c.Args) {
			args = append(args, a)
			continue
		}
		i++
		args = append(args, guard(format)...)
		name, file := inputName(c.Args[i], format)
		args = append(args, "-i", name)
		if file != "" {
			inputs = append(inputs, file)
		}
		format = ""
	}
	return args, inputs
}

func (c Command) probeLine() (args, inputs []string) {
	args = append([]string{"-hide_banner", "-loglevel", "error"}, guard("")...)
	if f := slices.Index(c.Args, "-f"); f >= 0 && f+1 < len(c.Args) {
		args = append([]string{"-hide_banner", "-loglevel", "error"}, guard(c.Args[f+1])...)
	}
	at := len(c.Args) - 1
	if i := slices.Index(c.Args, "-i"); i >= 0 {
		at = i + 1
	}
	for i, a := range c.Args {
		if i == at {
			name, file := inputName(a, "")
			if file != "" {
				inputs = append(inputs, file)
			}
			a = name
		}
		args = append(args, a)
	}
	return args, inputs
}

// guard returns the options that go in front of an input. A format that the caller states needs no whitelist.
func guard(format string) []string {
	g := []string{"-protocol_whitelist", protocols}
	if format == "" {
		g = append(g, "-format_whitelist", containers)
	}
	return g
}

// inputName spells an input so that ffmpeg reads no protocol into it, and returns its path if it is a file.
func inputName(name, format string) (spelled, file string) {
	if format == "lavfi" || name == "-" || strings.HasPrefix(name, "pipe:") {
		return name, ""
	}
	path := strings.TrimPrefix(name, "file:")
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return "file:" + path, path
}
