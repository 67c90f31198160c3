package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"retake/internal/app"
	"retake/internal/retake"
)

type probeCommand struct {
	configFlag
	File  string `arg:"" complete:"file" help:"The clip."`
	JSON  bool   `help:"Write JSON."`
	Track int    `name:"audio-track" help:"The sound track that would be edited, counted from 1. Default: the one that players take." default:"0" placeholder:"N"`
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
	clip, err := app.Probe(env.ctx, cfg, c.File, c.Track)
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
		if v.Interlaced {
			fmt.Fprint(w, ", interlaced")
		}
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
	if len(c.Tracks) > 1 {
		for _, t := range c.Tracks {
			writeSoundTrack(w, t)
		}
	}
	others := slices.DeleteFunc(slices.Clone(c.OtherKind), func(kind string) bool { return strings.Contains(kind, "sound track") }) // listed above
	if len(others) > 0 {
		fmt.Fprintf(w, "other tracks: %s\n", strings.Join(others, ", "))
	}
	if c.Keyframes != nil && c.Video != nil {
		writeKeyframes(w, c.Keyframes, c.Video.Frames)
	}
	fmt.Fprintln(w, "\nAn edit with")
	for _, mode := range retake.Modes() {
		writeFate(w, mode, c.Modes[mode])
	}
	return nil
}

// writeSoundTrack lists one of several sound tracks.
func writeSoundTrack(w io.Writer, t retake.SoundTrack) {
	fmt.Fprintf(w, "  track %d: %s, %d Hz, %s", t.Number, codec(t.Codec, t.Profile), t.SampleRate, count(t.Channels, "channels"))
	if t.Language != "" && t.Language != "und" {
		fmt.Fprintf(w, ", %s", t.Language)
	}
	if t.Title != "" {
		fmt.Fprintf(w, ", %s", t.Title)
	}
	if t.Edited {
		fmt.Fprint(w, ", the one that is edited")
	}
	fmt.Fprintln(w)
}

func writeKeyframes(w io.Writer, k *retake.Keyframes, frames int) {
	switch {
	case k.Count == frames:
		fmt.Fprintln(w, "each picture is a keyframe: none outside a segment is re-encoded")
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
	case f.Exact && len(f.Beside) == 0:
		fmt.Fprintf(w, "  %s is exact: all that lies outside the segment stays as it is\n", mode)
	case f.Exact:
		fmt.Fprintf(w, "  %s is exact: what lies outside the segment keeps its packets, but for %s\n", mode, strings.Join(f.Beside, ", and "))
	default:
		fmt.Fprintf(w, "  %s is not exact\n", mode)
		for _, reason := range f.Reasons {
			fmt.Fprintf(w, "    %s\n", reason)
		}
	}
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
