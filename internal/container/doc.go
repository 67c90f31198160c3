// Package container says what an edit and its proof need of a file: its tracks, their samples in decode order, and a
// patcher that writes the file anew with some samples replaced. Packages mp4 and mkv provide it; what a sample holds is
// for the packages of codecs.
package container

import "errors"

// ErrMalformed is wrapped by every error about a file that breaks its own format.
var ErrMalformed = errors.New("malformed file")

// ErrUnsupported is wrapped by errors about a sound file that uses something that can't be kept when it is patched.
var ErrUnsupported = errors.New("unsupported feature of the file")

// ErrEncrypted is wrapped, beside ErrUnsupported, by errors about a file whose pictures or sound are encrypted.
var ErrEncrypted = errors.New("encrypted pictures or sound")

// ErrTooMany is wrapped by errors about a file with more samples than are laid out in memory. It comes with
// ErrMalformed when there can't be so many in a file of its size.
var ErrTooMany = errors.New("too many samples")

// MaxSamples bounds what is laid out in memory of all tracks of a file together: 15 hours at 60 fps with their sound. A
// sample takes about 8 bytes with its place in the order of display, so that a proof of the longest clip, which opens
// two files, stays under 200 MB.
const MaxSamples = 6_000_000
