package mp4

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"retake/internal/container"
)

// codecs by sample format.
var codecs = map[string]string{
	"avc1": container.H264, "avc3": container.H264, "hvc1": container.HEVC, "hev1": container.HEVC,
	"apco": container.ProRes, "apcs": container.ProRes, "apcn": container.ProRes, "apch": container.ProRes, "ap4h": container.ProRes,
	"ap4x": container.ProRes, "jpeg": container.MJPEG, "AVdh": container.DNxHR,
	"vp08": container.VP8, "vp09": container.VP9, "av01": container.AV1, "mp4a": container.AAC, "Opus": container.Opus,
	"fLaC": container.FLAC, "alac": container.ALAC, "ac-3": container.AC3, "ec-3": container.EAC3, ".mp3": container.MP3,
}

// configBoxes are the entries' child boxes that hold the decoder configuration as Matroska has it, too.
var configBoxes = map[string]string{"avc1": "avcC", "avc3": "avcC", "hvc1": "hvcC", "hev1": "hvcC", "av01": "av1C", "ac-3": "dac3", "ec-3": "dec3"}

// uncompressed are the sample formats of PCM.
var uncompressed = []string{"sowt", "twos", "raw ", "NONE", "in24", "in32", "fl32", "fl64", "lpcm", "ipcm", "fpcm"}

// extended are the formats whose configuration a splice adds to.
var extended = []string{"avc1", "avc3", "hvc1", "hev1"}

// mpegAudio are the codecs of mp4a entries that hold no AAC, by object type (mp4ra.org).
var mpegAudio = map[byte]string{0x69: container.MP3, 0x6b: container.MP3, 0xa5: container.AC3, 0xa6: container.EAC3}

// kinds of tracks by handler, and what people call them.
var (
	kinds = map[string]string{"vide": container.Video, "soun": container.Audio}
	names = map[string]string{"vide": "picture track", "soun": "sound track", "tmcd": "timecode track", "text": "text track",
		"sbtl": "subtitle track", "subt": "subtitle track", "clcp": "caption track", "meta": "metadata track"}
)

// describe fills in what every container tells of a track.
func (t *Track) describe() {
	c := &t.Track
	c.Tables = t
	c.Kind, c.Name = t.Handler, fmt.Sprintf("track of kind %q", t.Handler)
	if k, ok := kinds[t.Handler]; ok {
		c.Kind = k
	}
	if n, ok := names[t.Handler]; ok {
		c.Name = n
	}
	e := t.Entry
	c.Format, c.Codec = e.Format, codecs[e.Format]
	c.Width, c.Height, c.Rate, c.Channels = e.Width, e.Height, e.Rate, e.Channels
	c.Config = e.config()
	c.Colour = e.colour()
	c.Stereo = e.Child("lhvC") != nil
	for _, box := range []string{"dvcC", "dvvC", "dvwC"} {
		if c.Dolby == nil {
			c.Dolby = e.Child(box)
		}
	}
	if slices.Contains(uncompressed, e.Format) {
		c.Codec = container.PCM
		if layout, ok := e.PCM(); ok {
			c.PCM = &layout
		}
	}
	if e.Format == "mp4a" {
		var err error
		if codec, other := mpegAudio[e.objectType()]; other { // what its configuration holds then is of another kind
			c.Codec = codec
		} else if c.Config, err = e.AudioSpecificConfig(); err != nil {
			c.Codec = ""
		}
	}
}

// bareBoxes are the children that hold a sound track's configuration behind version and flags.
var bareBoxes = map[string]string{"fLaC": "dfLa", "alac": "alac"}

// config returns the decoder configuration in the form of container.Track, but for what is in an esds box.
func (e SampleEntry) config() []byte {
	if e.Format == "Opus" {
		return opusHead(e.Child("dOps"))
	}
	if kind := bareBoxes[e.Format]; kind != "" {
		if body := e.Child(kind); len(body) > 4 {
			return body[4:]
		}
		return nil
	}
	return e.Child(configBoxes[e.Format])
}

// opusHead returns the OpusHead of a dOps box, which has the same fields in the other byte order (Encapsulation of Opus in
// ISO Base Media File Format, 4.3.2), nil when it can't be read.
func opusHead(box []byte) []byte {
	if len(box) < 11 || box[0] != 0 {
		return nil
	}
	head := append([]byte("OpusHead"), 1, box[1], box[3], box[2], box[7], box[6], box[5], box[4], box[9], box[8])
	return append(head, box[10:]...)
}

// withConfig returns the entry's bytes with another configuration.
func (e SampleEntry) withConfig(config []byte) ([]byte, error) {
	if bareBoxes[e.Format] != "" {
		return e.withBytes(e.config(), config)
	}
	return e.WithChild(configBoxes[e.Format], config)
}

// withBytes returns the entry's bytes with some of them, a piece of Body, replaced by as many others.
func (e SampleEntry) withBytes(old, fresh []byte) ([]byte, error) {
	at := cap(e.Body) - cap(old) // both end where the entry's memory does
	if len(old) == 0 || len(old) != len(fresh) || at < 0 || at+len(old) > len(e.Body) || &e.Body[at] != &old[0] {
		return nil, malformed("a sample description without the configuration that changes")
	}
	out := append([]byte(nil), e.Body...)
	copy(out[at:], fresh)
	return out, nil
}

// Is reports whether a file begins as one of this package's does. Old MOV files have no ftyp.
func Is(head []byte) bool { return len(head) >= 8 && slices.Contains(structural, string(head[4:8])) }

// Kind implements container.File.
func (f *File) Kind() container.Kind {
	if f.Brand == "qt" || f.Brand == "" {
		return container.MOV
	}
	return container.MP4
}

// List implements container.File.
func (f *File) List() []*container.Track {
	out := make([]*container.Track, len(f.Tracks))
	for i, t := range f.Tracks {
		out[i] = &t.Track
	}
	return out
}

// Description implements container.Tables: the sample entry, without the configuration that a splice adds to.
func (t *Track) Description() []byte {
	if config := t.Entry.config(); bareBoxes[t.Entry.Format] != "" {
		if b, err := t.Entry.withBytes(config, make([]byte, len(config))); err == nil {
			return b
		}
	}
	if slices.Contains(extended, t.Entry.Format) {
		if b, err := t.Entry.WithChild(configBoxes[t.Entry.Format], nil); err == nil {
			return b
		}
	}
	return t.Entry.Body
}

// Parts implements container.Tables: every box outside the sample table, such as the track header with rotation, edit
// list, media header with language, handler, user data.
func (t *Track) Parts() []container.Part {
	c := t.box.clone()
	if minf := c.child("mdia", "minf"); minf != nil {
		minf.remove("stbl")
	}
	return leaves(c.append(nil), "")
}

// Parts implements container.File: the movie header but for its next_track_ID, all of the movie that is no track, and
// the boxes beside it that hold something of their own, such as metadata of cameras and editors.
func (f *File) Parts() ([]container.Part, error) {
	brand := "brand (" + strings.TrimSpace(f.Brand) + ")"
	out := []container.Part{container.NewPart("ftyp", brand, []byte(f.Brand))}
	mvhd := f.moov.child("mvhd").body
	out = append(out, container.NewPart("moov/mvhd", "movie header", mvhd[:len(mvhd)-4]))
	for _, k := range f.moov.kids {
		if k.kind != "trak" && k.kind != "mvhd" && k.kind != "free" {
			out = append(out, leaves(k.append(nil), "moov")...)
		}
	}
	for _, t := range f.top {
		if !slices.Contains(structural, t.kind) {
			out = append(out, container.Part{Path: t.kind, Name: fmt.Sprintf("box %q", t.kind), Body: io.NewSectionReader(f.r, t.offset, t.size)})
		}
	}
	return out, nil
}

// structural are the boxes of the first level that say where things are rather than what they are. A file begins with one of
// them, and writing it anew moves them.
var structural = []string{"ftyp", "moov", "mdat", "free", "skip", "wide"}

// inner are the boxes whose children are compared one by one.
var inner = []string{"trak", "edts", "mdia", "minf", "dinf", "udta", "moov"}

// leaves lists the boxes in data, which was checked when the file was opened.
func leaves(data []byte, under string) (out []container.Part) {
	for len(data) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		if size == 1 && len(data) >= 16 {
			size, head = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < head || size > uint64(len(data)) {
			break
		}
		path := under + "/" + string(data[4:8])
		if slices.Contains(inner, string(data[4:8])) {
			out = append(out, leaves(data[head:size], path)...)
		} else {
			out = append(out, container.NewPart(path, meaning(path), data[head:size]))
		}
		data = data[size:]
	}
	return out
}

// meanings says what a box holds, in plain words.
var meanings = map[string]string{
	"tkhd": "track header (size, rotation, duration)", "elst": "edit list", "mdhd": "media header (language, duration)",
	"hdlr": "handler", "udta": "user data", "meta": "metadata", "tref": "track references", "iods": "object descriptor",
}

func meaning(path string) string {
	parts := strings.Split(path, "/")
	for _, p := range slices.Backward(parts) {
		if m, ok := meanings[p]; ok {
			return m
		}
	}
	return "box " + parts[len(parts)-1]
}

// colour reads what the entry says of colour: a vpcC box (VP Codec ISO Media File Format Binding) or a colr box of type
// nclx or nclc (ISO/IEC 14496-12, 12.1.5).
func (e SampleEntry) colour() *container.Colour {
	if b := e.Child("vpcC"); len(b) >= 10 {
		return &container.Colour{Primaries: int(b[7]), Transfer: int(b[8]), Matrix: int(b[9])}
	}
	if b := e.Child("colr"); len(b) >= 10 && (string(b[:4]) == "nclx" || string(b[:4]) == "nclc") {
		at := func(i int) int { return int(binary.BigEndian.Uint16(b[i:])) }
		return &container.Colour{Primaries: at(4), Transfer: at(6), Matrix: at(8)}
	}
	return nil
}
