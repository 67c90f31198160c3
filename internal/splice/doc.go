// Package splice puts a new segment into a clip without touching the rest: it plans which compressed packets stay,
// decodes what must be seen, encodes what must be new, and writes a file in which everything else is the
// original's bytes.
//
// A picture track falls into spans, in display order:
//
//	head      [0, N)        packets copied
//	lead-in   [N, Start)    re-encoded, near-lossless: frames the encoder had reordered across the segment's start
//	edit      [Start, End)  new
//	bridge    [End, M)      re-encoded, near-lossless: frames that need the replaced ones to be decoded
//	tail      [M, Total)    packets copied
//
// Sound falls into the same spans, packet by packet; how far new packets reach beyond the segment depends on the codec.
// Codecs of pictures implement codec (codec.go), those of sound soundCodec (sound.go).
//
// The plan is a pure function of the original's tables, so package verify can hold any result against it.
package splice
