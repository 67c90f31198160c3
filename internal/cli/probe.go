package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

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
	*retake.Clip
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
	fmt.Fprintf(w, "%s: %s, %s s, %d bytes\n", c.File, c.Container, number(c.Duration), c.Size)
	if v := c.Video; v != nil {
		fmt.Fprintf(w, "pictures: %s, %dx%d, %s frames a second, %s", codec(v.Codec, v.Profile), v.Width, v.Height, number(v.Rate.FPS()), v.PixFmt)
		if v.Rotation != 0 {
			fmt.Fprintf(w, ", turned by %d degrees", v.Rotation)
		}
		fmt.Fprintln(w)
	}
	if a := c.Audio; a != nil {
		fmt.Fprintf(w, "sound: %s, %d Hz, %s\n", codec(a.Codec, a.Profile), a.SampleRate, count(a.Channels, "channels"))
	} else {
		fmt.Fprintln(w, "sound: none")
	}
	if c.Others > 0 {
		fmt.Fprintf(w, "other tracks: %d\n", c.Others)
	}
	writeKeyframes(w, c.Keyframes)
	fmt.Fprintln(w, "\nAn edit with")
	for _, mode := range retake.Modes() {
		writeFate(w, mode, c.Modes[mode])
	}
	return nil
}

func writeKeyframes(w io.Writer, k *retake.Keyframes) {
	switch {
	case k == nil:
	case k.Count < 2:
		fmt.Fprintln(w, "only one keyframe: all pictures after a segment are re-encoded")
	default:
		fmt.Fprintf(w, "keyframes at most %s s apart: at most that much after a segment is re-encoded\n", number(k.Apart))
	}
}

func writeFate(w io.Writer, mode retake.Mode, f retake.Fate) {
	switch {
	case f.Refused != "":
		fmt.Fprintf(w, "  %s is refused: %s\n", mode, f.Refused)
	case f.Exact && mode.Video():
		fmt.Fprintf(w, "  %s is exact: what lies outside the segment keeps its packets, but for%s\n", mode, beside(mode))
	case f.Exact:
		fmt.Fprintf(w, "  %s is exact: every picture, and the sound outside the segment but for up to two packets on either side, keeps its packets\n", mode)
	default:
		fmt.Fprintf(w, "  %s is not exact\n", mode)
		for _, reason := range f.Reasons {
			fmt.Fprintf(w, "    %s\n", reason)
		}
	}
}

// beside names what an exact edit of the pictures re-encodes outside the segment.
func beside(mode retake.Mode) string {
	s := " the pictures up to the next keyframe and a few before it"
	if mode.Audio() {
		s += ", and up to two sound packets on either side"
	}
	return s
}

// codec names a codec and its profile, where that has a name and not only a number.
func codec(name, profile string) string {
	if strings.HasPrefix(name, "pcm_") {
		name = "PCM (" + strings.TrimPrefix(name, "pcm_") + ")"
	}
	if _, err := strconv.Atoi(profile); profile == "" || err == nil {
		return name
	}
	return name + " " + profile
}
