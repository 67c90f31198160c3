// Package sample holds the sample clip: an ox walks out of winter into summer, 1080p at 30 frames a second with sound.
// The demo, the README and the repository that a new server is seeded with use it. The program in gen draws and
// records it (make sample); nothing else of the project stands here.
package sample

import (
	_ "embed" // for the clip
	"slices"
)

// What the clip is.
const (
	Name     = "winter_summer_ox.mp4" // its file name in the seeded repository
	Duration = 14.0                   // seconds
	Width    = 1920                   // pixels
	Height   = 1080                   // pixels
	Rate     = 30                     // frames a second
	Frames   = 420
)

//go:embed sample.mp4
var clip []byte

// Clip returns the MP4 file. The bytes are the caller's own.
func Clip() []byte { return slices.Clone(clip) }
