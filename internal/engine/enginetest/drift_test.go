package enginetest_test

import (
	"testing"

	"retake/internal/engine/enginetest"
	"retake/internal/retake"
)

// The drifting engine keeps the promises of engines, so that the suite is known to take one that answers with a file.
func TestDrift(t *testing.T) {
	enginetest.Run(t, func(*testing.T) retake.Engine { return &enginetest.Drift{Picture: "hue=h=5"} }, enginetest.Options{
		Prompts:       map[retake.Mode]string{retake.ReplaceVideo: "x", retake.ReplaceAudio: "x", retake.ReplaceAudioAndVideo: "x"},
		Deterministic: true,
	})
}
