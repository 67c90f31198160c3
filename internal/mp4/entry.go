package mp4

import "encoding/binary"

// Fixed parts of sample entries, header included (ISO/IEC 14496-12, 12.1.3 and 12.2.3).
const (
	visualEntrySize = 86
	soundEntrySize  = 36
)

// fixedSize returns where the entry's child boxes begin. QuickTime's sound entries of version 1 and 2 are longer.
func (e SampleEntry) fixedSize() int {
	if e.Width > 0 || e.Height > 0 || e.Channels == 0 {
		return visualEntrySize
	}
	switch binary.BigEndian.Uint16(e.Body[16:]) {
	case 1:
		return soundEntrySize + 16
	case 2:
		return soundEntrySize + 36
	}
	return soundEntrySize
}

// Child returns the body of the entry's first child box of a kind, looking into QuickTime's wave box as well, or nil.
func (e SampleEntry) Child(kind string) []byte {
	if len(e.Body) < e.fixedSize() {
		return nil
	}
	return findChild(e.Body[e.fixedSize():], kind, 0)
}

func findChild(data []byte, kind string, depth int) []byte {
	for len(data) >= 8 && depth < maxDepth {
		size := int64(binary.BigEndian.Uint32(data))
		if size < 8 || size > int64(len(data)) {
			return nil
		}
		name, body := string(data[4:8]), data[8:size]
		if name == kind {
			return body
		}
		if name == "wave" {
			if found := findChild(body, kind, depth+1); found != nil {
				return found
			}
		}
		data = data[size:]
	}
	return nil
}

// WithChild returns the entry's bytes with the body of its direct child box of a kind replaced.
func (e SampleEntry) WithChild(kind string, body []byte) ([]byte, error) {
	fixed := e.fixedSize()
	if len(e.Body) < fixed {
		return nil, malformed("a sample description is cut short")
	}
	out := append([]byte(nil), e.Body[:fixed]...)
	data, done := e.Body[fixed:], false
	for len(data) >= 8 {
		size := int64(binary.BigEndian.Uint32(data))
		if size < 8 || size > int64(len(data)) {
			break
		}
		if string(data[4:8]) == kind && !done {
			out = binary.BigEndian.AppendUint32(out, uint32(8+len(body)))
			out = append(append(out, kind...), body...)
			done = true
		} else {
			out = append(out, data[:size]...)
		}
		data = data[size:]
	}
	if !done {
		return nil, malformed("a sample description has no %q", kind)
	}
	out = append(out, data...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out, nil
}

// AudioSpecificConfig returns the decoder configuration of an mp4a entry (ISO/IEC 14496-1, 7.2.6.6), or an error
// that wraps ErrMalformed.
func (e SampleEntry) AudioSpecificConfig() ([]byte, error) {
	esds := e.Child("esds")
	if len(esds) < 4 {
		return nil, malformed("the sound track has no decoder configuration")
	}
	var asc []byte
	eachDescriptor(esds[4:], 0, func(tag byte, body []byte) bool {
		if tag == tagDecoderSpecific {
			asc = body
		}
		return tag != tagDecoderSpecific
	})
	if len(asc) == 0 {
		return nil, malformed("the sound track's decoder configuration can't be read")
	}
	return asc, nil
}

// objectType returns an mp4a entry's objectTypeIndication, which tells codecs apart (14496-1, 7.2.6.6.2), 0 when it can't be
// read.
func (e SampleEntry) objectType() (kind byte) {
	if esds := e.Child("esds"); len(esds) >= 4 {
		eachDescriptor(esds[4:], 0, func(tag byte, body []byte) bool {
			if tag == tagDecoderConfig {
				kind = body[0]
			}
			return tag != tagDecoderConfig
		})
	}
	return kind
}

// Tags of the MPEG-4 systems descriptors that lead to the decoder configuration, and the fixed bytes behind them.
const (
	tagES              = 3
	tagDecoderConfig   = 4
	tagDecoderSpecific = 5
	decoderConfigFixed = 13
)

// eachDescriptor calls f with the descriptors that lead to the decoder configuration, outer ones first, until it returns
// false. What can't be read ends it.
func eachDescriptor(b []byte, depth int, f func(tag byte, body []byte) bool) bool {
	for len(b) >= 2 && depth < maxDepth {
		tag := b[0]
		size, n := 0, 1
		for ; n <= 4 && n < len(b); n++ {
			size = size<<7 | int(b[n]&0x7f)
			if b[n]&0x80 == 0 {
				n++
				break
			}
		}
		b = b[n:]
		if size > len(b) || tag == tagDecoderConfig && size < decoderConfigFixed {
			return false
		}
		body := b[:size]
		if !f(tag, body) {
			return false
		}
		switch tag {
		case tagDecoderConfig:
			return eachDescriptor(body[decoderConfigFixed:], depth+1, f)
		case tagES:
			if body = skipESHeader(body); body == nil {
				return false
			}
			return eachDescriptor(body, depth+1, f)
		}
		b = b[size:]
	}
	return true
}

// skipESHeader steps over the fixed and optional fields of an ES descriptor.
func skipESHeader(b []byte) []byte {
	if len(b) < 3 {
		return nil
	}
	flags, n := b[2], 3
	if flags&0x80 != 0 {
		n += 2
	}
	if flags&0x40 != 0 {
		if len(b) <= n {
			return nil
		}
		n += 1 + int(b[n])
	}
	if flags&0x20 != 0 {
		n += 2
	}
	if len(b) < n {
		return nil
	}
	return b[n:]
}
