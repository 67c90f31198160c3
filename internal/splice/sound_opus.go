package splice

import (
	"errors"
	"fmt"
	"strconv"

	"retake/internal/opus"
	"retake/internal/transcode"
)

// opusSound is Opus as music has it (CELT). A decoder foretells each packet's energy from the one before, and forgets
// that by half with each packet of 20 ms: the encoder has to be led to the same state.
type opusSound struct {
	*Audio
	head   opus.Head
	length int // of each packet, sample frames
}

func openOpus(a *Audio) (soundCodec, string, error) {
	head, err := opus.ParseHead(a.Track.Config)
	if err != nil || head.Family > 1 || head.Channels > len(opusLayouts) {
		return nil, "its Opus sound has channels that can't be read", nil
	}
	s := &opusSound{Audio: a, head: head}
	start := make([]byte, 2)
	for i, sample := range a.Samples.All() {
		part := start[:min(2, int(sample.Size))]
		if err := a.file.ReadPart(sample, 0, part); err != nil {
			return nil, "", fmt.Errorf("read sound packet %d: %w", i, err)
		}
		p, err := opus.ParsePacket(part)
		if err != nil {
			return nil, "its Opus sound has a packet that can't be read", nil
		}
		if i == 0 {
			s.length = p.Length
		}
		if p.Speech {
			return nil, "its Opus sound is coded as speech (SILK), whose packets lean on each other", nil
		}
		if p.Length != s.length {
			return nil, "its Opus sound has packets of uneven length", nil
		}
	}
	if !encodable[s.length] {
		return nil, "its Opus sound has packets of a length that can't be made", nil
	}
	plain := head
	plain.PreSkip, plain.Gain = 0, 0 // every sample counts, as it was encoded
	track := transcode.Track{Codec: transcode.Opus, Private: plain.Bytes(), Rate: opus.Rate, Channels: head.Channels}
	return &overlapSound{Audio: a, overlapping: s, track: track, block: int64(s.length)}, "", nil
}

// opusLayouts are ffmpeg's names of the channels by their number (RFC 7845, 5.1.1.2).
var opusLayouts = [...]string{"mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"}

// encodable are the packet lengths that ffmpeg makes, sample frames.
var encodable = map[int]bool{120: true, 240: true, 480: true, 960: true, 1920: true, 2880: true, 3840: true, 4800: true, 5760: true}

func (*opusSound) name() string { return "Opus" }

// How long the original is encoded around new packets, sample frames: 80 ms, after which RFC 7845 (4.6) takes a decoder to
// have settled. Behind them the difference was 40 dB below the sound and half as much with each packet: 40 ms more count.
const (
	opusHead = 3840
	opusTail = 3840
	opusBlur = 1920
)

func (*opusSound) margins() (head, tail, blur int64) { return opusHead, opusTail, opusBlur }

func (*opusSound) overlap() int64 { return opusDelay }

// opusDelay is that of libopus when it is told not to look ahead for speech: an overlap of CELT, 2.5 ms.
const opusDelay = 120

func (*opusSound) delay() int64 { return opusDelay }

// opusPerChannel is the least bit rate of new packets, bits a second for each channel.
const opusPerChannel = 96000

func (s *opusSound) encoder(old [][]byte) (layout string, options []string, err error) {
	size := 0
	for _, p := range old {
		size += len(p)
	}
	rate := size * 8 * opus.Rate / (max(len(old), 1) * s.length)
	rate = min(max(rate, opusPerChannel*s.head.Channels), 255000*s.head.Channels)
	return opusLayouts[s.head.Channels-1], []string{"-c:a", "libopus", "-application", "lowdelay", "-vbr", "on", "-b:a", strconv.Itoa(rate),
		"-frame_duration", strconv.FormatFloat(float64(s.length)/48, 'g', -1, 64), "-mapping_family", strconv.Itoa(s.head.Family)}, nil
}

func (s *opusSound) adapt(_, _ int, made [][]byte, private []byte) ([][]byte, error) {
	if head, err := opus.ParseHead(private); err != nil || !s.head.SameStreams(head) {
		return nil, errors.New("the encoder's packets hold other channels than the track's")
	}
	for _, packet := range made {
		if p, err := opus.ParsePacket(packet); err != nil || p.Length != s.length {
			return nil, errors.New("the encoder's packets don't fit the track's")
		}
	}
	return made, nil
}
