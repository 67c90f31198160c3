// Package vorbis reads the headers of a Vorbis track and of its packets, and makes packets that can stand among the track's:
// coded by its own codebooks, floors and residues, in windows of the lengths that the track has at that place. Whoever
// encoded the track, what overlaps a new packet goes on as it was. It does not decode; ffmpeg does. After the Vorbis I
// specification, which the numbers of sections refer to.
package vorbis

import (
	"errors"
	"fmt"
)

// ErrMalformed is what errors about headers and packets wrap.
var ErrMalformed = errors.New("malformed Vorbis")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}
