package hosted

import (
	"crypto/rand"
	"encoding/json"
	"time"
)

// note is what outlives a crash: how far a job got.
type note struct {
	Mark    string    `json:"mark"`
	Address string    `json:"address,omitempty"` // where the provider has the window
	Sent    bool      `json:"sent,omitempty"`    // the job is being handed in
	ID      string    `json:"id,omitempty"`      // it was taken
	Cost    string    `json:"cost,omitempty"`    // what it is expected to be charged
	Began   time.Time `json:"began,omitzero"`    // when it was handed in
}

// maxID bounds what a service may want to be remembered.
const maxID = 4 << 10

// readNote reads an earlier run's note. A damaged one is as one of a job in doubt: nothing is handed in twice.
func readNote(raw []byte) note {
	if len(raw) == 0 {
		return note{Mark: rand.Text()}
	}
	var n note
	if json.Unmarshal(raw, &n) != nil || n.Mark == "" {
		return note{Mark: rand.Text(), Sent: true}
	}
	return n
}
