// Package measure compares pictures and sounds by number: PSNR and SSIM of luma planes, steps of mean luma, clicks
// and levels of sound. It is pure arithmetic on samples that are already decoded, and passes no judgement.
package measure
