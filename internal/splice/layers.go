package splice

import (
	"fmt"

	"retake/internal/container"
)

// layered returns why new pictures can't stand beside those of a stream with more than one layer, "" where they can.
// Of Dolby Vision that is a base layer which any player shows, with metadata beside each picture: new pictures get that of
// the picture in whose place they stand.
func layered(t *container.Track) string {
	if t.Stereo {
		return "its pictures are stereo (MV-HEVC)"
	}
	// DOVIDecoderConfigurationRecord ("Dolby Vision Streams Within the ISO Base Media File Format", 3.2): version in two
	// bytes; profile in 7 bits, level in 6; flags for metadata, enhancement layer, base layer; compatibility in 4 bits.
	if d := t.Dolby; len(d) >= 5 && (d[3]>>1&1 == 1 || d[4]>>4 == 0) {
		return fmt.Sprintf("its pictures are Dolby Vision of profile %d, whose base layer does not stand alone", d[2]>>1)
	}
	return ""
}
