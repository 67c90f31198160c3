package splice

import (
	"context"
	"fmt"
	"slices"

	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/pcm"
	"retake/internal/retake"
	"retake/internal/transcode"
)

// overlapSound is lossy sound in packets of one length, each of which sounds into the next: AC-3, MP3 and Opus. New
// packets are encoded of the decoded original with the new sound in it, from well before their place on, so that the
// encoder comes to it in the state that the decoder is in, and the original's packets follow where the two agree.
type overlapSound struct {
	*Audio
	overlapping
	track transcode.Track
	block int64 // sample frames of a packet
}

// overlapping is what such a codec has of its own.
type overlapping interface {
	name() string
	// margins returns the sample frames of the original that have to be encoded anew before the segment and behind it,
	// and those behind the last new packet that still differ.
	margins() (head, tail, blur int64)
	// overlap is how many sample frames a packet sounds into the next one's place.
	overlap() int64
	// delay is how many sample frames later than it was given a sample comes back, through encoder and decoder.
	delay() int64
	// encoder returns the channels' layout, if it is not the usual one, and ffmpeg's options for packets that can stand
	// in the track, given packets around their place.
	encoder(old [][]byte) (layout string, options []string, err error)
	// adapt checks that packets made for [p, q), with a decoder configuration, can stand there, and makes them fit.
	adapt(p, q int, made [][]byte, private []byte) ([][]byte, error)
}

// How much of the original is decoded and encoded around the new packets, in packets and in sample frames, whichever is
// more, and by how many packets a bound moves outward while its seam is heard.
const (
	overlapRunIn = 10 // for the decoder: what a packet of MP3 refers to at most
	runInSamples = 9600
	overlapLead  = 6 // for the encoder
	leadSamples  = 4800
	overlapMove  = 3
)

// runIn is how many packets the decoder is given before the first one that counts.
func (s *overlapSound) runIn() int { return max(overlapRunIn, runInSamples/int(s.block)) }

// lead is how many packets are encoded on either side of those that are used.
func (s *overlapSound) lead() int { return max(overlapLead, leadSamples/int(s.block)) }

func (s *overlapSound) format() retake.SoundFormat {
	return retake.SoundFormat{Rate: s.track.Rate, Channels: s.track.Channels}
}

func (s *overlapSound) start(packet int) int64 { return int64(packet) * s.block }

func (s *overlapSound) bounds(from, to int64) (p, q int) {
	head, tail, _ := s.margins()
	p = max(0, int((from-head)/s.block))
	if from < head {
		p = 0
	}
	return min(p, s.Count()), min(s.Count(), int((to+tail+s.block-1)/s.block))
}

func (s *overlapSound) within(from, to int64) (p, q int) {
	return min(s.Count(), int(max(0, from-s.overlap())/s.block)), min(s.Count(), int((to+s.block-1)/s.block))
}

func (*overlapSound) reach() int { return overlapMove }

func (s *overlapSound) blur() int64 {
	_, _, blur := s.margins()
	return blur
}

func (s *overlapSound) settle(from, to int64) (p, q int, err error) {
	p, q = s.bounds(from, to)
	return p, q, nil
}

func (*overlapSound) learn() error { return nil }

// sound decodes packets, of which the first few lack what came before them.
func (s *overlapSound) sound(ctx context.Context, tools *media.Tools, packets [][]byte) ([]float32, error) {
	samples, err := transcode.Decode(ctx, tools, s.track, packets)
	if err != nil {
		return nil, err
	}
	if want := len(packets) * int(s.block) * s.track.Channels; len(samples) != want {
		return nil, fmt.Errorf("%d packets of %s decode to %d values rather than %d", len(packets), s.name(), len(samples), want)
	}
	return samples, nil
}

func (s *overlapSound) decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	return s.decodeBlocks(from, to, s.block, s.runIn(), s.track.Channels, func(packets [][]byte) ([]float32, error) {
		return s.sound(ctx, tools, packets)
	})
}

func (s *overlapSound) replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (*newPackets, error) {
	to := from + int64(len(sound)/s.track.Channels)
	p, q := s.bounds(from, to)
	x, err := s.excerpt(ctx, tools, p, q)
	if err != nil {
		return nil, err
	}
	x.mixed = slices.Clone(x.samples)
	copy(x.mixed[(from-s.start(x.first))*int64(s.track.Channels):], sound)
	var best *newPackets
	worst := 0.0
	for move := 0; ; move++ {
		made, err := x.encode(ctx, p, q)
		if err != nil {
			return nil, err
		}
		in, out, err := x.seams(ctx, p, q, made)
		if err != nil {
			return nil, err
		}
		if w := max(in.Err-in.Floor(), out.Err-out.Floor()); best == nil || w < worst {
			best, worst = &newPackets{first: p, packets: made}, w
		}
		p0, q0 := p, q
		if !in.Unheard() {
			p = max(0, p-1)
		}
		if !out.Unheard() {
			q = min(s.Count(), q+1)
		}
		if move == overlapMove || p == p0 && q == q0 {
			return best, nil
		}
	}
}

// overlapExcerpt is a stretch of the track around new packets, with what it decodes to and what it shall.
type overlapExcerpt struct {
	*overlapSound
	tools   *media.Tools
	first   int // packet of the track
	packets [][]byte
	samples []float32 // those of the first few packets lack what came before
	mixed   []float32 // samples with the new sound in them
}

func (s *overlapSound) excerpt(ctx context.Context, tools *media.Tools, p, q int) (*overlapExcerpt, error) {
	x := &overlapExcerpt{overlapSound: s, tools: tools, first: max(0, p-overlapMove-s.lead()-s.runIn())}
	var err error
	if x.packets, err = s.Audio.packets(x.first, min(s.Count(), q+overlapMove+s.lead())); err != nil {
		return nil, err
	}
	x.samples, err = s.sound(ctx, tools, x.packets)
	return x, err
}

// encode makes the packets [p, q). The encoder is given sound from a packet before the first one that is not thrown away
// on, silence where that lies before the track.
func (x *overlapExcerpt) encode(ctx context.Context, p, q int) ([][]byte, error) {
	ch := x.track.Channels
	lead := max(p-x.lead(), x.first) - 1 // the packet that the encoder's first one stands for
	from := (x.start(lead) + x.delay() - x.start(x.first)) * int64(ch)
	end := min(len(x.mixed), int(x.start(q+x.lead())-x.start(x.first))*ch)
	sound := make([]float32, max(0, -from), end+int(max(0, -from)))
	sound = append(sound, x.mixed[max(0, from):end]...)
	sound = append(sound, make([]float32, int(x.block)*ch)...) // for what the delay holds back at the track's end
	layout, options, err := x.encoder(x.packets)
	if err != nil {
		return nil, err
	}
	track, all, err := transcode.Encode(ctx, x.tools, transcode.Sound{Samples: pcm.Float32.Reader(sound), Rate: x.track.Rate, Channels: ch, Layout: layout}, options...)
	if err != nil {
		return nil, err
	}
	if len(all) < q-lead {
		return nil, fmt.Errorf("the encoder made %d packets where %d were needed", len(all), q-lead)
	}
	return x.adapt(p, q, all[p-lead:q-lead], track.Private)
}

// seams decodes around both bounds as a player of the result would.
func (x *overlapExcerpt) seams(ctx context.Context, p, q int, made [][]byte) (in, out measure.Seam, err error) {
	in, out = measure.Seam{Err: measure.Silence}, measure.Seam{Err: measure.Silence}
	head, tail, blur := x.margins()
	if p > 0 {
		stream := slices.Concat(x.packets[max(0, p-x.runIn()-x.first):p-x.first], made)
		if in, err = x.seam(ctx, max(p-x.runIn(), x.first), stream, x.start(p), x.start(p)+max(head, x.block)/2); err != nil {
			return in, out, err
		}
	}
	if q < x.Count() {
		back := min(len(made), x.runIn())
		stream := slices.Concat(made[len(made)-back:], x.packets[q-x.first:])
		from := max(x.start(q)-tail/2, x.start(q-back))
		out, err = x.seam(ctx, q-back, stream, from, x.start(q)+max(blur, 1))
	}
	return in, out, err
}

// seam compares sample frames [from, to) of a stream that begins at a packet with the original's.
func (x *overlapExcerpt) seam(ctx context.Context, first int, stream [][]byte, from, to int64) (measure.Seam, error) {
	old := x.packets[first-x.first:][:min(len(stream), len(x.packets)-(first-x.first))]
	got, err := x.sound(ctx, x.tools, stream)
	if err != nil {
		return measure.Seam{}, err
	}
	again, err := x.sound(ctx, x.tools, old)
	if err != nil {
		return measure.Seam{}, err
	}
	ch := int64(x.track.Channels)
	cut := func(samples []float32, origin int) []float32 {
		lo, hi := (from-x.start(origin))*ch, (to-x.start(origin))*ch
		return samples[min(max(lo, 0), int64(len(samples))):min(max(hi, 0), int64(len(samples)))]
	}
	want := cut(x.samples, x.first)
	a, b := cut(got, first), cut(again, first)
	n := min(len(want), len(a), len(b))
	return measure.Seam{Err: measure.Difference(want[:n], a[:n]), Level: measure.Level(want[:n]), Own: measure.Difference(want[:n], b[:n])}, nil
}
