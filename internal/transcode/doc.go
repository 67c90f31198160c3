// Package transcode hands packets of sound to ffmpeg and takes new ones from it, both through pipes: a track is a list of
// packets in memory, without times. Between the two stands Matroska, the one container for every codec that is read and
// written in one go (RFC 9559).
package transcode
