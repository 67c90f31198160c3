// Package picture changes decoded pictures in place: weather and particles, light and seasons, looks and recolouring, film
// and tape, drawings and paintings, the camera and the frame, titles; and their timing, by a reader around another. Entries lists every effect.
//
// Every effect grows in from nothing at the first frame of a segment and back to nothing at its last, so that new
// frames meet the untouched ones beside them. Pictures are 8-bit YCbCr 4:2:0 of any matrix and range; sizes may be
// odd. All that looks random comes from the seed and the frame's number, so the same input gives the same bytes
// however many threads work on it. The package knows nothing of prompts, files or codecs.
package picture
