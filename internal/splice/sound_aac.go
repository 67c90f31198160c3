package splice

import (
	"context"

	"retake/internal/aac"
	"retake/internal/media"
	"retake/internal/retake"
)

// aacSound is AAC-LC.
type aacSound struct {
	*Audio
	config  aac.Config
	windows []aac.Window // of each packet, once learned
}

func openAAC(a *Audio) (soundCodec, string, error) {
	config, err := aac.ParseConfig(a.Track.Config)
	if err == nil {
		err = config.CheckLC()
	}
	if err != nil {
		return nil, "its sound is not AAC-LC", nil
	}
	return &aacSound{Audio: a, config: config}, "", nil
}

func (*aacSound) name() string { return "AAC-LC" }

func (s *aacSound) format() retake.SoundFormat {
	return retake.SoundFormat{Rate: s.config.Rate, Channels: s.config.Channels}
}

func (s *aacSound) start(packet int) int64 { return int64(packet) * aac.BlockSize }

func (s *aacSound) bounds(from, to int64) (p, q int) { return aac.Bounds(from, to, s.Count()) }

func (*aacSound) reach() int { return aac.MaxMove }

func (*aacSound) blur() int64 { return aac.BlockSize }

func (s *aacSound) settle(from, to int64) (p, q int, err error) {
	return aac.Settle(from, to, len(s.windows), func(i int) (aac.Window, error) { return s.windows[i], nil })
}

// learn reads how each packet divides its block. One that can't be read counts as divided, so that no bound is put next
// to it.
func (s *aacSound) learn() error {
	s.windows = make([]aac.Window, s.Count())
	for i := range s.windows {
		packet, err := s.Packet(i)
		if err != nil {
			return err
		}
		if s.windows[i], err = aac.PeekWindow(s.config, packet); err != nil {
			s.windows[i] = aac.Window{Sequence: aac.EightShort}
		}
	}
	return nil
}

// aacRunIn is how many packets are decoded before the first one that is used: one for the overlap, one for safety.
const aacRunIn = 2

func (s *aacSound) decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	return s.decodeBlocks(from, to, aac.BlockSize, aacRunIn, s.config.Channels, func(packets [][]byte) ([]float32, error) {
		return aac.Decode(ctx, tools, packets, s.config)
	})
}

func (s *aacSound) replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (*newPackets, error) {
	region := aac.Region{Start: from, End: from + int64(len(sound)/s.config.Channels), Sound: sound}
	rep, err := aac.Splice(ctx, tools, s, s.config, region)
	if err != nil {
		return nil, err
	}
	return &newPackets{first: rep.First, packets: rep.Packets}, nil
}
