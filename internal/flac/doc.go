// Package flac reads stream information and frame headers of FLAC and encodes single frames that take the place of
// others in a stream (RFC 9639). It does not decode.
package flac
