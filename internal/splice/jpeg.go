package splice

import (
	"bytes"
	"encoding/binary"

	"retake/internal/nal"
)

func openMJPEG([]byte) (codec, error) {
	return &intra{title: "Motion JPEG", read: readJPEG, options: func(v *Video) []string {
		// Of the best quality short of waste; JPEG has full range, and nothing is to be converted.
		return []string{"-vf", "scale=in_range=full:out_range=full", "-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj" + v.Format().PixFmt()[3:], "-color_range", "pc"}
	}}, nil
}

// readJPEG reads markers up to the frame header (ITU-T T.81, B.2).
func readJPEG(_ string, b []byte) (s nal.Signal, unusual string) {
	if len(b) < 4 || b[0] != 0xff || b[1] != 0xd8 {
		return s, ""
	}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		kind, size := b[1], int(binary.BigEndian.Uint16(b[2:]))
		if kind == 0xff { // fill
			b = b[1:]
			continue
		}
		if size < 2 || 2+size > len(b) {
			break
		}
		body := b[4 : 2+size]
		switch {
		case kind == 0xe0 && bytes.HasPrefix(body, []byte("AVI1")) && len(body) > 4 && body[4] != 0:
			return s, Interlaced
		case kind == 0xee && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12 && body[11] != 1:
			return s, "its pictures are RGB"
		case kind == 0xfe && bytes.HasPrefix(body, []byte("CS=ITU601")):
			return s, "its JPEG pictures are of limited range"
		case kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc:
			return readFrameHeader(kind, body)
		}
		b = b[2+size:]
	}
	return s, ""
}

// readFrameHeader reads the body of SOF (B.2.2): precision, height, width, components with their sampling factors.
func readFrameHeader(kind byte, b []byte) (s nal.Signal, unusual string) {
	const strange = "its JPEG pictures are of an unusual kind"
	if kind > 0xc2 || len(b) < 6+3*3 || b[5] != 3 || b[0] != 8 || b[10] != b[13] || b[10]>>4 == 0 || b[10]&15 == 0 {
		return s, strange
	}
	across, down := b[7]>>4, b[7]&15
	chroma, known := map[[2]byte]int{{2, 2}: 1, {2, 1}: 2, {1, 1}: 3}[[2]byte{across / (b[10] >> 4), down / (b[10] & 15)}]
	if !known || across%(b[10]>>4) != 0 || down%(b[10]&15) != 0 || b[6] == 'R' {
		return s, strange
	}
	s = nal.Unsaid()
	s.Height, s.Width = int(b[1])<<8|int(b[2]), int(b[3])<<8|int(b[4])
	s.ChromaFormat, s.Progressive, s.FullRange = chroma, true, true
	s.Matrix = 5 // JFIF: BT.601
	return s, ""
}
