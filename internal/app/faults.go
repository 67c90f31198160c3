//go:build faults

package app

import (
	"os"
	"time"

	"retake/internal/retake"
)

// pause holds a generation in the phase that RETAKE_PAUSE_PHASE names, as long as the file RETAKE_PAUSE_FILE is
// there; it says that it does by making that file's name with ".reached". Tests kill and cancel the server there.
func pause(phase retake.Phase) {
	hold := os.Getenv("RETAKE_PAUSE_FILE")
	if hold == "" || string(phase) != os.Getenv("RETAKE_PAUSE_PHASE") {
		return
	}
	if err := os.WriteFile(hold+".reached", nil, 0o600); err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(hold); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}
