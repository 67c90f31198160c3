package mp4

import (
	"encoding/binary"
	"math"

	"retake/internal/pcm"
)

// Flags of a version 2 sound description's linear samples (QuickTime File Format, "Sound Sample Description (Version 2)").
const (
	lpcmFloat     = 1 << 0
	lpcmBigEndian = 1 << 1
	lpcmSigned    = 1 << 2
	lpcmHigh      = 1 << 4 // padded on the low side
	lpcmPlanar    = 1 << 5
)

// PCM returns how the samples of uncompressed sound are laid out, false for any other entry. It knows QuickTime's
// sample formats in all versions of its sound description, and ipcm and fpcm of ISO/IEC 23003-5.
func (e SampleEntry) PCM() (pcm.Format, bool) {
	f := pcm.Format{Rate: e.Rate, Channels: e.Channels}
	if e.Channels == 0 || len(e.Body) < soundEntrySize {
		return f, false
	}
	bits := int(binary.BigEndian.Uint16(e.Body[26:]))
	swapped := false // to little endian, said by a box of its own
	if enda := e.Child("enda"); len(enda) >= 2 {
		swapped = enda[1] == 1
	}
	switch e.Format {
	case "sowt":
		f.Bits = bits
	case "twos":
		f.Bits, f.BigEndian = bits, true
	case "raw ", "NONE":
		f.Bits, f.BigEndian, f.Unsigned = bits, true, bits == 8
	case "in24":
		f.Bits, f.BigEndian = 24, !swapped
	case "in32":
		f.Bits, f.BigEndian = 32, !swapped
	case "fl32":
		f.Bits, f.BigEndian, f.Float = 32, !swapped, true
	case "fl64":
		f.Bits, f.BigEndian, f.Float = 64, !swapped, true
	case "lpcm":
		if !e.linear(&f) {
			return f, false
		}
	case "ipcm", "fpcm":
		box := e.Child("pcmC")
		if len(box) < 6 {
			return f, false
		}
		f.BigEndian, f.Bits, f.Float = box[4]&1 == 0, int(box[5]), e.Format == "fpcm"
	default:
		return f, false
	}
	return f, f.Check() == nil
}

// linear reads the layout that a version 2 description states.
func (e SampleEntry) linear(f *pcm.Format) bool {
	if binary.BigEndian.Uint16(e.Body[16:]) != 2 || len(e.Body) < soundEntrySize+36 {
		return false
	}
	f.Bits = int(binary.BigEndian.Uint32(e.Body[56:]))
	flags := binary.BigEndian.Uint32(e.Body[60:])
	f.Float, f.BigEndian = flags&lpcmFloat != 0, flags&lpcmBigEndian != 0
	f.Unsigned = !f.Float && flags&lpcmSigned == 0
	packed := int(binary.BigEndian.Uint32(e.Body[64:])) == f.FrameSize() && binary.BigEndian.Uint32(e.Body[68:]) == 1
	return packed && flags&(lpcmPlanar|lpcmHigh) == 0
}

// soundFormat reads rate and channels, which version 2 of QuickTime's sound description states elsewhere.
func soundFormat(entry []byte) (rate, channels int) {
	if binary.BigEndian.Uint16(entry[16:]) == 2 && len(entry) >= soundEntrySize+36 {
		r, n := math.Float64frombits(binary.BigEndian.Uint64(entry[40:])), binary.BigEndian.Uint32(entry[48:])
		if r >= 1 && r < 1<<24 && n > 0 && n < 1<<10 {
			return int(math.Round(r)), int(n)
		}
	}
	return int(binary.BigEndian.Uint32(entry[32:]) >> 16), int(binary.BigEndian.Uint16(entry[24:]))
}

// wideSamples corrects the size of uncompressed samples where the table states a single byte, as old QuickTime writers
// left it: a sample is a frame of all channels then, too.
func (t *Track) wideSamples(stated uint32) uint32 {
	if stated == 1 && t.Handler == "soun" {
		if f, ok := t.Entry.PCM(); ok {
			return uint32(f.FrameSize())
		}
	}
	return stated
}
