// Package h264 reads and edits H.264 streams (ITU-T H.264) below the level of pictures: NAL units, the decoder
// configuration of MP4 files, parameter set ids and slice headers. It decodes no picture.
//
// All input is untrusted.
package h264
