package retake

// Report says what was kept and how that was proved. It stands in the generation's row and in the output of
// edit and verify. All times are seconds, all levels dB unless a name says otherwise.
type Report struct {
	Holds      bool     `json:"holds"`                // the promise holds
	Exact      bool     `json:"exact"`                // every packet outside the edit and its bridge is the original's
	Summary    string   `json:"summary"`              // one plain sentence
	Reasons    []string `json:"reasons,omitempty"`    // what could not be kept, and why
	Violations []string `json:"violations,omitempty"` // what breaks the promise

	Mode    Mode          `json:"mode"`
	Segment Segment       `json:"segment"`
	Video   *TrackReport  `json:"video,omitempty"`
	Audio   *TrackReport  `json:"audio,omitempty"`
	Others  []OtherReport `json:"other_tracks,omitempty"`

	Seams    *SeamReport        `json:"seams,omitempty"`
	Timings  map[string]float64 `json:"timings,omitempty"` // seconds by step
	Engine   string             `json:"engine,omitempty"`
	Seed     int64              `json:"seed,omitempty"`
	Reading  string             `json:"reading,omitempty"`      // what the engine understood of the prompt
	Plan     any                `json:"reading_plan,omitempty"` // the same with every detail, as the engine writes it in JSON
	Warnings []string           `json:"warnings,omitempty"`     // of the engine and the pipeline, for the user
}

// TrackReport is one track's account. Units are frames for pictures and packets for sound.
type TrackReport struct {
	Codec            string       `json:"codec"`
	Total            int          `json:"total"`                   // packets in the track
	Identical        int          `json:"identical"`               // packets with the original's bytes and times
	TimingIdentical  bool         `json:"timing_identical"`        // every pts, dts and duration is the original's
	MetadataKept     bool         `json:"metadata_kept"`           // language, rotation, edit list, disposition
	BitIdentical     bool         `json:"bit_identical"`           // every picture outside the segment decodes to the original's bits
	ParametersKept   bool         `json:"parameters_kept"`         // the original's decoder configuration is still there
	Sequences        int          `json:"sequence_sets,omitempty"` // H.264, HEVC: SPS that pictures of the result refer to; 1: the new ones share the original's
	Spans            []SpanReport `json:"spans"`                   // in presentation order, covering the track
	OutsideIdentical int          `json:"outside_identical"`       // of the packets outside the segment
	OutsideTotal     int          `json:"outside_total"`
}

// SpanReport is a run of frames or packets that were treated alike.
type SpanReport struct {
	Kind  string  `json:"kind"`  // head, lead-in, edit, bridge, tail
	First int     `json:"first"` // index in presentation order
	Count int     `json:"count"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Kept  bool    `json:"kept"` // every packet identical
	// Lossless says of re-encoded pictures that all decode to the original's bits.
	Lossless bool `json:"lossless,omitempty"`
	// Changed counts the frames that don't show the original's picture to the bit, in a span that was compared by what it
	// shows; the measures are of these.
	Changed int `json:"changed,omitempty"`

	PSNR  *float64 `json:"psnr,omitempty"`     // mean luma PSNR against the original
	Worst *float64 `json:"psnr_min,omitempty"` // of the worst frame
	SSIM  *float64 `json:"ssim,omitempty"`     // mean luma SSIM
}

// The kinds of spans.
const (
	SpanHead   = "head"
	SpanLeadIn = "lead-in"
	SpanEdit   = "edit"
	SpanBridge = "bridge"
	SpanTail   = "tail"
)

// OtherReport is the account of a track that no mode edits.
type OtherReport struct {
	Kind      string `json:"kind"`
	Identical bool   `json:"identical"`
}

// SeamReport measures the joins.
type SeamReport struct {
	LumaIn      *Step    `json:"luma_in,omitempty"` // across the segment's start
	LumaOut     *Step    `json:"luma_out,omitempty"`
	ChromaIn    *Step    `json:"chroma_in,omitempty"`
	ChromaOut   *Step    `json:"chroma_out,omitempty"`
	ClickIn     *Click   `json:"click_in,omitempty"`
	ClickOut    *Click   `json:"click_out,omitempty"`
	SoundErrIn  *float64 `json:"sound_error_in_dbfs,omitempty"` // RMS difference of the blocks that share a window with the new sound
	SoundErrOut *float64 `json:"sound_error_out_dbfs,omitempty"`
}

// What a seam that can't be found keeps to: multiples of the clip's own largest step and of its own sharpest sound.
const (
	StepLimit  = 1.25
	ClickLimit = 1.1
)

// Step is a change of mean luma, or of the mean colour difference (the length of the change of Cb and Cr), between two
// neighbouring frames, in 8-bit code values.
type Step struct {
	Value   float64 `json:"value"`   // of the result, across the seam
	Natural float64 `json:"natural"` // the largest such step of the original within a second of the seam
	Times   float64 `json:"times"`   // value in multiples of natural, or of 0.5, half of what can be stored, where that is more
}

// Click is a second-difference measure around a seam: peak over 5 ms, full scale 1.
type Click struct {
	Value   float64 `json:"value"`
	Natural float64 `json:"natural"` // the largest such measure in the original within 200 ms on either side of the seam
	Times   float64 `json:"times"`   // value in multiples of natural, or of 0.01, which nobody hears, where that is more
}

// The least that a natural step or sharpness counts as.
const (
	leastStep  = 0.5
	leastClick = 0.01
)

// NewStep returns a step with its multiple.
func NewStep(value, natural float64) *Step {
	return &Step{Value: value, Natural: natural, Times: value / max(natural, leastStep)}
}

// NewClick returns a click measure with its multiple.
func NewClick(value, natural float64) *Click {
	return &Click{Value: value, Natural: natural, Times: value / max(natural, leastClick)}
}
