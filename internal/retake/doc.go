// Package retake is the domain: a request to make a segment of a clip anew, the generation that carries it out,
// the report that proves what stayed, and the interfaces of what is pluggable (engines, stores, blobs).
//
// It imports the standard library only and knows nothing of HTTP, SQL, ffmpeg or files on disk; every other
// package may import it. Times are seconds (float64) where a person states them and frames, samples or ticks
// where a file does.
package retake
