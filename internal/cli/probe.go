package cli

import (
	"fmt"
	"io"

	"retake/internal/app"
	"retake/internal/retake"
)

type probeCommand struct {
	configFlag
	File string `arg:"" complete:"file" help:"The clip."`
	JSON bool   `help:"Write JSON."`
}

// clipRow is what --json writes.
type clipRow struct {
	File string `json:"file"`
	*app.Clip
}

// Run prints what the clip is.
func (c probeCommand) Run(env *environment) error {
	env.json = c.JSON
	cfg, err := settings(env, c.Config, nil)
	if err != nil {
		return err
	}
	if err := readable(c.File); err != nil {
		return err
	}
	clip, err := app.Probe(env.ctx, cfg, c.File)
	if err != nil {
		return err
	}
	row := clipRow{c.File, clip}
	if c.JSON {
		return writeJSON(env.Stdout, row)
	}
	return writeClip(env.Stdout, row)
}

func writeClip(w io.Writer, c clipRow) error {
	fmt.Fprintf(w, "%s: %s, %s s, %d bytes\n", c.File, c.Format, number(c.Duration), c.Size)
	if v := c.Video; v != nil {
		fmt.Fprintf(w, "pictures: %s %s, %dx%d, %s frames a second, %s", v.Codec, v.Profile, v.Width, v.Height, number(v.Rate.FPS()), v.PixFmt)
		if v.Rotation != 0 {
			fmt.Fprintf(w, ", turned by %d degrees", v.Rotation)
		}
		fmt.Fprintln(w)
	}
	if a := c.Audio; a != nil {
		fmt.Fprintf(w, "sound: %s %s, %d Hz, %d channels\n", a.Codec, a.Profile, a.SampleRate, a.Channels)
	} else {
		fmt.Fprintln(w, "sound: none")
	}
	if c.Others > 0 {
		fmt.Fprintf(w, "other tracks: %d\n", c.Others)
	}
	fmt.Fprintln(w, "\nAn edit with")
	for _, mode := range retake.Modes() {
		f := c.Modes[mode]
		if f.Exact {
			what := "every picture, and the sound outside the segment, keeps its packets"
			if mode.Video() {
				what = "what lies outside the segment keeps its packets, but for the pictures up to the next keyframe"
			}
			fmt.Fprintf(w, "  %s is exact: %s\n", mode, what)
			continue
		}
		fmt.Fprintf(w, "  %s is not exact\n", mode)
		for _, reason := range f.Reasons {
			fmt.Fprintf(w, "    %s\n", reason)
		}
	}
	return nil
}
