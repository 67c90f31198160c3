package splice

import (
	"encoding/binary"

	"retake/internal/nal"
)

// dnxhrProfiles are ffmpeg's names by compression id (SMPTE ST 2019-1, annex for resolution-independent ids).
var dnxhrProfiles = map[uint32]string{1271: "dnxhr_hqx", 1272: "dnxhr_hq", 1273: "dnxhr_sq", 1274: "dnxhr_lb"}

func openDNxHR([]byte) (codec, error) {
	var id uint32 // of all pictures
	return &intra{title: "DNxHR",
		read: func(_ string, head []byte) (nal.Signal, string) {
			s, own, unusual := readDNxHR(head)
			if id == 0 {
				id = own
			}
			if unusual == "" && own != id {
				unusual = "its picture format changes within the clip"
			}
			return s, unusual
		},
		options: func(v *Video) []string {
			return []string{"-c:v", "dnxhd", "-profile:v", dnxhrProfiles[id], "-pix_fmt", v.Format().PixFmt()}
		}}, nil
}

// readDNxHR reads a frame header (SMPTE ST 2019-1, 7.2): flags at byte 5, height and width at 24 and 26, depth in the upper
// bits of byte 33, the compression id at 40.
func readDNxHR(b []byte) (s nal.Signal, id uint32, unusual string) {
	if len(b) < 48 || b[0] != 0 || b[1] != 0 || b[2] != 2 || b[3] != 0x80 {
		return s, 0, ""
	}
	id = binary.BigEndian.Uint32(b[40:])
	if dnxhrProfiles[id] == "" {
		return s, id, "its pictures are DNxHD, or DNxHR 4:4:4"
	}
	s = nal.Unsaid()
	s.Height, s.Width = int(binary.BigEndian.Uint16(b[24:])), int(binary.BigEndian.Uint16(b[26:]))
	s.ChromaFormat, s.Progressive = 2, b[5]&2 == 0
	switch b[33] >> 5 {
	case 2:
		s.BitDepth = 10
	case 3:
		return s, id, "its pictures are DNxHR of 12 bits"
	}
	return s, id, ""
}
