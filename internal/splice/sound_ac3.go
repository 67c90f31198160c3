package splice

import (
	"errors"
	"fmt"
	"strconv"

	"retake/internal/ac3"
	"retake/internal/container"
	"retake/internal/transcode"
)

// ac3Sound is AC-3 and E-AC-3. Frames stand alone but for the half transform by which one sounds into the next.
type ac3Sound struct {
	*Audio
	header ac3.Header // of the first frame
}

func openAC3(a *Audio) (soundCodec, string, error) {
	s := &ac3Sound{Audio: a}
	name := transcode.AC3
	if a.Track.Codec == container.EAC3 {
		name = transcode.EAC3
		if len(a.Track.Config) > maxDEC3 {
			return nil, "its E-AC-3 sound has parts that can't be made anew (such as Dolby Atmos)", nil
		}
	}
	for _, i := range []int{0, a.Count() / 2, a.Count() - 1} {
		packet, err := a.Packet(i)
		if err != nil {
			return nil, "", err
		}
		h, err := ac3.Parse(packet)
		if err != nil {
			return nil, "its AC-3 sound has a packet that can't be read", nil
		}
		if reason := h.Obstacle(packet); reason != "" {
			return nil, reason, nil
		}
		if i == 0 {
			s.header = h
		}
		if !s.header.Fits(h) {
			return nil, "its sound format changes within the clip", nil
		}
	}
	track := transcode.Track{Codec: name, Rate: s.header.Rate, Channels: s.header.Channels()}
	return &overlapSound{Audio: a, overlapping: s, track: track, block: ac3.BlockSize}, "", nil
}

// maxDEC3 is the length of a dec3 box that tells of one plain programme (TS 102 366, F.6).
const maxDEC3 = 5

func (s *ac3Sound) name() string {
	if s.header.Enhanced {
		return "E-AC-3"
	}
	return "AC-3"
}

func (*ac3Sound) margins() (head, tail, blur int64) { return ac3.Overlap, 0, ac3.Overlap }

func (*ac3Sound) overlap() int64 { return ac3.Overlap }

func (*ac3Sound) delay() int64 { return ac3.Overlap }

// Bit rate of new frames, bits a second: that of the old ones, and at least of a channel.
const ac3PerChannel = 96000

// Mixing levels by their codes (TS 102 366, 4.4.2.4 and 4.4.2.5), as ffmpeg's encoder takes them.
var (
	centreLevels   = [...]string{"0.707", "0.595", "0.500", "0.595"}
	surroundLevels = [...]string{"0.707", "0.500", "0.000", "0.500"}
)

func (s *ac3Sound) encoder([][]byte) (layout string, options []string, err error) {
	h := s.header
	codec := "ac3"
	rate := h.BitRate
	if h.Enhanced {
		codec, rate = "eac3", min(max(rate, ac3PerChannel*h.Channels()), 6144000)
	}
	out := []string{"-c:a", codec, "-b:a", strconv.Itoa(rate)}
	if h.Dialogue > 0 {
		out = append(out, "-dialnorm", strconv.Itoa(-h.Dialogue))
	}
	if h.Centre >= 0 {
		out = append(out, "-center_mixlev", centreLevels[h.Centre])
	}
	if h.Surround >= 0 {
		out = append(out, "-surround_mixlev", surroundLevels[h.Surround])
	}
	return h.Layout(), out, nil
}

func (s *ac3Sound) adapt(_, _ int, made [][]byte, _ []byte) ([][]byte, error) {
	for _, packet := range made {
		h, err := ac3.Parse(packet)
		if err != nil {
			return nil, fmt.Errorf("read a new frame: %w", err)
		}
		if !s.header.Fits(h) || h.Obstacle(packet) != "" {
			return nil, errors.New("the encoder's frames don't fit the track's")
		}
	}
	return made, nil
}
