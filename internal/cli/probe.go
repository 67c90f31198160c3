package cli

import (
	"fmt"
	"io"

	"retake/internal/app"
	"retake/internal/media"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

type probeCommand struct {
	configFlag
	File string `arg:"" complete:"file" help:"The clip."`
	JSON bool   `help:"Write JSON."`
}

// clipRow is a clip as --json writes it.
type clipRow struct {
	File     string                  `json:"file"`
	Format   string                  `json:"format"`
	Duration float64                 `json:"duration"` // seconds
	Size     int64                   `json:"size"`     // bytes
	Video    *videoRow               `json:"video"`
	Audio    *audioRow               `json:"audio"`
	Others   int                     `json:"other_tracks"`
	Exact    bool                    `json:"exact"` // in every mode
	Modes    map[retake.Mode]fateRow `json:"modes"`
}

type videoRow struct {
	Codec    string      `json:"codec"`
	Profile  string      `json:"profile"`
	Width    int         `json:"width"`
	Height   int         `json:"height"`
	Rotation int         `json:"rotation"` // degrees, clockwise
	Rate     retake.Rate `json:"rate"`     // average frames a second
	Frames   int         `json:"frames"`
	PixFmt   string      `json:"pixel_format"`
	Matrix   string      `json:"matrix,omitempty"`
}

type audioRow struct {
	Codec      string `json:"codec"`
	Profile    string `json:"profile"`
	SampleRate int    `json:"sample_rate"`
	Channels   int    `json:"channels"`
}

// fateRow says what an edit in one mode keeps.
type fateRow struct {
	Exact     bool     `json:"exact"`      // every packet outside the segment and its bridge is kept
	KeepVideo bool     `json:"keep_video"` // the picture track need not be re-encoded as a whole
	KeepAudio bool     `json:"keep_audio"`
	Reasons   []string `json:"reasons"`
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
	row := clipOf(c.File, clip)
	if c.JSON {
		return writeJSON(env.Stdout, row)
	}
	return writeClip(env.Stdout, row)
}

func clipOf(file string, c *app.Clip) clipRow {
	row := clipRow{
		File: file, Format: c.Info.Format, Duration: c.Info.Duration, Size: c.Info.Size,
		Exact: true, Modes: map[retake.Mode]fateRow{}, Others: len(c.Info.Streams),
	}
	if v := c.Info.Video(); v != nil {
		row.Video = videoOf(v)
		row.Others--
	}
	if a := c.Info.Audio(); a != nil {
		row.Audio = &audioRow{Codec: a.Codec, Profile: a.Profile, SampleRate: a.SampleRate, Channels: a.Channels}
		row.Others--
	}
	for mode, fate := range c.Fates {
		row.Modes[mode] = fateOf(fate)
		row.Exact = row.Exact && fate.Exact
	}
	return row
}

func videoOf(v *media.Stream) *videoRow {
	return &videoRow{
		Codec: v.Codec, Profile: v.Profile, Width: v.Width, Height: v.Height, Rotation: v.Rotation,
		Rate: v.Rate, Frames: v.Frames, PixFmt: v.PixFmt, Matrix: v.Matrix,
	}
}

func fateOf(f pipeline.Fate) fateRow {
	row := fateRow{Exact: f.Exact, KeepVideo: f.KeepVideo, KeepAudio: f.KeepAudio, Reasons: f.Reasons}
	if row.Reasons == nil {
		row.Reasons = []string{}
	}
	return row
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
