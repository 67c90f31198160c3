// Package depth holds a clip's own decoded pictures, of any bit depth and chroma subsampling, and the 8-bit 4:2:0 view of
// them that engines are shown.
//
// An engine's answer comes back as a difference: a sample of the new picture is the original's, at its full depth, plus
// what the engine changed of the view, scaled up. So a sample that the engine left alone keeps its exact value, and one
// that it changed keeps what the view was too coarse to show. Nothing here knows files, codecs or edits.
package depth
