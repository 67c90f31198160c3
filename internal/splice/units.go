package splice

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/nal"
)

// unitFormat is a codec whose samples consist of NAL units.
type unitFormat interface {
	name() string
	// head returns what a decoder is given before the first picture.
	head() [][]byte
	lengthSize() int
	isSlice(unit []byte) bool
	isSet(unit []byte) bool
	// has reports whether the track's configuration holds a parameter set, to the byte.
	has(set []byte) bool
	// learn takes note of parameter sets inside the stream, false when one can't be read or has the id of another.
	learn(sets [][]byte) bool
	// signals yields what every stream says that a picture of the track can belong to.
	signals() []*nal.Signal
	// order returns a function that is given the first slice of each picture in decode order, and tells the stream that
	// it belongs to and its place in presentation order: a period and a count in it. ordered is false where that is not
	// known.
	order() func(slice []byte) (s *nal.Signal, period, count int, ordered bool, err error)
	// unsupported says in a plain clause why streams of this kind can't be spliced, "" when they can.
	unsupported() string
	begins(units [][]byte) Start
	// isSpare and isSkipped judge by a picture's first slice.
	isSpare(slice []byte) bool
	isSkipped(slice []byte) bool
	// decoder returns the options by which ffmpeg reads the track's byte stream.
	decoder() []string
	encoder(v *Video, p Plan, tools *media.Tools, how Coding) ([]string, error)
	join(v *Video, p Plan, parts []*Part) ([]byte, error)
	// inside returns the sets that keyframes of a part have with them where samples hold sets.
	inside(part *Part) [][]byte
	// sequences counts the sequence parameter sets that the track's slices refer to.
	sequences() int
	// crowded reports whether ids for the sets of new pictures are so short that those of spare ones are needed. relieve is
	// told what the clip's slices name, and the sets inside the stream, and reports whether there is room now.
	crowded() bool
	relieve(named map[uint32]bool, sets [][]byte) (room bool, err error)
	// spares returns the sets that relieve found to be spare.
	spares() [][]byte
	// names returns the id of the picture parameter set of a slice, of which a few bytes are enough.
	names(slice []byte) (uint32, error)
	// adoptUnits makes a part's picture refer to the sets that join gave the part; false when it does already.
	adoptUnits(part *Part, units [][]byte) ([][]byte, bool, error)
	// separateUnits is separate, with the units of the pictures at which decoding can begin.
	separateUnits(v *Video, p Plan, aus []accessUnit) error
	carryUnits(units [][]byte) [][]byte
	// metadata returns what of an original picture goes along with a new one in its place.
	metadata(units [][]byte) nal.Metadata
}

// units is the codec of a unitFormat.
type units struct{ unitFormat }

// accessUnit is one new sample of a part: its units where decoding can begin at it, else nil.
type accessUnit struct {
	key   bool
	part  *Part // nil for what is carried over
	units [][]byte
}

func (u units) inspect(v *Video) (reason string, err error) {
	if n := u.lengthSize(); n != 4 {
		return fmt.Sprintf("its %s units have lengths of %d bytes", u.name(), n), nil
	}
	if reason, err = u.scan(v); reason != "" || err != nil {
		return reason, err
	}
	for _, s := range u.signals() {
		if s.Width != v.Signal.Width || s.Height != v.Signal.Height {
			return "its picture size changes within the clip", nil
		}
		if reason := unsupportedSignal(s); reason != "" {
			return reason, nil
		}
	}
	if u.crowded() {
		if reason, err = u.makeRoom(v); reason != "" || err != nil {
			return reason, err
		}
	}
	return cmp.Or(u.unsupported(), layered(v.Track)), nil
}

func unsupportedSignal(s *nal.Signal) string {
	switch {
	case !s.Progressive:
		return Interlaced
	case !(depth.Format{Bits: s.BitDepth, Chroma: depth.Chroma(s.ChromaFormat)}).Usable() || s.Uneven:
		return "its pictures are of an unusual depth or colour sampling"
	case s.Matrix == 0 && s.ChromaFormat == 3:
		return "its pictures are RGB"
	case (s.Transfer == 16 || s.Transfer == 18) && s.Matrix != 1 && s.Matrix != 2 && s.Matrix != 9:
		return "its pictures are HDR of an unusual colour matrix"
	}
	return ""
}

func (u units) split(sample []byte) ([][]byte, error) { return nal.Units(sample, u.lengthSize()) }

func (u units) start(sample []byte) (Start, error) {
	list, err := u.split(sample)
	if err != nil {
		return NoStart, err
	}
	return u.begins(list), nil
}

func (u units) spare(v *Video, decode int) (bool, error) {
	slice, _, err := u.first(v, decode)
	return err == nil && u.isSpare(slice), err
}

func (u units) skipped(v *Video, decode int) (bool, error) {
	slice, _, err := u.first(v, decode)
	return err == nil && u.isSkipped(slice), err
}

// stream is a byte stream (annex B) with the parameter sets in front.
func (u units) stream(v *Video, from, to int, left map[int]bool) ([]string, io.Reader) {
	return u.decoder(), &sampleStream{v: v, next: from, end: to, left: left, out: nal.AppendAnnexB(nil, u.head()...),
		frame: func(dst, sample []byte, _ int) ([]byte, error) {
			list, err := u.split(sample)
			return nal.AppendAnnexB(dst, list...), err
		}}
}

// adopt leaves out what does not belong into the joined stream: parameter sets, which are in the decoder configuration,
// the encoder's notes, delimiters.
func (u units) adopt(part *Part, _ int, sample []byte) ([]byte, error) {
	all, err := u.split(sample)
	if err != nil {
		return nil, err
	}
	var kept [][]byte
	for _, unit := range all {
		if u.isSlice(unit) {
			kept = append(kept, unit)
		}
	}
	adopted, changed, err := u.adoptUnits(part, kept)
	if err != nil || !changed && len(kept) == len(all) {
		return nil, err
	}
	return nal.AppendSample(nil, adopted...), nil
}

func (u units) lasting(sample []byte) ([][]byte, error) {
	list, err := u.split(sample)
	return u.metadata(list).Lasting, err
}

func (u units) accompany(sample, original []byte, lasting [][]byte) ([]byte, error) {
	list, err := u.split(original)
	if err != nil {
		return nil, err
	}
	m := u.metadata(list)
	if len(lasting)+len(m.Own)+len(m.Behind) == 0 {
		return nil, nil
	}
	out := nal.AppendSample(nil, slices.Concat(lasting, m.Own)...)
	return nal.AppendSample(append(out, sample...), m.Behind...), nil
}

func (u units) separates() bool { return true }

func (u units) separate(v *Video, p Plan, list []joined) error {
	aus := make([]accessUnit, len(list))
	for i, j := range list {
		aus[i] = accessUnit{key: j.key, part: j.part}
		if j.data != nil {
			var err error
			if aus[i].units, err = u.split(j.data); err != nil {
				return err
			}
		}
	}
	if err := u.separateUnits(v, p, aus); err != nil {
		return err
	}
	for i := range list {
		if list[i].data != nil {
			list[i].data = nal.AppendSample(nil, aus[i].units...)
		}
	}
	return nil
}

func (u units) carry(sample []byte) ([]byte, error) {
	list, err := u.split(sample)
	if err != nil {
		return nil, err
	}
	return nal.AppendSample(nil, u.carryUnits(list)...), nil
}
