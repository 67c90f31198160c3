// Package nal holds what H.264 and HEVC streams have in common: NAL units in MP4 samples and in byte streams, emulation
// prevention, Exp-Golomb codes and the usability information about colour and timing. Signal, what a stream says of its
// pictures, and ErrMalformed are those of all other codecs of pictures, too.
//
// All input is untrusted.
package nal
