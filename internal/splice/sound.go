package splice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/retake"
)

// Audio is the sound track that an edit changes. Reason is as in Video. Positions in it are sample frames on the
// decoder's own timeline, priming included.
type Audio struct {
	*Timeline
	Track  *container.Track
	Reason string
	codec  soundCodec
	file   container.File
	late   float64 // seconds by which all packets but the first are later than they follow it
}

// soundCodec is what the splice has to know of a kind of sound. Its packets are the track's, by index.
type soundCodec interface {
	// name is that of the format as people know it.
	name() string
	format() retake.SoundFormat
	// start returns the sample frame at which a packet begins; that of the number of packets is the track's end.
	start(packet int) int64
	// bounds returns the packets [p, q) that have to be replaced for the sample frames [from, to) to change.
	bounds(from, to int64) (p, q int)
	// reach is how many packets further outward a replacement may go at either end.
	reach() int
	// blur is how many sample frames behind the last replaced packet sound as they would not have, because packets
	// overlap: 0 where sound outside the segment stays as it was to the bit.
	blur() int64
	// settle foretells the packets that a replacement begins with, before its seams are heard.
	settle(from, to int64) (p, q int, err error)
	// learn reads all that settle needs of the track, so that it works without the file.
	learn() error
	// decode returns the sample frames [from, to), interleaved.
	decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error)
	// replace makes the packets that put new sound at from on.
	replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (*newPackets, error)
}

// lossless is a soundCodec of which every sample outside the segment stays.
type lossless interface {
	// exact returns the sample frames [from, to) as bytes that are the same if and only if the samples are.
	exact(ctx context.Context, tools *media.Tools, from, to int64) ([]byte, error)
}

// widened is a soundCodec that makes some of the sound around a segment anew, too.
type widened interface {
	// within returns the packets that sound in [from, to).
	within(from, to int64) (p, q int)
}

// newPackets take the place of as many of the track's, first of them on.
type newPackets struct {
	first   int
	packets [][]byte
	config  []byte // the new decoder configuration, nil: the track's
}

// soundKind opens one family of codecs. It returns the reason why packets of such a track can't be replaced, in a plain
// clause, in place of a codec; neither where the track is of another family.
type soundKind func(a *Audio) (codec soundCodec, reason string, err error)

// soundKinds are the families, by the codecs of their tracks.
var soundKinds = map[string]soundKind{
	container.AAC:    openAAC,
	container.PCM:    openPCM,
	container.FLAC:   openFLAC,
	container.ALAC:   openALAC,
	container.AC3:    openAC3,
	container.EAC3:   openAC3,
	container.MP3:    openMP3,
	container.Opus:   openOpus,
	container.Vorbis: openVorbis,
}

func openAudio(file container.File, track *container.Track) (*Audio, error) {
	a := &Audio{Track: track, file: file}
	kind, known := soundKinds[track.Codec]
	switch {
	case track.Format == "mp4a" && !known: // MP3 hides there, too
		a.Reason = "its sound is not AAC"
		return a, nil
	case !known:
		a.Reason = fmt.Sprintf("its sound is %s, which can't be replaced packet by packet", soundFormat(track.Format))
		return a, nil
	}
	l, err := NewTimeline(track)
	if errors.Is(err, container.ErrUnsupported) {
		a.Reason = "its sound has an edit list that cuts"
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	a.Timeline = l
	codec, reason, err := kind(a)
	if err != nil {
		return nil, err
	}
	if reason == "" {
		reason = a.inspect(codec)
	}
	a.codec, a.Reason = codec, reason
	return a, nil
}

// soundFormat names a format for people: Matroska's A_VORBIS is Vorbis; what a file calls its own is quoted.
func soundFormat(format string) string {
	name, matroska := strings.CutPrefix(format, "A_")
	switch {
	case !matroska:
		return strconv.Quote(format)
	case name == "VORBIS":
		return "Vorbis"
	}
	return name
}

// SoundSlack is how far a sound packet may be from where the ones before it end, seconds. A packet holds so many samples
// whatever the container says; where its times were rounded, they may be off by so much.
const SoundSlack = 0.002

// inspect returns why packets of the track can't be replaced, if they can't.
func (a *Audio) inspect(c soundCodec) string {
	if a.Track.Entries != 1 {
		return "its sound format changes within the clip"
	}
	// Matroska counts in milliseconds, others in samples.
	clock, rate := float64(a.Timescale), float64(c.format().Rate)
	a.late = a.firstGap(c)
	for i, s := range a.Samples.All() {
		off := float64(s.DTS-a.Samples.DTS(0))/clock - float64(c.start(i))/rate
		if i > 0 {
			off -= a.late
		}
		if math.Abs(off) > SoundSlack || s.CTS != 0 {
			return "its sound has gaps, or packets of uneven length"
		}
	}
	return ""
}

// maxFirstGap is how long a gap behind the first packet may be, seconds. ffmpeg writes one into fragmented files whose
// pictures are stored out of order: it puts the encoder's priming at 0 and all else behind the pictures' delay.
const maxFirstGap = 0.5

// firstGap returns the seconds between where the first packet's samples end and the second one begins, 0 where that is as
// little as rounded times make.
func (a *Audio) firstGap(c soundCodec) float64 {
	if a.Count() < 2 {
		return 0
	}
	gap := float64(a.Samples.DTS(1)-a.Samples.DTS(0))/float64(a.Timescale) - float64(c.start(1))/float64(c.format().Rate)
	if gap <= SoundSlack || gap > maxFirstGap {
		return 0
	}
	return gap
}

// Format returns rate and channels of what the track decodes to. Like what follows it is there without a Reason only.
func (a *Audio) Format() retake.SoundFormat { return a.codec.format() }

// Span returns the sample frames [from, to) that are heard in [start, end) seconds, kept inside the track.
func (a *Audio) Span(start, end float64) (from, to int64) {
	limit, rate := a.Start(a.Count()), float64(a.codec.format().Rate)
	begin := a.seconds(a.Samples.DTS(0)) + a.late // when the first packet's first sample frame is heard, or would be
	clamp := func(seconds float64) int64 {
		return min(max(int64(math.Round((seconds-begin)*rate)), 0), limit)
	}
	return clamp(start), clamp(end)
}

// Start returns the sample frame at which a packet begins; that of Count is the track's end.
func (a *Audio) Start(packet int) int64 { return a.codec.start(packet) }

// Reach is what a replacement of sound may do to the packets of a track.
type Reach struct {
	Least, From, To, Most int   // packets [From, To) sound in the segment, those of [Least, Most) may be new
	Blur                  int64 // sample frames behind the last new packet that are mixed of new and old
	Exact                 bool  // every sample frame outside the segment stays to the bit
}

// Reach returns that of a replacement of the sample frames [from, to).
func (a *Audio) Reach(from, to int64) Reach {
	p, q := a.codec.bounds(from, to)
	first, last := a.inside(from, to)
	_, exact := a.codec.(lossless)
	return Reach{max(0, p-a.codec.reach()), first, last, min(a.Count(), q+a.codec.reach()), a.codec.blur(), exact}
}

func (a *Audio) inside(from, to int64) (p, q int) {
	if w, ok := a.codec.(widened); ok {
		return w.within(from, to)
	}
	return a.codec.bounds(from, to)
}

// Bounds returns the packets that sound in [start, end) seconds.
func (a *Audio) Bounds(start, end float64) (p, q int) { return a.inside(a.Span(start, end)) }

// Settle returns the sound packets [p, q) that a replacement of [start, end) seconds begins with, before its seams
// are heard: none when the track has no sound there. Outline comes first.
func (a *Audio) Settle(start, end float64) (p, q int, err error) {
	from, to := a.Span(start, end)
	if from >= to {
		return 0, 0, nil
	}
	return a.codec.settle(from, to)
}

// Outline reads all that Span, Bounds, Reach and Settle need and lets go of the file, so that these can be remembered.
// The packets can't be read any more then.
func (a *Audio) Outline() error {
	if a.Reason == "" {
		if err := a.codec.learn(); err != nil {
			return err
		}
	}
	a.file, a.Track = nil, nil
	return nil
}

// Decode returns the sample frames [from, to), interleaved.
func (a *Audio) Decode(ctx context.Context, tools *media.Tools, from, to int64) ([]float32, error) {
	if to <= from {
		return nil, nil
	}
	if a.codec == nil {
		return nil, fmt.Errorf("decode sound: %s", a.Reason)
	}
	sound, err := a.codec.decode(ctx, tools, from, to)
	if err != nil {
		return nil, fmt.Errorf("decode sound: %w", err)
	}
	return sound, nil
}

// Exact returns the sample frames [from, to) of a track whose Reach is Exact, as bytes that are the same if and only if
// the samples are.
func (a *Audio) Exact(ctx context.Context, tools *media.Tools, from, to int64) ([]byte, error) {
	if to <= from {
		return nil, nil
	}
	return a.codec.(lossless).exact(ctx, tools, from, to)
}

// Replace makes the packets that put new sound into [from, from+len).
func (a *Audio) Replace(ctx context.Context, tools *media.Tools, from int64, sound []float32) (container.Change, container.Replacement, error) {
	made, err := a.codec.replace(ctx, tools, from, sound)
	if err != nil {
		return container.Change{}, container.Replacement{}, fmt.Errorf("splice sound: %w", err)
	}
	return container.Change{Track: a.Track.Index, First: made.first, Count: len(made.packets)},
		container.Replacement{Pieces: pieces(made.packets), Config: made.config}, nil
}

func pieces(packets [][]byte) []container.Piece {
	out := make([]container.Piece, len(packets))
	for i, p := range packets {
		out[i] = container.Piece{From: bytes.NewReader(p), Size: uint32(len(p))}
	}
	return out
}

// Count returns the number of sound packets; with Packet it makes Audio a source of packets.
func (a *Audio) Count() int { return a.Samples.Len() }

// Packet reads one sound packet.
func (a *Audio) Packet(i int) ([]byte, error) {
	p, err := a.file.ReadSample(a.Samples.At(i), nil)
	if err != nil {
		return nil, fmt.Errorf("read sound packet %d: %w", i, err)
	}
	return p, nil
}

// packets reads the sound packets [first, last).
func (a *Audio) packets(first, last int) ([][]byte, error) {
	out := make([][]byte, 0, max(last-first, 0))
	for i := first; i < last; i++ {
		p, err := a.Packet(i)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// decodeBlocks returns the sample frames [from, to) of packets of one length, block, that decode to interleaved samples, run
// of which come first for the decoder to come to its state.
func (a *Audio) decodeBlocks(from, to, block int64, run, channels int, decode func(packets [][]byte) ([]float32, error)) ([]float32, error) {
	first := max(int(from/block)-run, 0)
	packets, err := a.packets(first, min(int((to+block-1)/block), a.Count()))
	if err != nil {
		return nil, err
	}
	samples, err := decode(packets)
	if err != nil {
		return nil, err
	}
	base, ch := int64(first)*block, int64(channels)
	return samples[(from-base)*ch : (to-base)*ch], nil
}
