// Package hevc reads and edits HEVC streams (ITU-T H.265) below the level of pictures: NAL units, the decoder
// configuration of MP4 files, parameter sets and their ids, slice headers. It decodes no picture.
//
// All input is untrusted.
package hevc
