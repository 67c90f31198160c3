package splice

import (
	"errors"
	"fmt"
	"strconv"

	"retake/internal/mp3"
	"retake/internal/transcode"
)

// mp3Sound is MPEG audio layer III. Its filters reach across a frame, and its frames may hold data of others.
type mp3Sound struct {
	*Audio
	header mp3.Header // of the first frame
}

func openMP3(a *Audio) (soundCodec, string, error) {
	s := &mp3Sound{Audio: a}
	head := make([]byte, 4)
	for i, sample := range a.Samples.All() {
		if sample.Size < 4 {
			return nil, "its MP3 sound has a packet that can't be read", nil
		}
		if err := a.file.ReadPart(sample, 0, head); err != nil {
			return nil, "", fmt.Errorf("read sound packet %d: %w", i, err)
		}
		h, err := mp3.ParseHeader(head)
		if err != nil || h.Size() != int(sample.Size) {
			return nil, "its MP3 sound has a packet that can't be read", nil
		}
		if i == 0 {
			s.header = h
		}
		if !s.header.Fits(h) {
			return nil, "its sound format changes within the clip", nil
		}
	}
	track := transcode.Track{Codec: transcode.MP3, Rate: s.header.Rate, Channels: s.header.Channels()}
	return &overlapSound{Audio: a, overlapping: s, track: track, block: int64(s.header.Samples())}, "", nil
}

func (*mp3Sound) name() string { return "MP3" }

// mp3Reach is how far a frame sounds into the next: half a transform of 576 and the polyphase filter's 512 (11172-3,
// 2.4.3.4), less one.
const mp3Reach = 576 + 511

func (s *mp3Sound) margins() (head, tail, blur int64) { return mp3Reach, 0, mp3Reach }

func (*mp3Sound) overlap() int64 { return mp3Reach }

// mp3Delay is LAME's own delay and a decoder's, sample frames (lame_get_encoder_delay, and 528 + 1).
const mp3Delay = 576 + 529

func (*mp3Sound) delay() int64 { return mp3Delay }

func (s *mp3Sound) encoder([][]byte) (layout string, options []string, err error) {
	return "", []string{"-c:a", "libmp3lame", "-b:a", strconv.Itoa(s.header.EncodeRate()), "-reservoir", "0", "-compression_level", "2"}, nil
}

func (s *mp3Sound) adapt(p, q int, made [][]byte, _ []byte) ([][]byte, error) {
	for _, packet := range made {
		if h, err := mp3.ParseHeader(packet); err != nil || !s.header.Fits(h) {
			return nil, errors.New("the encoder's frames don't fit the track's")
		}
	}
	before, err := s.packets(max(0, q-overlapRunIn), q)
	if err != nil {
		return nil, err
	}
	after, err := s.packets(q, min(s.Count(), q+overlapRunIn))
	if err != nil {
		return nil, err
	}
	return mp3.Lay(before, made, after)
}
