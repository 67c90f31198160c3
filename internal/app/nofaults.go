//go:build !faults

package app

import "retake/internal/retake"

// pause does nothing. Tests build with the tag faults to stop a generation in a phase of their choice.
func pause(retake.Phase) {}
