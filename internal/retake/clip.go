package retake

// Clip says what a clip is and what an edit would keep of it.
type Clip struct {
	Format    string        `json:"format"`    // ffprobe's name
	Container string        `json:"container"` // as people call it: "MP4"
	Duration  float64       `json:"duration"`  // seconds
	Size      int64         `json:"size"`      // bytes
	Video     *Pictures     `json:"video"`
	Audio     *Sound        `json:"audio"` // null for a silent clip
	Tracks    []SoundTrack  `json:"audio_tracks,omitempty"`
	Others    int           `json:"other_tracks"`
	OtherKind []string      `json:"other_track_kinds,omitempty"` // of each, in words: "timecode track"
	Keyframes *Keyframes    `json:"keyframes,omitempty"`         // where the pictures can be replaced packet by packet
	Exact     bool          `json:"exact"`                       // in every mode
	Modes     map[Mode]Fate `json:"modes"`

	FPS float64 `json:"frames_per_second"` // average
	// KeyframeTimes is when packets of the original can go on after a segment, seconds; at most MaxKeyframeTimes, evenly
	// thinned out. Empty where all pictures would be re-encoded; nil in a Preview, which is asked for often.
	KeyframeTimes []float64 `json:"keyframe_times,omitzero"`
}

// MaxKeyframeTimes bounds Clip.KeyframeTimes.
const MaxKeyframeTimes = 2000

// Pictures is the picture track.
type Pictures struct {
	Codec    string `json:"codec"`
	Profile  string `json:"profile"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Rotation int    `json:"rotation"` // degrees, clockwise
	Rate     Rate   `json:"rate"`     // average frames a second
	Frames   int    `json:"frames"`
	PixFmt   string `json:"pixel_format"`
	Matrix   string `json:"matrix,omitempty"`

	Interlaced bool `json:"interlaced,omitempty"` // woven of fields
}

// SoundTrack is one of a clip's sound tracks.
type SoundTrack struct {
	Number int `json:"number"` // counted from 1: what a request calls audio_track
	Sound
	Language string `json:"language,omitempty"`
	Title    string `json:"title,omitempty"`
	Edited   bool   `json:"edited"` // the one that an edit of the sound changes
}

// Sound is the sound track.
type Sound struct {
	Codec      string `json:"codec"`
	Profile    string `json:"profile"`
	SampleRate int    `json:"sample_rate"`
	Channels   int    `json:"channels"`
}

// Keyframes says where packets of the original can go on after a segment.
type Keyframes struct {
	Count int     `json:"count"`
	Apart float64 `json:"apart"` // the longest distance of one to the next or to the clip's end, seconds
}

// Fate says what an edit in one mode keeps.
type Fate struct {
	Exact     bool     `json:"exact"`      // every packet outside the segment and its bridge
	KeepVideo bool     `json:"keep_video"` // the picture track need not be re-encoded as a whole
	KeepAudio bool     `json:"keep_audio"`
	Beside    []string `json:"beside,omitempty"`  // what outside the segment is encoded anew all the same, in plain words
	Reasons   []string `json:"reasons"`           // what can't be kept, a sentence each
	Refused   string   `json:"refused,omitempty"` // why there can be no such edit
}

// Waveform is how loud a clip is, at points evenly spaced over it. A silent clip has none.
type Waveform struct {
	Points   int     `json:"points"`
	Duration float64 `json:"duration"` // seconds
	Peak     []int   `json:"peak"`     // largest sample of any channel, 255 for full scale
	RMS      []int   `json:"rms"`      // of all channels
}

// Bounds of the views of a clip.
const (
	MaxTiles      = 60  // of a filmstrip
	MinTileHeight = 16  // pixels
	MaxTileHeight = 200 // pixels

	MinWavePoints = 16
	MaxWavePoints = 4000
)
