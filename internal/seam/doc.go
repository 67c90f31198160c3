// Package seam fits what a generative engine answered into the clip it is for. Such an engine shows all of its window
// anew, and all of it drifts: a little brighter, of another tint, softer, a picture late. The engine was shown real
// pictures on either side of the segment, the handles, and made those anew as well; what became of them tells what
// has to be undone. Everything here works on pixels of one size and one form, without ffmpeg: Measure looks at the handles,
// Fit.Reader corrects the segment's pictures as they pass.
//
// Pixels that the edit did not mean to change come out as the original's own, byte for byte.
package seam
