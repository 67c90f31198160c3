// Package mp4 reads and patches ISO base media files (MP4, M4V, MOV; ISO/IEC 14496-12 and Apple's QuickTime File
// Format) at the level of boxes, sample tables and samples.
//
// Its patcher rewrites a file with some samples replaced and every box it need not touch copied byte for byte, so
// that rotation, metadata, timecode, chapters and further tracks survive. It knows nothing of what a sample holds;
// that is for the packages of codecs.
//
// All input is untrusted: sizes and counts are checked against the file before memory is taken for them.
package mp4
