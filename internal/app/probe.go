package app

import (
	"context"
	"errors"

	"retake/internal/config"
	"retake/internal/media"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Clip says what a clip is and what an edit would keep of it.
type Clip struct {
	Format    string               `json:"format"`    // ffprobe's name
	Container string               `json:"container"` // as people call it: "MP4"
	Duration  float64              `json:"duration"`  // seconds
	Size      int64                `json:"size"`      // bytes
	Video     *Pictures            `json:"video"`
	Audio     *Sound               `json:"audio"` // null for a silent clip
	Others    int                  `json:"other_tracks"`
	Keyframes *Keyframes           `json:"keyframes,omitempty"` // where the pictures can be replaced packet by packet
	Exact     bool                 `json:"exact"`               // in every mode
	Modes     map[retake.Mode]Fate `json:"modes"`
}

// Pictures is the picture track.
type Pictures struct {
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

// Sound is the sound track.
type Sound struct {
	Codec      string `json:"codec"`
	Profile    string `json:"profile"`
	SampleRate int    `json:"sample_rate"`
	Channels   int    `json:"channels"`
}

// Fate says what an edit in one mode keeps.
type Fate struct {
	Exact     bool     `json:"exact"`      // every packet outside the segment and its bridge
	KeepVideo bool     `json:"keep_video"` // the picture track need not be re-encoded as a whole
	KeepAudio bool     `json:"keep_audio"`
	Reasons   []string `json:"reasons"`           // what can't be kept, a sentence each
	Refused   string   `json:"refused,omitempty"` // why there can be no such edit
}

// Probe looks at a clip without changing anything. A clip that no mode can edit is an error.
func Probe(ctx context.Context, cfg config.Config, path string) (*Clip, error) {
	tools, err := media.Open(cfg.Media)
	if err != nil {
		return nil, err
	}
	info, err := tools.Probe(ctx, path)
	if err != nil {
		return nil, err
	}
	c := describe(info)
	c.Container = containerName(info, path)
	var refusal error
	possible := false
	for _, mode := range retake.Modes() {
		fate, err := c.inspect(info, path, mode)
		if e, ok := errors.AsType[*retake.Error](err); ok {
			refusal, fate.Refused = err, e.Message
		} else if err != nil {
			return nil, err
		}
		c.Modes[mode] = fate
		c.Exact = c.Exact && fate.Exact
		possible = possible || fate.Refused == ""
	}
	if !possible {
		return nil, refusal
	}
	return c, nil
}

// inspect asks what an edit in one mode keeps, and looks for keyframes while the clip is open.
func (c *Clip) inspect(info *media.Info, path string, mode retake.Mode) (f Fate, err error) {
	f.Reasons = []string{}
	fate, source, err := pipeline.Inspect(info, path, mode)
	if err != nil {
		return f, err
	}
	if source != nil {
		defer func() { err = errors.Join(err, source.Close()) }()
		if c.Keyframes == nil && source.Video.Reason == "" {
			if c.Keyframes, err = keyframes(source.Video); err != nil {
				return f, err
			}
		}
	}
	f.Exact, f.KeepVideo, f.KeepAudio = fate.Exact, fate.KeepVideo, fate.KeepAudio
	for _, reason := range fate.Reasons {
		f.Reasons = append(f.Reasons, ahead(reason))
	}
	return f, nil
}

func describe(info *media.Info) *Clip {
	c := &Clip{
		Format: info.Format, Duration: info.Duration, Size: info.Size,
		Exact: true, Modes: map[retake.Mode]Fate{}, Others: len(info.Streams),
	}
	if v := info.Video(); v != nil {
		c.Others--
		c.Video = &Pictures{
			Codec: v.Codec, Profile: v.Profile, Width: v.Width, Height: v.Height, Rotation: v.Rotation,
			Rate: v.Rate, Frames: v.Frames, PixFmt: v.PixFmt, Matrix: v.Matrix,
		}
	}
	if a := info.Audio(); a != nil {
		c.Others--
		c.Audio = &Sound{Codec: a.Codec, Profile: a.Profile, SampleRate: a.SampleRate, Channels: a.Channels}
	}
	return c
}
