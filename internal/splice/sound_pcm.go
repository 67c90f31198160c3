package splice

import (
	"context"
	"fmt"

	"retake/internal/media"
	"retake/internal/pcm"
	"retake/internal/retake"
)

// pcmSound is uncompressed sound. Its packets are groups of sample frames, of which a replacement may keep some.
type pcmSound struct {
	*Audio
	standing
	layout pcm.Format
}

func openPCM(a *Audio) (soundCodec, string, error) {
	if a.Track.PCM == nil {
		return nil, "its sound is uncompressed in a form that can't be read", nil
	}
	return newPCM(a, *a.Track.PCM)
}

func newPCM(a *Audio, layout pcm.Format) (soundCodec, string, error) {
	s := &pcmSound{Audio: a, layout: layout, standing: newStanding(a.Count())}
	size := int64(layout.FrameSize())
	for _, packet := range a.Samples.All() {
		if int64(packet.Size)%size != 0 {
			return nil, "its uncompressed sound is cut within a sample", nil
		}
		s.add(int64(packet.Size) / size)
	}
	return s, "", nil
}

func (*pcmSound) name() string { return "PCM" }

func (s *pcmSound) format() retake.SoundFormat {
	return retake.SoundFormat{Rate: s.layout.Rate, Channels: s.layout.Channels}
}

// exact returns the bytes of the sample frames as they are stored.
func (s *pcmSound) exact(_ context.Context, _ *media.Tools, from, to int64) ([]byte, error) {
	p, q := s.bounds(from, to)
	var data []byte
	for i := p; i < q; i++ {
		packet, err := s.Packet(i)
		if err != nil {
			return nil, err
		}
		data = append(data, packet...)
	}
	size := int64(s.layout.FrameSize())
	lo, hi := (from-s.starts[p])*size, (to-s.starts[p])*size
	if lo < 0 || hi > int64(len(data)) {
		return nil, fmt.Errorf("sample frames [%d, %d) lie outside the track", from, to)
	}
	return data[lo:hi], nil
}

func (s *pcmSound) decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	data, err := s.exact(ctx, tools, from, to)
	if err != nil {
		return nil, err
	}
	return s.layout.Decode(data), nil
}

func (s *pcmSound) replace(_ context.Context, _ *media.Tools, from int64, sound []float32) (*newPackets, error) {
	fresh := s.layout.Encode(sound)
	size := int64(s.layout.FrameSize())
	p, q := s.bounds(from, from+int64(len(fresh))/size)
	packets, err := s.packets(p, q)
	if err != nil {
		return nil, err
	}
	at := (from - s.starts[p]) * size // in the first packet
	for _, packet := range packets {
		fresh = fresh[copy(packet[min(at, int64(len(packet))):], fresh):]
		at = 0
	}
	if len(fresh) > 0 {
		return nil, fmt.Errorf("%d bytes of new sound lie behind the track's end", len(fresh))
	}
	return &newPackets{first: p, packets: packets}, nil
}
