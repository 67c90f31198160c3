// Package measure compares pictures and sounds by number: PSNR and SSIM of luma planes, steps of mean luma, clicks
// and levels of sound. It is pure arithmetic on samples that are already decoded. The one thing it judges is what goes unheard
// of a seam in the sound; all else is for its callers.
package measure
