package retake

import "time"

// Status is a generation's state. The arrows are drawn in docs/queue.md.
type Status string

// The states.
const (
	Queued     Status = "queued"
	Processing Status = "processing"
	Succeeded  Status = "succeeded"
	Failed     Status = "failed"
	Cancelled  Status = "cancelled"
)

// Ended reports whether s is final.
func (s Status) Ended() bool { return s == Succeeded || s == Failed || s == Cancelled }

// Valid reports whether s is a known state.
func (s Status) Valid() bool { return s == Queued || s == Processing || s.Ended() }

// Phase is the step a processing generation is in.
type Phase string

// The phases, in their order.
const (
	PhaseFetching   Phase = "fetching"
	PhaseProbing    Phase = "probing"
	PhaseEngine     Phase = "engine"
	PhaseSplicing   Phase = "splicing"
	PhaseVerifying  Phase = "verifying"
	PhasePublishing Phase = "publishing"
)

// Progress is how far a running generation is.
type Progress struct {
	Phase    Phase
	Fraction float64 // of the whole generation, 0 to 1
	ETA      float64 // seconds left, negative when unknown
}

// Generation is one row: what was asked, by whom, how it stands, and what came of it.
type Generation struct {
	ID        string // UUID
	Namespace string // of the key that asked; the owner
	Username  string
	Model     string
	Params    map[string]any // the request's parameters as sent, model and prompt included
	Prompt    string
	Input     string // where the clip is, as the request said it, whatever the model calls the parameter; "" when not kept
	Engine    string
	Request   string // the same for all generations of one request, "" for a lone one
	Priority  int
	// InputNamespace is the clip's, when it is a file of this server that the key could read; else "".
	InputNamespace string

	TargetNamespace string
	TargetRepo      string // "" means "generations"
	TargetDirectory string // "" means the date

	Status   Status
	Progress Progress
	Attempts int   // claims that ended without a result
	Waits    int   // times it went back to the queue because its engine had no room
	Fence    int64 // grows with each claim; a write with an older one is refused
	Worker   string
	Lease    time.Time // until when the claim holds

	WaitReason string    // why a queued generation was put back
	WaitUntil  time.Time // when it is tried again at the earliest
	Note       []byte    // what the engine wrote down to go on from when it is run again

	ResultFile string // repository path of the result, "" before it is there
	ResultSize int64  // bytes; 0 when there is no result, or its file was deleted or replaced since
	Error      string // a sentence for the user
	ErrorCode  Code
	ErrorField string // the request field it is about, "" for none
	Segment    *Segment
	Report     []byte // the preservation report as JSON
	Warnings   []string
	Cost       *string // decimal
	Currency   string  // of Cost, "" when it is not known

	Enqueued  time.Time
	Started   time.Time // zero before
	Completed time.Time
}

// MayRead reports whether the run may read a file of this server: what its key could read when it was asked for.
// Rows of older versions, without InputNamespace, reach their own namespaces.
func (g *Generation) MayRead(f *File) bool {
	return f.Public || f.Namespace == g.Namespace || f.Namespace == g.TargetNamespace || f.Namespace == g.InputNamespace
}

// Outcome ends a claim.
type Outcome struct {
	// Status is Succeeded, Failed or Cancelled; or Queued, by which a runner says that the engine has no room now. Error is
	// the reason then, and RetryAfter the time that the engine asked for.
	Status     Status
	RetryAfter time.Duration
	ResultFile string
	File       *File // with Succeeded: the result's name, added in the same transaction as the end or not at all
	Error      string
	ErrorCode  Code
	ErrorField string
	Segment    *Segment
	Report     []byte
	Warnings   []string
	Cost       *string // decimal, nil when nothing was charged; with what earlier runs of the generation cost
	Currency   string
}
