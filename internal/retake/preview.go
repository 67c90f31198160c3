package retake

// Preview says before a run what it would do. A run of the same request has the same segment and the same spans in
// its report, but for one thing: new sound may take up to 8 packets more at either end, where its seam would be heard
// otherwise, and that shows only once it is there.
type Preview struct {
	Clip     *Clip         `json:"clip"`    // nil when nothing is known of it
	Segment  *FrameSegment `json:"segment"` // nil when there can be none
	Spans    TrackSpans    `json:"spans"`
	Exact    bool          `json:"exact"`   // every packet outside the segment and its bridge would be kept
	Reasons  []string      `json:"reasons"` // what would not be kept, a sentence each
	Engine   string        `json:"engine"`
	Estimate *Estimate     `json:"estimate"`     // nil where no engine can be said
	Reading  *string       `json:"reading"`      // what the engine understands of the prompt, where it can tell
	Plan     any           `json:"reading_plan"` // the same with every detail, nil where the engine has none
	Warnings []string      `json:"warnings"`     // what to know; the run would succeed all the same
	Problems []Problem     `json:"problems"`     // what would make it fail, everything at once
}

// FrameSegment is a segment as it would really be edited.
type FrameSegment struct {
	Segment
	First  int `json:"first_frame"` // in presentation order
	Frames int `json:"frames"`
}

// TrackSpans are the runs of frames and of sound packets that are treated alike. Their Kept is what is expected.
type TrackSpans struct {
	Video []SpanReport `json:"video"`
	Audio []SpanReport `json:"audio"`
}

// Problem is one mistake of a request.
type Problem struct {
	Field   string `json:"field"` // "" when it is about no single one
	Message string `json:"message"`
}

// NoPreview is a preview of which nothing is known; its lists are empty rather than nil.
func NoPreview() Preview {
	return Preview{Reasons: []string{}, Warnings: []string{}, Problems: []Problem{}, Spans: TrackSpans{Video: []SpanReport{}, Audio: []SpanReport{}}}
}
