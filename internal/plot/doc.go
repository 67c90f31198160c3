// Package plot draws how an edited clip compares with its original along time: what each span is, brightness, PSNR and
// how loud both are. It draws what verify measured, and measures and judges nothing.
package plot
