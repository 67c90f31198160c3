package splice

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Quality says what new pictures, and those that have to be encoded again beside them, may lose. Rate factors are x264's
// (lower is better); codecs with a scale of their own translate them.
type Quality struct {
	Preset    string `koanf:"preset"`
	EditCRF   int    `koanf:"edit_crf"`   // of the new pictures
	BridgeCRF int    `koanf:"bridge_crf"` // of the re-encoded pictures after the segment
	LeadInCRF int    `koanf:"lead_in_crf"`
}

// DefaultQuality keeps re-encoded pictures at 47 dB on footage that is nearly all noise and at 53 dB on clean footage.
// A quick preset at a low rate factor beats a slow one at a higher factor in both time and PSNR; it costs bytes,
// which are few in a segment.
func DefaultQuality() Quality {
	return Quality{Preset: "veryfast", EditCRF: 17, BridgeCRF: 9, LeadInCRF: 8}
}

// Coding is how one run of pictures is encoded, in words that each codec's encoder puts into its own.
type Coding struct {
	Preset   string // one of Presets: how long the encoder thinks
	CRF      int    // x264's constant rate factor
	MaxQP    int    // x264's scale: no block is quantised more coarsely, whatever CRF would allow; 0 for no such bound
	Lossless bool   // nothing is lost; CRF and MaxQP mean nothing
}

// NearMaxQP bounds the loss of near-lossless pictures: a constant rate factor spends less on noise, where loss is seen
// least, down to 43 dB; a quantiser's step of 3.1 (2^(14/6) * 0.625) loses at most 47 dB on any footage.
const NearMaxQP = 14

// Edit is the coding of new pictures.
func (q Quality) Edit() Coding { return Coding{Preset: q.Preset, CRF: q.EditCRF} }

// LeadIn is the coding of the pictures right before the segment that have to be encoded again.
func (q Quality) LeadIn() Coding {
	return Coding{Preset: q.Preset, CRF: q.LeadInCRF, MaxQP: NearMaxQP}
}

// Bridge is the coding of those right after it.
func (q Quality) Bridge() Coding {
	return Coding{Preset: q.Preset, CRF: q.BridgeCRF, MaxQP: NearMaxQP}
}

// Presets are x264's and x265's, the quickest first.
var Presets = []string{"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"}

// Validate reports every mistake, each with its key.
func (q Quality) Validate() error {
	var errs []error
	if !slices.Contains(Presets, q.Preset) {
		errs = append(errs, fmt.Errorf("quality.preset: must be one of %s, got %q", strings.Join(Presets, ", "), q.Preset))
	}
	for key, crf := range map[string]int{"edit_crf": q.EditCRF, "bridge_crf": q.BridgeCRF, "lead_in_crf": q.LeadInCRF} {
		if crf < 1 || crf > 30 {
			errs = append(errs, fmt.Errorf("quality.%s: must be between 1 and 30, got %d", key, crf))
		}
	}
	return errors.Join(errs...)
}
