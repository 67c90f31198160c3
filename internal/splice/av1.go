package splice

import (
	"fmt"
	"slices"

	"retake/internal/av1"
	"retake/internal/media"
	"retake/internal/nal"
)

// av1Frames is AV1. A packet is a temporal unit: the frames that are only referred to, and one that is shown. The new
// pictures bring a sequence header of their own, which a decoder takes at their keyframe; the original's comes again with
// the keyframe at which it goes on, and one without is no place to go on at.
type av1Frames struct {
	config   []byte // units of the decoder configuration
	sequence *av1.Sequence
}

func openAV1(config []byte) (codec, error) {
	a := &av1Frames{}
	if units, err := av1.ConfigUnits(config); err == nil {
		a.config = units
	}
	if _, _, err := a.walk(int64(len(a.config)), func(from int64, dst []byte) error {
		copy(dst, a.config[from:])
		return nil
	}); err != nil {
		a.config, a.sequence = nil, nil
	}
	return av1Codec{frames{a}}, nil
}

// av1Codec is the codec of av1Frames, which can say more than pictures.
type av1Codec struct{ frames }

func (av1Codec) lasting(sample []byte) ([][]byte, error) {
	m, err := av1.ReadMetadata(sample)
	return m.Lasting, err
}

func (av1Codec) accompany(sample, original []byte, lasting [][]byte) ([]byte, error) {
	m, err := av1.ReadMetadata(original)
	if err != nil || len(lasting)+len(m.Own) == 0 {
		return nil, err
	}
	return av1.WithMetadata(sample, slices.Concat(lasting, m.Own)...)
}

func (*av1Frames) name() string   { return "AV1" }
func (*av1Frames) fourcc() string { return "AV01" }

func (a *av1Frames) wrap(dst, sample []byte, first bool) []byte {
	dst = append(dst, av1.Delimiter...)
	if first {
		dst = append(dst, a.config...)
	}
	return append(dst, sample...)
}

// maxSequence bounds a sequence header: 32 operating points take 200 bytes.
const maxSequence = 1024

// walk goes through a sample's units. own reports a sequence header in it; the last one seen stays.
func (a *av1Frames) walk(size int64, read func(int64, []byte) error) (list []av1.Frame, own bool, err error) {
	for at := int64(0); at < size; {
		head, err := readHead(read, at, size-at, av1.MaxUnitHead)
		if err != nil {
			return nil, own, err
		}
		unit, next, err := av1.ParseUnit(head, at, size)
		if err != nil {
			return nil, own, err
		}
		switch unit.Type {
		case av1.TypeSequence:
			data, err := readHead(read, unit.Offset, unit.Size, maxSequence)
			if err != nil {
				return nil, own, err
			}
			if a.sequence, err = av1.ParseSequence(data); err != nil {
				return nil, own, err
			}
			own = own || len(list) == 0
		case av1.TypeFrame, av1.TypeHeader:
			if a.sequence == nil {
				return nil, own, fmt.Errorf("%w: AV1: a frame without a sequence header", nal.ErrMalformed)
			}
			data, err := readHead(read, unit.Offset, unit.Size, av1.MaxHeader)
			if err != nil {
				return nil, own, err
			}
			f, err := a.sequence.ParseFrame(data)
			if err != nil {
				return nil, own, err
			}
			list = append(list, f)
		}
		at = next
	}
	return list, own, nil
}

func (a *av1Frames) look(size int64, read func(int64, []byte) error) (seen, error) {
	list, own, err := a.walk(size, read)
	if err != nil {
		return seen{}, err
	}
	var out seen
	for _, f := range list {
		if f.Shown {
			out.shown++
		}
		out.resize = out.resize || f.Resized
	}
	if len(list) > 0 {
		out.key = own && list[0].Key && list[0].Shown
	}
	if s := a.sequence; s != nil && own {
		signal := s.Signal
		out.sized, out.told, out.signal = true, true, &signal
	}
	return out, nil
}

// encoder: SVT-AV1 is the quicker one and makes 4:2:0 only; libaom has a mode without loss.
func (*av1Frames) encoder(v *Video, tools *media.Tools, how Coding) []string {
	s := v.Signal
	aom := []string{"-c:v", "libaom-av1", "-cpu-used", "8", "-row-mt", "1", "-threads", fmt.Sprint(tools.Threads())}
	switch {
	case how.near():
		return append(aom, "-crf", "0", "-aom-params", "lossless=1")
	case s.ChromaFormat != 1 || s.BitDepth > 10:
		return append(aom, "-crf", fmt.Sprint(min(how.CRF+3, 63)))
	}
	return []string{"-c:v", "libsvtav1", "-preset", fmt.Sprint(min(how.speed()+2, 10)), "-crf", fmt.Sprint(min(how.CRF+3, 63)),
		"-svtav1-params", fmt.Sprintf("lp=%d", tools.Threads())}
}
