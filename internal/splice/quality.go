package splice

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"retake/internal/retake"
)

// Quality says what new pictures, and those that have to be encoded again beside them, may lose. Rate factors are x264's
// (lower is better); codecs with a scale of their own translate them.
type Quality struct {
	Bridge    retake.Bridge `koanf:"bridge"`
	Preset    string        `koanf:"preset"`
	EditCRF   int           `koanf:"edit_crf"`   // of the new pictures; 0 chooses what takes about as many bits as the source
	BridgeCRF int           `koanf:"bridge_crf"` // of the re-encoded pictures after the segment, near
	LeadInCRF int           `koanf:"lead_in_crf"`
}

// DefaultQuality keeps re-encoded pictures at 46 dB or more on footage that is nearly all noise and at 53 dB on clean footage.
// A quick preset at a low rate factor beats a slow one at a higher factor in both time and PSNR; it costs bytes,
// which are few in a segment.
func DefaultQuality() Quality {
	return Quality{Bridge: retake.BridgeNear, Preset: "veryfast", BridgeCRF: 9, LeadInCRF: 8}
}

// Coding is how one run of pictures is encoded, in words that each codec's encoder puts into its own.
type Coding struct {
	Preset   string // one of Presets: how long the encoder thinks
	CRF      int    // x264's constant rate factor
	MaxQP    int    // x264's scale: no block is quantised more coarsely, whatever CRF would allow; 0 for no such bound
	Lossless bool   // nothing is lost; CRF and MaxQP mean nothing
	Apart    bool   // its parameter sets are others than those of the new pictures
	Fine     [2]int // numbers of pictures, from and up to, that are coded as at fineCRF where CRF is coarser; x264 alone needs it
}

// New pictures fade into those that follow. x264 sees little change in each of the last, codes little of it, and leaves the rest as a step at
// the seam: up to three times that of a few pictures that are coded like this. x265 leaves none.
const (
	fineCRF      = 11
	finePictures = 4
)

// zone says in x264's words how many times as many bits the fine pictures get.
func (c Coding) zone() []string {
	if c.Fine[0] >= c.Fine[1] || c.CRF <= fineCRF {
		return nil
	}
	return []string{fmt.Sprintf("zones=%d,%d,b=%.2f", c.Fine[0], c.Fine[1]-1, math.Exp2(float64(c.CRF-fineCRF)/crfDoubles))}
}

// set numbers the parameter sets that a coding needs beside the track's.
func (c Coding) set() int {
	if c.Apart {
		return 1
	}
	return 0
}

// What bounds the loss of near-lossless pictures. A constant rate factor spends less on noise, where loss is seen least,
// down to 43 dB; a quantiser's step of 3.1 (0.625 * 2^(14/6)) loses at most 47 dB on any footage.
const (
	nearMaxQP = 14
	fastMaxQP = 16
	fastCRF   = 10
)

// LeadIn is the coding of the pictures right before the segment that have to be encoded again.
func (q Quality) LeadIn() Coding { return q.beside(q.LeadInCRF) }

// AfterSegment is the coding of those right after it.
func (q Quality) AfterSegment() Coding { return q.beside(q.BridgeCRF) }

func (q Quality) beside(crf int) Coding {
	switch q.Bridge {
	case retake.BridgeExact:
		return Coding{Preset: q.Preset, Lossless: true, Apart: true}
	case retake.BridgeFast:
		return Coding{Preset: Presets[0], CRF: fastCRF, MaxQP: fastMaxQP, Apart: true}
	}
	return Coding{Preset: q.Preset, CRF: crf, MaxQP: nearMaxQP}
}

// Presets are x264's and x265's, the quickest first.
var Presets = []string{"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"}

// Validate reports every mistake, each with its key.
func (q Quality) Validate() error {
	var errs []error
	if !slices.Contains(retake.Bridges(), q.Bridge) {
		errs = append(errs, fmt.Errorf("quality.bridge: must be one of near, exact, fast, got %q", string(q.Bridge)))
	}
	if !slices.Contains(Presets, q.Preset) {
		errs = append(errs, fmt.Errorf("quality.preset: must be one of %s, got %q", strings.Join(Presets, ", "), q.Preset))
	}
	if q.EditCRF < 0 || q.EditCRF > 30 {
		errs = append(errs, fmt.Errorf("quality.edit_crf: must be between 1 and 30, or 0 to be chosen, got %d", q.EditCRF))
	}
	for _, f := range []struct {
		key string
		crf int
	}{{"bridge_crf", q.BridgeCRF}, {"lead_in_crf", q.LeadInCRF}} {
		if f.crf < 1 || f.crf > 30 {
			errs = append(errs, fmt.Errorf("quality.%s: must be between 1 and 30, got %d", f.key, f.crf))
		}
	}
	return errors.Join(errs...)
}

// cautious is a codec whose lossless pictures not every player takes.
type cautious interface {
	// caution says so in a sentence.
	caution() string
}

// LosslessCaution says which players may refuse a result whose pictures beside the segment were encoded without loss, ""
// when all that play the original take it.
func (v *Video) LosslessCaution() string {
	of := any(v.codec)
	switch c := of.(type) {
	case units:
		of = c.unitFormat
	case frames:
		of = c.frameFormat
	}
	if c, ok := of.(cautious); ok {
		return c.caution()
	}
	return ""
}
