package splice

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/transcode"
	"retake/internal/vorbis"
)

// vorbisSound is Vorbis. A packet's window reaches from the middle of the one before to the middle of the next one, which the
// two are heard between, so the sample frames that a packet brings end in the middle of its own window. New packets have
// the windows of those in whose place they stand, and the track's own codebooks.
type vorbisSound struct {
	*Audio
	stream *vorbis.Stream
	track  transcode.Track
	heads  []vorbis.Packet
	starts []int64 // of each packet the sample frame it brings first, and the track's end
}

func openVorbis(a *Audio) (soundCodec, string, error) {
	stream, err := vorbis.ParsePrivate(a.Track.Config)
	if err != nil {
		return nil, "its Vorbis sound has headers that can't be read", nil
	}
	s := &vorbisSound{Audio: a, stream: stream, starts: []int64{0},
		track: transcode.Track{Codec: transcode.Vorbis, Private: a.Track.Config, Rate: stream.Rate, Channels: stream.Channels}}
	start := make([]byte, 2)
	for i, sample := range a.Samples.All() {
		part := start[:min(2, int(sample.Size))]
		if err := a.file.ReadPart(sample, 0, part); err != nil {
			return nil, "", fmt.Errorf("read sound packet %d: %w", i, err)
		}
		p, err := stream.ParsePacket(part)
		if err != nil {
			return nil, "its Vorbis sound has a packet that can't be read", nil
		}
		brought := int64(0) // the first one brings nothing
		if i > 0 {
			before := s.heads[i-1]
			if p.Before != before.Size && p.Size != stream.Sizes[0] || before.After != p.Size && before.Size != stream.Sizes[0] {
				return nil, "its Vorbis sound lacks packets", nil
			}
			brought = int64(before.Size/4 + p.Size/4)
		}
		s.heads = append(s.heads, p)
		s.starts = append(s.starts, s.starts[i]+brought)
	}
	return s, "", nil
}

func (*vorbisSound) name() string { return "Vorbis" }

func (s *vorbisSound) format() retake.SoundFormat {
	return retake.SoundFormat{Rate: s.stream.Rate, Channels: s.stream.Channels}
}

func (s *vorbisSound) start(packet int) int64 { return s.starts[packet] }

// middle is where a packet's window has its middle.
func (s *vorbisSound) middle(packet int) int64 { return s.starts[packet+1] }

func (s *vorbisSound) bounds(from, to int64) (p, q int) {
	n := s.Count()
	p = sort.Search(n, func(i int) bool { return i+1 >= n || s.middle(i+1) > from })
	return p, max(p, sort.Search(n, func(i int) bool { return s.starts[i] >= to }))
}

func (*vorbisSound) reach() int { return 0 }

func (s *vorbisSound) blur() int64 { return int64(s.stream.Sizes[1] / 2) }

func (s *vorbisSound) settle(from, to int64) (p, q int, err error) {
	p, q = s.bounds(from, to)
	return p, q, nil
}

func (*vorbisSound) learn() error { return nil }

// sound decodes packets, of which the first one brings nothing.
func (s *vorbisSound) sound(ctx context.Context, tools *media.Tools, packets [][]byte, frames int64) ([]float32, error) {
	samples, err := transcode.Decode(ctx, tools, s.track, packets)
	if err != nil {
		return nil, err
	}
	if want := frames * int64(s.track.Channels); int64(len(samples)) != want {
		return nil, fmt.Errorf("%d packets of Vorbis decode to %d values rather than %d", len(packets), len(samples), want)
	}
	return samples, nil
}

func (s *vorbisSound) decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	n := s.Count()
	first := max(sort.Search(n, func(i int) bool { return s.middle(i) > from })-1, 0)
	last := sort.Search(n, func(i int) bool { return s.starts[i] >= to })
	packets, err := s.packets(first, last)
	if err != nil {
		return nil, err
	}
	base, ch := s.middle(first), int64(s.track.Channels)
	samples, err := s.sound(ctx, tools, packets, s.starts[last]-base)
	if err != nil {
		return nil, err
	}
	return samples[(from-base)*ch : (to-base)*ch], nil
}

// How near new packets come, dB: those that old ones are heard beside, and the rest, which are of new sound only.
const (
	vorbisSeam  = 40
	vorbisInner = 24
	vorbisFloor = 1e-5 // of full scale
)

func (s *vorbisSound) replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (*newPackets, error) {
	ch := int64(s.track.Channels)
	to := from + int64(len(sound))/ch
	p, q := s.bounds(from, to)
	if q-p < 2 {
		return nil, errors.New("the segment is shorter than a window of Vorbis")
	}
	x, err := s.excerpt(ctx, tools, p, q)
	if err != nil {
		return nil, err
	}
	copy(x.samples[(from-x.base)*ch:], sound)
	made := make([][]byte, 0, q-p)
	for i := p; i < q; i++ {
		quality := vorbis.Quality{Ratio: vorbisInner, Floor: vorbisFloor}
		if i < p+2 || i >= q-2 {
			quality.Ratio = vorbisSeam
		}
		packet, err := s.stream.Encode(s.heads[i], x.window(i), quality)
		if err != nil {
			return nil, err
		}
		made = append(made, packet)
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
	}
	return &newPackets{first: p, packets: made}, nil
}

// vorbisExcerpt is what the packets [p, q) sound as, from sample frame base on. Up to the middle of the first and from the
// middle of the last one on it is that packet's part of the sound alone, which a window of it gives back unchanged: what
// the packets beside it lack and it makes up for is the same before and after.
type vorbisExcerpt struct {
	*vorbisSound
	base    int64
	samples []float32
}

func (s *vorbisSound) excerpt(ctx context.Context, tools *media.Tools, p, q int) (*vorbisExcerpt, error) {
	packets, err := s.packets(p, q)
	if err != nil {
		return nil, err
	}
	x, end := &vorbisExcerpt{vorbisSound: s, base: s.middle(max(p-1, 0))}, s.middle(q-1)
	if p > 0 {
		packets = append([][]byte{s.stream.Silent(s.heads[p-1])}, packets...)
	}
	if q < s.Count() {
		packets = append(packets, s.stream.Silent(s.heads[q]))
		end = s.middle(q)
	}
	x.samples, err = s.sound(ctx, tools, packets, end-x.base)
	return x, err
}

// window returns the sample frames in a packet's window, by channels in Vorbis's order, silence where the track has none.
func (x *vorbisExcerpt) window(packet int) [][]float64 {
	size, ch := x.heads[packet].Size, x.track.Channels
	first := x.middle(packet) - int64(size/2) - x.base
	out := make([][]float64, ch)
	for c := range out {
		out[c] = make([]float64, size)
		place := vorbis.Plane(ch, c)
		for i := range out[c] {
			if at := (first+int64(i))*int64(ch) + int64(place); at >= 0 && at < int64(len(x.samples)) {
				out[c][i] = float64(x.samples[at])
			}
		}
	}
	return out
}
