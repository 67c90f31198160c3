package mkv

import (
	"bytes"
	"math"
	"strings"

	"retake/internal/container"
	"retake/internal/pcm"
)

// track is one TrackEntry and the frames of its blocks.
type track struct {
	container.Track
	file      *File
	number    uint64
	entry     []byte             // the data of the TrackEntry
	samples   *container.Samples // as long as the file is read, their DTS are when they are presented
	last      uint32             // duration of a frame in ticks, 0 when the file does not say
	prefix    []byte             // what is left out in front of each frame
	delay     int64              // ticks of decoded sound before what is to be heard
	encrypted bool
	extra     bool // some blocks have more beside them than their duration and references
}

// Track types (RFC 9559, 5.1.4.1.3).
var types = map[uint64]struct{ kind, name string }{
	1: {container.Video, "picture track"}, 2: {container.Audio, "sound track"}, 17: {"subtitle", "subtitle track"},
	18: {"buttons", "button track"}, 32: {"control", "control track"}, 33: {"metadata", "metadata track"},
}

// codecs by CodecID (the IETF's "Matroska Media Container Codec Specifications").
var codecs = map[string]string{
	"V_MPEG4/ISO/AVC": container.H264, "V_MPEGH/ISO/HEVC": container.HEVC, "V_VP8": container.VP8, "V_VP9": container.VP9,
	"V_AV1": container.AV1, "A_AAC": container.AAC, "A_OPUS": container.Opus, "A_VORBIS": container.Vorbis,
	"A_FLAC": container.FLAC, "A_ALAC": container.ALAC, "A_AC3": container.AC3, "A_EAC3": container.EAC3, "A_MPEG/L3": container.MP3,
	"A_PCM/INT/LIT": container.PCM, "A_PCM/INT/BIG": container.PCM, "A_PCM/FLOAT/IEEE": container.PCM,
}

func (f *File) readTracks(in *reader, e element) error {
	if len(f.tracks) > 0 {
		return malformed("two lists of tracks")
	}
	list, err := in.children(e, maxListed)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.id != idTrackEntry {
			continue
		}
		if len(f.tracks) >= maxTracks {
			return malformed("more than %d tracks", maxTracks)
		}
		t, err := f.readTrack(n.data)
		if err != nil {
			return err
		}
		if f.byNum[t.number] != nil || t.number == 0 {
			return malformed("two tracks of number %d", t.number)
		}
		t.Index = len(f.tracks)
		f.tracks, f.byNum[t.number] = append(f.tracks, t), t
	}
	return nil
}

func (f *File) readTrack(entry []byte) (*track, error) {
	list, err := nodes(entry)
	if err != nil {
		return nil, err
	}
	t := &track{file: f, entry: entry, samples: &container.Samples{}, number: find(list, idTrackNumber).asUint(0)}
	c := &t.Track
	c.Tables, c.Entries, c.Timescale = t, 1, f.timescale
	c.ID = find(list, idTrackUID).asUint(t.number)
	c.Enabled = find(list, idFlagEnabled).asUint(1) == 1
	kind, known := types[find(list, idTrackType).asUint(0)]
	if !known {
		kind.kind, kind.name = "other", "track of an unknown kind"
	}
	c.Kind, c.Name = kind.kind, kind.name
	c.Format = find(list, idCodecID).asString()
	c.Codec = codecs[c.Format]
	if p := find(list, idCodecPrivate); p != nil {
		c.Config = p.data
	}
	switch {
	case c.Codec == container.AAC && len(c.Config) == 0:
		c.Codec = ""
	case c.Codec == container.FLAC:
		c.Config = bytes.TrimPrefix(c.Config, flacMarker)
	}
	t.last = f.nanoseconds(find(list, idDefaultDuration).asUint(0))
	if err := t.readFormat(list); err != nil {
		return nil, err
	}
	if c.Kind == container.Audio {
		t.delay = int64(f.nanoseconds(find(list, idCodecDelay).asUint(0)))
	}
	return t, t.readEncodings(find(list, idContentEncodings))
}

// nanoseconds converts to the nearest tick.
func (f *File) nanoseconds(ns uint64) uint32 {
	ticks := math.Round(float64(ns) * float64(f.timescale) / second)
	return uint32(min(ticks, math.MaxUint32))
}

func (t *track) readFormat(list []node) error {
	c := &t.Track
	if v := find(list, idVideo); v != nil {
		inner, err := nodes(v.data)
		if err != nil {
			return err
		}
		c.Width, c.Height = int(find(inner, idPixelWidth).asUint(0)), int(find(inner, idPixelHeight).asUint(0))
		if colour := find(inner, idColour); colour != nil {
			deep, err := nodes(colour.data)
			if err != nil {
				return err
			}
			point := func(id uint32) int { return int(min(find(deep, id).asUint(2), 255)) }
			c.Colour = &container.Colour{Primaries: point(idPrimaries), Transfer: point(idTransfer), Matrix: point(idMatrix)}
		}
	}
	a := find(list, idAudio)
	if a == nil {
		return nil
	}
	inner, err := nodes(a.data)
	if err != nil {
		return err
	}
	if rate := find(inner, idSampling).asFloat(8000); rate >= 1 && rate < 1<<24 {
		c.Rate = int(math.Round(rate))
	}
	c.Channels = int(min(find(inner, idChannels).asUint(1), 1<<10))
	if c.Codec == container.PCM {
		layout := pcm.Format{Rate: c.Rate, Channels: c.Channels, Bits: int(min(find(inner, idBitDepth).asUint(0), 1<<10)),
			BigEndian: strings.HasSuffix(c.Format, "BIG"), Float: strings.HasSuffix(c.Format, "IEEE")}
		layout.Unsigned = layout.Bits == 8
		if layout.Check() == nil {
			c.PCM = &layout
		}
	}
	return nil
}

// readEncodings finds out how frames are stored (RFC 9559, 5.1.4.1.31). Bytes left out in front of each are put back; a
// track that is compressed or encrypted otherwise is one that nobody can look into.
func (t *track) readEncodings(n *node) error {
	if n == nil {
		return nil
	}
	list, err := nodes(n.data)
	if err != nil {
		return err
	}
	for _, encoding := range list {
		if encoding.id != idContentEncoding {
			continue
		}
		inner, err := nodes(encoding.data)
		if err != nil {
			return err
		}
		if find(inner, idContentScope).asUint(1)&1 == 0 {
			t.close() // of CodecPrivate alone
			continue
		}
		if find(inner, idContentType).asUint(0) == 1 {
			t.encrypted = true
			t.close()
			continue
		}
		compression := find(inner, idContentCompression)
		if compression == nil {
			t.close()
			continue
		}
		how, err := nodes(compression.data)
		if err != nil {
			return err
		}
		settings := find(how, idContentCompSettings)
		if find(how, idContentCompAlgo).asUint(0) != 3 || settings == nil || t.prefix != nil || len(settings.data) > maxHeader {
			t.close()
			continue
		}
		t.prefix = settings.data
	}
	return nil
}

func (t *track) close() { t.Codec, t.Config, t.prefix = "", nil, nil }

// flacMarker begins the CodecPrivate of FLAC, not its configuration.
var flacMarker = []byte("fLaC")

// private returns the CodecPrivate for a configuration.
func (t *track) private(config []byte) []byte {
	if t.Codec == container.FLAC {
		return append(bytes.Clone(flacMarker), config...)
	}
	return config
}

// extended reports whether a splice changes the configuration.
func (t *track) extended() bool {
	switch t.Codec {
	case container.H264, container.HEVC, container.FLAC, container.ALAC:
		return true
	}
	return false
}

// Samples implements container.Tables.
func (t *track) Samples() (*container.Samples, error) { return t.samples, nil }

// Origin implements container.Tables: movie time 0 is when the earliest frame of the file is presented.
func (t *track) Origin() (mediaTime, delay int64, ok bool) { return t.file.first + t.delay, 0, true }

// Shown implements container.Tables.
func (t *track) Shown() (ticks int64, limited bool) { return 0, false }

// described are the children of a TrackEntry that say what frames are.
var described = []uint32{idCodecID, idCodecPrivate, idVideo, idAudio, idContentEncodings}

// Description implements container.Tables.
func (t *track) Description() []byte {
	list, _ := nodes(t.entry) // read when the file was opened
	var out []byte
	for _, id := range described {
		if n := find(list, id); n != nil && !(id == idCodecPrivate && t.extended()) {
			out = append(out, n.raw...)
		}
	}
	return bytes.Clone(out)
}
