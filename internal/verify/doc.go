// Package verify holds an edited clip against its original and proves, or refutes, that nothing outside the edited
// segment changed. It knows nothing of how the result was made: it reads both files, asks of the original's tables
// which packets an edit of the segment may touch at all, and compares everything else byte by byte.
//
// What may differ is judged by what is seen and heard: frames that had to be re-encoded next to the segment by PSNR
// and SSIM, the seams by the step in brightness, the click measure and the error of the blocks that old and new
// sound share. Only the stretches around the segment are decoded, so the cost follows the segment, not the clip.
package verify
