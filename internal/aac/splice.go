package aac

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/pcm"
)

// How much of the original is decoded and encoded around the replaced packets, in packets.
const (
	leadIn  = 4 // for the encoder to settle
	leadOut = 6
	runIn   = 2 // for the decoder: the overlap, and one to spare
)

// maxTries is how many places of the seams are tried for these to go unheard, and how many bit rates.
const maxTries = 4

// bitsPerChannel is the least bit rate of new packets, bits a second for each channel: what the sound of the mixed
// blocks needs to come through a second encoding at about -55 dBFS.
const bitsPerChannel = 192000

// Source gives a track's packets by index.
type Source interface {
	Count() int
	Packet(i int) ([]byte, error)
}

// Region is the stretch to replace: sample frames [Start, End) on the decoder's own timeline, and the new sound
// for them, interleaved in ffmpeg's channel order. Any cross-fade is already in the sound.
type Region struct {
	Start, End int64
	Sound      []float32
}

// Replacement is a run of packets that takes the place of as many old ones.
type Replacement struct {
	First   int // index of the first replaced packet
	Packets [][]byte
	// SeamIn and SeamOut are the RMS difference between the original and the result in the blocks that old and new
	// packets share, in dBFS. Nil at the track's start or end, where nothing is shared.
	SeamIn, SeamOut *float64
}

// Splice makes the packets that put the region's sound into the track. The packets outside them stay as they are.
// The error wraps ErrNotLC when the track isn't one that allows this.
func Splice(ctx context.Context, tools *media.Tools, src Source, c Config, r Region) (*Replacement, error) {
	if err := c.CheckLC(); err != nil {
		return nil, err
	}
	count := src.Count()
	if r.Start < 0 || r.End <= r.Start || r.End > int64(count)*BlockSize || int64(len(r.Sound)) != (r.End-r.Start)*int64(c.Channels) {
		return nil, fmt.Errorf("splice aac: region [%d, %d) with %d values does not fit %d packets", r.Start, r.End, len(r.Sound), count)
	}
	s := newSpan(r, count)
	old, err := loadExcerpt(ctx, tools, src, c, s)
	if err != nil {
		return nil, fmt.Errorf("splice aac: %w", err)
	}
	var best *Replacement
	for range maxTries {
		if err := s.settle(func(i int) (Window, error) { return old.peek(c, i) }); err != nil {
			return nil, fmt.Errorf("splice aac: %w", err)
		}
		next, in, out, err := try(ctx, tools, c, old, s, r)
		if err != nil {
			return nil, fmt.Errorf("splice aac: %w", err)
		}
		if best == nil || next.worst() < best.worst() {
			best = next
		}
		if !s.grow(!in, !out) {
			break
		}
	}
	return best, nil
}

func (r *Replacement) worst() float64 {
	w := measure.Silence
	for _, v := range []*float64{r.SeamIn, r.SeamOut} {
		if v != nil {
			w = max(w, *v)
		}
	}
	return w
}

// try makes the replacement for one choice of bounds and says which of its seams are good.
func try(ctx context.Context, tools *media.Tools, c Config, old *excerpt, s span, r Region) (rep *Replacement, inGood, outGood bool, err error) {
	made, err := makePackets(ctx, tools, c, old, s, r)
	if err != nil {
		return nil, false, false, err
	}
	rep = &Replacement{First: s.p, Packets: made}
	in, out, err := seams(ctx, tools, c, old, s, made)
	if err != nil {
		return nil, false, false, err
	}
	inGood, outGood = true, true
	if s.p > 0 {
		rep.SeamIn, inGood = &in.Err, in.Unheard()
	}
	if s.q < old.count {
		rep.SeamOut, outGood = &out.Err, out.Unheard()
	}
	return rep, inGood, outGood, nil
}

// makePackets encodes the region with the original around it and takes the packets [p, q) out of the result.
func makePackets(ctx context.Context, tools *media.Tools, c Config, old *excerpt, s span, r Region) ([][]byte, error) {
	a, b := max(0, s.p-leadIn), min(old.count, s.q+leadOut)
	wantIn, err := old.shapeBefore(c, s.p)
	if err != nil {
		return nil, err
	}
	wantOut, err := old.shapeBefore(c, s.q)
	if err != nil {
		return nil, err
	}
	// Packet j of the encoder has the window of packet a+j-1 of the track: its priming is one block.
	index := func(k int) int { return k - a + 1 }
	shapeIn, shapeOut := true, true // ffmpeg's encoder has KBD slopes for long windows; if not here, that shows afterwards
	for attempt := 0; ; attempt++ {
		sound := append([]float32(nil), old.blocks(a, b)...)
		copy(sound[(r.Start-int64(a)*BlockSize)*int64(c.Channels):], r.Sound)
		size := BlockSize * c.Channels
		if s.p > 0 {
			reshape(sound[(s.p-a)*size:][:size], c.Channels, shapeIn, wantIn, false)
		}
		if s.q < old.count {
			reshape(sound[(s.q-a)*size:][:size], c.Channels, shapeOut, wantOut, true)
		}
		packets, err := encodeFitting(ctx, tools, sound, c, old.bitRate(c))
		if err != nil {
			return nil, err
		}
		first, err := PeekWindow(c, packets[index(s.p-1)])
		if err != nil {
			return nil, err
		}
		last, err := PeekWindow(c, packets[index(s.q-1)])
		if err != nil {
			return nil, err
		}
		if attempt == 0 && (first.KBD != shapeIn || last.KBD != shapeOut) {
			shapeIn, shapeOut = first.KBD, last.KBD
			continue
		}
		made := packets[index(s.p):index(s.q)]
		if s.q < old.count && last.KBD != wantOut && last.Whole {
			made[len(made)-1] = withShape(made[len(made)-1], last, wantOut)
		}
		return made, nil
	}
}

// encodeFitting encodes whole blocks, and again at a lower rate when a packet came out larger than a decoder's
// buffer: ffmpeg's rate control overshoots now and then.
func encodeFitting(ctx context.Context, tools *media.Tools, sound []float32, c Config, bitRate int) ([][]byte, error) {
	for range maxTries {
		packets, err := encode(ctx, tools, pcm.Float32.Reader(sound), c, bitRate)
		if err != nil {
			return nil, err
		}
		if blocks := len(sound) / (BlockSize * c.Channels); len(packets) != blocks+1 {
			return nil, fmt.Errorf("the encoder made %d packets of %d blocks", len(packets), blocks)
		}
		if !slices.ContainsFunc(packets, func(p []byte) bool { return len(p) > maxPacketCh*c.Channels }) {
			return packets, nil
		}
		bitRate = bitRate * 4 / 5
	}
	return nil, errors.New("the encoder's packets overflow a decoder's buffer")
}

// seams decodes the blocks at both ends of the new packets as a player of the result would, and the original in the same way,
// and compares them with the original.
func seams(ctx context.Context, tools *media.Tools, c Config, old *excerpt, s span, made [][]byte) (in, out measure.Seam, err error) {
	before := old.packets[max(0, s.p-runIn)-old.first : s.p-old.first]
	after := old.packets[s.q-old.first : min(old.count, s.q+1)-old.first]
	tail := min(2, len(made))
	size := BlockSize * c.Channels
	decode := func(packets [][]byte) (first, last []float32, err error) {
		stream := slices.Concat(before, packets[:1], packets[len(packets)-tail:], after)
		got, err := Decode(ctx, tools, stream, c)
		if err != nil {
			return nil, nil, err
		}
		return got[len(before)*size:][:size], got[(len(stream)-1)*size:], nil
	}
	ownFirst, ownLast, err := decode(old.packets[s.p-old.first : s.q-old.first])
	if err != nil {
		return in, out, err
	}
	first, last, err := decode(made)
	if err != nil {
		return in, out, err
	}
	if s.p > 0 {
		in = seamOf(old.blocks(s.p, s.p+1), first, ownFirst)
	}
	if s.q < old.count {
		out = seamOf(old.blocks(s.q, s.q+1), last, ownLast)
	}
	return in, out, nil
}

// seamOf compares a block of the result, and the original's own of another decoding, with what it should be.
func seamOf(want, got, own []float32) measure.Seam {
	return measure.Seam{Err: measure.Difference(want, got), Level: measure.Level(want), Own: measure.Difference(want, own)}
}
