package httpapi

import (
	"strconv"
	"strings"
	"time"

	"retake/internal/retake"
)

// EventEncoder writes events as they stand in an event stream. It is shared by all streams, so that an event is
// encoded once however many listen.
type EventEncoder struct {
	Signer *Signer
	Base   string        // this server's address, for links
	TTL    time.Duration // life of a link
}

// Encode returns the event's lines with the blank one at their end. A completion reads
//
//	id: 7
//	event: media_generation_completed
//	data: {"generation_id":"…","status":"succeeded",…}
//
// with compact JSON on one line, for readers that match the lines as text. Progress and other events that are not kept
// carry the number of the last event that is: resuming from it misses nothing.
func (e *EventEncoder) Encode(ev retake.Event) []byte {
	enc := borrowEncoder()
	defer enc.release()
	b := &enc.buf
	b.WriteString("id: ")
	b.WriteString(strconv.FormatInt(ev.Seq, 10))
	b.WriteString("\nevent: ")
	b.WriteString(ev.Name)
	b.WriteString("\ndata: ")
	if err := enc.value(e.data(ev)); err != nil {
		b.WriteString("{}") // only strings and finite numbers go in
	}
	b.WriteString("\n\n")
	return append([]byte(nil), b.Bytes()...)
}

type completed struct {
	GenerationID string `json:"generation_id"`
	Status       string `json:"status"`
	MediaType    string `json:"media_type"`
	Model        string `json:"model,omitempty"`
	URL          string `json:"url,omitempty"`
	Error        string `json:"error,omitempty"`
}

// statusDeleted stands where a row's status stood, in the event that tells that the row is gone.
const statusDeleted = "deleted"

type progressed struct {
	GenerationID string   `json:"generation_id"`
	Phase        string   `json:"phase"`
	Progress     float64  `json:"progress"`
	ETASeconds   *float64 `json:"eta_seconds"`
}

func (e *EventEncoder) data(ev retake.Event) any {
	g := ev.Generation
	switch ev.Name {
	case retake.EventQueued:
		return enqueued{GenerationID: g.ID, Status: string(retake.Queued)}
	case retake.EventDeleted:
		return enqueued{GenerationID: g.ID, Status: statusDeleted}
	case retake.EventProgress:
		p := progressed{GenerationID: g.ID, Phase: string(g.Progress.Phase), Progress: fraction(g.Progress.Fraction)}
		p.ETASeconds = etaOrNull(g.Progress.ETA)
		return p
	}
	c := completed{GenerationID: g.ID, Status: string(g.Status), MediaType: mediaVideo}
	switch g.Status {
	case retake.Succeeded:
		c.Model = g.Model
		if f, err := parseRepoPath(g.ResultFile); err == nil {
			c.URL = strings.TrimRight(e.Base, "/") + e.Signer.Link(f, e.TTL)
		}
	case retake.Failed:
		c.Error = g.Error
		if c.Error == "" {
			c.Error = retake.UserMessage(nil)
		}
	}
	return c
}
