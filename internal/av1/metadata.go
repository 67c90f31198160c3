package av1

import "slices"

// Kinds of metadata (6.7.1).
const (
	kindLight  = 1 // of the content, and what follows it: of HDR10
	kindMaster = 2 // the mastering display's colours
	kindITUT35 = 4 // HDR10+, captions
	kindTime   = 5 // timecode
)

// Metadata is what a temporal unit says beside its pictures, as whole units.
type Metadata struct {
	Lasting [][]byte // of the pictures from it on: the mastering display and the light of the content
	Own     [][]byte // of its own picture
}

// ReadMetadata returns that of a temporal unit. The units are parts of it.
func ReadMetadata(sample []byte) (m Metadata, err error) {
	err = units(sample, func(u Unit, whole []byte) {
		if u.Type != TypeMetadata || u.Size == 0 || whole[0]&2 == 0 { // one without a size can't be put before others
			return
		}
		switch kind := sample[u.Offset]; kind { // leb128, of which these take a byte
		case kindLight, kindMaster:
			m.Lasting = append(m.Lasting, whole)
		case kindITUT35, kindTime:
			m.Own = append(m.Own, whole)
		}
	})
	return m, err
}

// WithMetadata returns a temporal unit with more units in it, where metadata stands (7.5): behind a sequence header and before
// the frames. Nothing can stand behind a unit without a size.
func WithMetadata(sample []byte, metadata ...[]byte) ([]byte, error) {
	var head, rest [][]byte
	err := units(sample, func(u Unit, whole []byte) {
		if len(rest) == 0 && (u.Type == TypeDelimiter || u.Type == TypeSequence) && whole[0]&2 != 0 {
			head = append(head, whole)
		} else {
			rest = append(rest, whole)
		}
	})
	return slices.Concat(slices.Concat(head...), slices.Concat(metadata...), slices.Concat(rest...)), err
}

func units(sample []byte, f func(u Unit, whole []byte)) error {
	for at := int64(0); at < int64(len(sample)); {
		u, next, err := ParseUnit(sample[at:min(int64(len(sample)), at+MaxUnitHead)], at, int64(len(sample)))
		if err != nil {
			return err
		}
		f(u, sample[at:next])
		at = next
	}
	return nil
}
