package media

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"retake/internal/retake"
)

// maxStreams bounds the tracks of a file; one made to hurt can declare thousands, which take ffmpeg minutes to rewrite.
const maxStreams = 100

// probeJSON is the part of ffprobe's JSON that is read. Numbers come as numbers or strings, so number takes both.
type probeJSON struct {
	Streams []streamJSON `json:"streams"`
	Format  struct {
		Name     string            `json:"format_name"`
		Start    number            `json:"start_time"`
		Duration number            `json:"duration"`
		Size     number            `json:"size"`
		Tags     map[string]string `json:"tags"`
	} `json:"format"`
}

type streamJSON struct {
	Index       int               `json:"index"`
	Kind        string            `json:"codec_type"`
	Codec       string            `json:"codec_name"`
	Tag         string            `json:"codec_tag_string"`
	Profile     string            `json:"profile"`
	Width       int               `json:"width"`
	Height      int               `json:"height"`
	Aspect      string            `json:"sample_aspect_ratio"`
	PixFmt      string            `json:"pix_fmt"`
	FieldOrder  string            `json:"field_order"`
	AvgRate     string            `json:"avg_frame_rate"`
	Reorder     int               `json:"has_b_frames"`
	Matrix      string            `json:"color_space"`
	Primaries   string            `json:"color_primaries"`
	Transfer    string            `json:"color_transfer"`
	Range       string            `json:"color_range"`
	SampleRate  number            `json:"sample_rate"`
	Channels    int               `json:"channels"`
	Duration    number            `json:"duration"`
	Frames      number            `json:"nb_frames"`
	Disposition map[string]int    `json:"disposition"`
	Tags        map[string]string `json:"tags"`
	SideData    []struct {
		Rotation   number `json:"rotation"`
		Dolby      number `json:"dv_profile"`
		Enhanced   number `json:"el_present_flag"`
		Compatible number `json:"dv_bl_signal_compatibility_id"`
	} `json:"side_data_list"`
}

// number is a JSON number, or a string that holds one. Anything else, and what is not finite, reads as 0.
type number float64

// UnmarshalJSON never fails: an odd number is not worth losing the rest for.
func (n *number) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	*n = number(f)
	return nil
}

// integer returns the number rounded down, 0 when it is out of range.
func (n number) integer() int64 {
	if f := float64(n); math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return 0
}

// seconds returns a duration, 0 when it is negative.
func (n number) seconds() float64 { return max(0, float64(n)) }

// decodeProbe reads the output of ffprobe -show_format -show_streams -of json.
func decodeProbe(data []byte) (*Info, error) {
	var p probeJSON
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("read ffprobe's answer: %w", err)
	}
	if len(p.Streams) > maxStreams {
		return nil, unreadable("The file has %d tracks; this server reads files of %d at most. Export it with those that are needed.", len(p.Streams), maxStreams)
	}
	info := &Info{
		Format: p.Format.Name, Brand: p.Format.Tags["major_brand"],
		Start: float64(p.Format.Start), Duration: p.Format.Duration.seconds(),
		Size: p.Format.Size.integer(),
	}
	for _, s := range p.Streams {
		info.Streams = append(info.Streams, s.stream())
	}
	info.Duration = info.believable()
	return info, nil
}

func (s streamJSON) stream() Stream {
	out := Stream{
		Index: s.Index, Kind: s.Kind, Codec: known(s.Codec), CodecTag: s.Tag, Profile: known(s.Profile),
		Language: s.Tags["language"], Title: s.Tags["title"], Timecode: s.Tags["timecode"], FileName: s.Tags["filename"], MIME: s.Tags["mimetype"],
		Duration: s.Duration.seconds(), Frames: int(max(0, s.Frames.integer())),
		Width: max(0, s.Width), Height: max(0, s.Height), Aspect: known(s.Aspect), PixFmt: known(s.PixFmt),
		FieldOrder: known(s.FieldOrder), Rate: rate(s.AvgRate), Reorder: max(0, s.Reorder),
		Matrix: known(s.Matrix), Primaries: known(s.Primaries), Transfer: known(s.Transfer), FullRange: s.Range == "pc",
		AttachedPic: s.Disposition["attached_pic"] == 1,
		Default:     s.Disposition["default"] == 1,
		SampleRate:  int(max(0, s.SampleRate.integer())), Channels: max(0, s.Channels),
	}
	for _, d := range s.SideData {
		if d.Dolby > 0 {
			out.DolbyAlone = d.Enhanced > 0 || d.Compatible == 0
		}
		// ffprobe gives the display matrix's angle counter-clockwise.
		if r := int(math.Round(float64(d.Rotation)/90)) % 4; r != 0 {
			out.Rotation = ((-r%4 + 4) % 4) * 90
		}
	}
	return out
}

// known turns the ways in which ffprobe says that it doesn't know into "".
func known(s string) string {
	switch s {
	case "unknown", "N/A", "reserved", "none":
		return ""
	}
	return s
}

// rate reads "30000/1001". What is no positive fraction reads as the zero Rate.
func rate(s string) retake.Rate {
	num, den, ok := strings.Cut(s, "/")
	n, err1 := strconv.ParseInt(num, 10, 32)
	d, err2 := strconv.ParseInt(den, 10, 32)
	if !ok || err1 != nil || err2 != nil || n <= 0 || d <= 0 {
		return retake.Rate{}
	}
	return retake.Rate{Num: int(n), Den: int(d)}
}

// believable returns the clip's duration. A header can claim ten hours for a clip of ten seconds; where frames or
// tracks say otherwise by more than a second and a tenth, they are right.
func (i *Info) believable() float64 {
	longest := 0.0
	for k := range i.Streams {
		s := &i.Streams[k]
		d := s.Duration
		if fps := s.Rate.FPS(); s.Kind == "video" && s.Frames > 1 && fps > 0 && !agree(d, float64(s.Frames)/fps) {
			d = float64(s.Frames) / fps
		}
		longest = max(longest, d)
	}
	if longest == 0 || agree(i.Duration, longest) {
		return i.Duration
	}
	return longest
}

// agree reports whether a duration from a header and one from packets, both in seconds, differ by no more than a
// second or a tenth, whichever is more. Tracks of a clip seldom end together.
func agree(header, packets float64) bool {
	return math.Abs(header-packets) <= max(1, packets/10)
}
