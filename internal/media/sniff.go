package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"retake/internal/mkv"
	"retake/internal/mp4"
	"retake/internal/retake"
)

// sniffFile refuses from its first bytes what is certainly no clip, with a plainer reason than ffprobe would give,
// and MP4 files that end too early or list more samples than anybody should lay out, which ffprobe would.
func sniffFile(path string) error {
	f, size, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if size == 0 {
		return unreadable("The file is empty. Upload it again.")
	}
	head := make([]byte, min(size, 4096))
	if _, err := io.ReadFull(f, head); err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	if e := sniff(head); e != nil {
		return e
	}
	if mp4.Is(head) {
		if e := checkBoxes(f, size); e != nil {
			return e
		}
		if e := checkSamples(f, size); e != nil {
			return e
		}
	}
	return nil
}

// sniff judges the first bytes of a file; nil means that ffprobe may look.
func sniff(head []byte) *retake.Error {
	kind := http.DetectContentType(head)
	switch {
	case bytes.HasPrefix(head, []byte("GIF8")), bytes.HasPrefix(head, []byte("\x89PNG")):
		return nil // may move; ffprobe counts the frames
	case strings.HasPrefix(kind, "image/"), isStill(head):
		return errPicture()
	case bytes.HasPrefix(head, []byte("#EXTM3U")):
		return unreadable("This is a playlist, not a clip. Send the clip itself.")
	case strings.HasPrefix(kind, "text/html"):
		return unreadable("This is a web page, not a clip. Give the address of the video file itself.")
	case strings.HasPrefix(kind, "text/"), isText(head):
		return unreadable("This is a text file, not a clip. Send a video.")
	case kind == "application/pdf":
		return unreadable("This is a PDF document, not a clip. Send a video.")
	case kind == "application/zip", kind == "application/x-gzip", kind == "application/x-rar-compressed":
		return unreadable("This is a compressed archive, not a clip. Unpack it and send the video.")
	}
	return nil
}

// isText reports whether the bytes read as UTF-8 without control characters.
func isText(head []byte) bool {
	for i := 0; i < utf8.UTFMax && i < len(head) && !utf8.Valid(head); i++ {
		head = head[:len(head)-1] // the cut may have fallen inside a character
	}
	return utf8.Valid(head) && bytes.IndexFunc(head, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f'
	}) < 0
}

// isStill recognises HEIC and AVIF pictures, which look like MP4, and WebP without animation, TIFF and JPEG XL.
func isStill(head []byte) bool {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch string(head[8:12]) {
		case "heic", "heix", "heim", "heis", "mif1", "avif":
			return true
		}
	}
	for _, sign := range []string{"II*\x00", "MM\x00*", "\xff\x0a", "\x00\x00\x00\x0cJXL "} {
		if bytes.HasPrefix(head, []byte(sign)) {
			return true
		}
	}
	return false
}

// checkBoxes walks the top-level boxes of an MP4 or MOV file (ISO/IEC 14496-12, 4.2) without reading into them. A
// box that claims more than the file has means the file was cut, or lies.
func checkBoxes(r io.ReaderAt, size int64) *retake.Error {
	var moov bool
	for at, n := int64(0), 0; at+8 <= size && n < 100_000; n++ {
		var head [16]byte
		if k, err := r.ReadAt(head[:], at); k < 8 && err != nil {
			break
		}
		length := int64(binary.BigEndian.Uint32(head[:4]))
		kind := string(head[4:8])
		if moov && !isBox(kind) {
			return nil // something was appended to a whole clip; players pass over it
		}
		switch {
		case length == 0:
			length = size - at
		case length == 1:
			length = int64(binary.BigEndian.Uint64(head[8:]) & (1<<63 - 1))
			if length < 16 {
				return errBoxes(fmt.Errorf("box %q at %d has length %d", kind, at, length))
			}
		case length < 8:
			return errBoxes(fmt.Errorf("box %q at %d has length %d", kind, at, length))
		}
		moov = moov || kind == "moov"
		if length > size-at {
			if !moov {
				return errNoIndex()
			}
			return unreadable("This clip is cut off: it announces more than the file holds. Upload it again.").
				Because(fmt.Errorf("box %q at %d has length %d, the file %d", kind, at, length, size))
		}
		at += length
	}
	if !moov {
		return errNoIndex()
	}
	return nil
}

// checkSamples refuses MP4 files with too many samples. What else may be wrong with one is for others to say.
func checkSamples(r io.ReaderAt, size int64) *retake.Error {
	_, err := mp4.Open(r, size)
	switch {
	case !errors.Is(err, mp4.ErrTooMany):
		return nil
	case errors.Is(err, mp4.ErrMalformed):
		return errClaims(err)
	}
	return TooLong(err)
}

func errClaims(cause error) *retake.Error {
	return unreadable("The clip is damaged: its index claims more than can be read. Export it again.").Because(cause)
}

func TooLong(cause error) *retake.Error {
	return unreadable("The clip has more pictures and packets of sound than this server reads, which is about 15 hours at 60 pictures a second. Send a shorter part of it.").
		Because(cause)
}

// isBox reports whether kind is a box that holds a clip's data or index.
func isBox(kind string) bool {
	switch kind {
	case "moov", "mdat", "moof", "mfra", "sidx", "meta", "free", "skip", "uuid", "wide":
		return true
	}
	return false
}

func errBoxes(cause error) *retake.Error {
	return unreadable("This clip is damaged: its inner sizes contradict each other. Export it again.").Because(cause)
}

func errNoIndex() *retake.Error {
	return unreadable("This clip is cut off: its index is missing. Upload or record it again.").
		Because(errors.New("no moov box"))
}

// docType says of a Matroska file whether it is a "webm" one, which ffprobe does not tell.
func docType(path string) (string, error) {
	f, _, err := openRegular(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return mkv.DocType(f), nil
}
