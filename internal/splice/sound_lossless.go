package splice

import (
	"context"
	"encoding/binary"
	"fmt"

	"retake/internal/alac"
	"retake/internal/flac"
	"retake/internal/media"
	"retake/internal/pcm"
	"retake/internal/retake"
	"retake/internal/transcode"
)

// losslessSound is sound in packets that stand alone and come back to the bit: FLAC and ALAC. Packets that hold some of
// the segment are made anew of the decoded original and the new samples, so that what they hold beside it stays.
type losslessSound struct {
	*Audio
	packing
	standing
	track transcode.Track
}

// packing is what FLAC and ALAC have of their own.
type packing interface {
	name() string
	// pack makes a packet in the place of an old one; samples has a slice for each channel.
	pack(old []byte, samples [][]int64) ([]byte, error)
	// configFor returns the track's decoder configuration with new packets in it.
	configFor(packets [][]byte) ([]byte, error)
}

func openFLAC(a *Audio) (soundCodec, string, error) {
	blocks := a.Track.Config
	info, err := flac.ParseInfo(blocks)
	if err != nil || info.Bits > 24 || info.Bits%4 != 0 {
		return nil, "its FLAC sound is of a kind that can't be decoded", nil
	}
	s := &losslessSound{Audio: a, packing: flacPacking{blocks, info}, standing: newStanding(a.Count())}
	s.track = transcode.Track{Codec: transcode.FLAC, Private: append([]byte("fLaC"), blocks...), Rate: info.Rate, Channels: info.Channels, Bits: info.Bits}
	head := make([]byte, flac.MaxHeader)
	for i, sample := range a.Samples.All() {
		part := head[:min(len(head), int(sample.Size))]
		if err := a.file.ReadPart(sample, 0, part); err != nil {
			return nil, "", fmt.Errorf("read sound packet %d: %w", i, err)
		}
		h, err := flac.ParseHeader(part)
		if err != nil {
			return nil, "its FLAC sound has a packet that can't be read", nil
		}
		if h.Channels != info.Channels || h.Rate != 0 && h.Rate != info.Rate || h.Bits != 0 && h.Bits != info.Bits {
			return nil, "its sound format changes within the clip", nil
		}
		s.add(int64(h.Block))
	}
	return s, "", nil
}

type flacPacking struct {
	blocks []byte
	info   flac.Info
}

func (flacPacking) name() string { return "FLAC" }

func (f flacPacking) pack(old []byte, samples [][]int64) ([]byte, error) {
	return flac.Encode(f.info, old, samples)
}

func (f flacPacking) configFor(packets [][]byte) ([]byte, error) {
	return flac.Update(f.blocks, packets)
}

func openALAC(a *Audio) (soundCodec, string, error) {
	cookie := a.Track.Config
	config, err := alac.ParseConfig(cookie)
	if err != nil || config.Bits == 32 {
		return nil, "its ALAC sound is of a kind that can't be decoded", nil
	}
	s := &losslessSound{Audio: a, packing: alacPacking{cookie, config}, standing: newStanding(a.Count())}
	s.track = transcode.Track{Codec: transcode.ALAC, Private: cookie, Rate: config.Rate, Channels: config.Channels, Bits: config.Bits}
	for range a.Count() {
		s.add(int64(config.FrameLength))
	}
	if last := a.Count() - 1; last >= 0 {
		packet, err := a.Packet(last)
		if err != nil {
			return nil, "", err
		}
		n, err := config.Length(packet)
		if err != nil {
			return nil, "its ALAC sound has a packet that can't be read", nil
		}
		s.starts[last+1] = s.starts[last] + int64(n)
	}
	return s, "", nil
}

type alacPacking struct {
	cookie []byte
	config alac.Config
}

func (alacPacking) name() string { return "ALAC" }

func (f alacPacking) pack(_ []byte, samples [][]int64) ([]byte, error) {
	return f.config.Encode(samples)
}

func (f alacPacking) configFor(packets [][]byte) ([]byte, error) {
	return alac.Update(f.cookie, packets), nil
}

func (s *losslessSound) format() retake.SoundFormat {
	return retake.SoundFormat{Rate: s.track.Rate, Channels: s.track.Channels}
}

// unpack decodes packets to the bytes of 32-bit samples with the track's bits at the top.
func (s *losslessSound) unpack(ctx context.Context, tools *media.Tools, p, q int) ([]byte, error) {
	packets, err := s.packets(p, q)
	if err != nil {
		return nil, err
	}
	data, err := transcode.Integers(ctx, tools, s.track, packets)
	if err != nil {
		return nil, err
	}
	if want := (s.starts[q] - s.starts[p]) * int64(s.frame()); int64(len(data)) != want {
		return nil, fmt.Errorf("sound packets [%d, %d) decode to %d bytes rather than %d", p, q, len(data), want)
	}
	return data, nil
}

func (s *losslessSound) frame() int { return 4 * s.track.Channels }

func (s *losslessSound) exact(ctx context.Context, tools *media.Tools, from, to int64) ([]byte, error) {
	p, q := s.bounds(from, to)
	data, err := s.unpack(ctx, tools, p, q)
	if err != nil {
		return nil, err
	}
	size := int64(s.frame())
	return data[(from-s.starts[p])*size : (to-s.starts[p])*size], nil
}

func (s *losslessSound) decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	data, err := s.exact(ctx, tools, from, to)
	if err != nil {
		return nil, err
	}
	return pcm.Format{Rate: s.track.Rate, Channels: s.track.Channels, Bits: 32}.Decode(data), nil
}

func (s *losslessSound) replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (*newPackets, error) {
	ch := s.track.Channels
	to := from + int64(len(sound)/ch)
	p, q := s.bounds(from, to)
	old, err := s.unpack(ctx, tools, p, q)
	if err != nil {
		return nil, err
	}
	values := make([]int64, len(old)/4)
	for i := range values {
		values[i] = int64(int32(binary.LittleEndian.Uint32(old[4*i:])) >> (32 - s.track.Bits))
	}
	fresh := values[(from-s.starts[p])*int64(ch):]
	for i, v := range sound {
		fresh[i] = pcm.Quantise(v, s.track.Bits)
	}
	made := &newPackets{first: p}
	for i := p; i < q; i++ {
		packet, err := s.Packet(i)
		if err != nil {
			return nil, err
		}
		planes := planesOf(values[(s.starts[i]-s.starts[p])*int64(ch):(s.starts[i+1]-s.starts[p])*int64(ch)], ch)
		if packet, err = s.pack(packet, planes); err != nil {
			return nil, err
		}
		made.packets = append(made.packets, packet)
	}
	made.config, err = s.configFor(made.packets)
	return made, err
}

// planesOf takes interleaved samples apart.
func planesOf(samples []int64, channels int) [][]int64 {
	planes := make([][]int64, channels)
	for c := range planes {
		planes[c] = make([]int64, 0, len(samples)/channels)
		for i := c; i < len(samples); i += channels {
			planes[c] = append(planes[c], samples[i])
		}
	}
	return planes
}
