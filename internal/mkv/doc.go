// Package mkv reads and patches Matroska and WebM files (RFC 8794, EBML; RFC 9559, Matroska) at the level of elements,
// blocks and frames. Like package mp4 it provides what package container asks for.
//
// Its patcher rewrites a file with some frames replaced and every element it need not touch copied byte for byte, so that
// chapters, tags, attachments and further tracks survive. It knows nothing of what a frame holds.
//
// All input is untrusted: sizes and counts are checked against the file before memory is taken for them, and a payload is
// never read to lay out a track.
package mkv
