package h264

import (
	"fmt"

	"github.com/Eyevinn/mp4ff/avc"
)

// maxSPS bounds a sequence parameter set; real ones have under 100 bytes, with scaling lists under 500.
const maxSPS = 4096

// Stream is what the sequence parameter set says of the pictures.
type Stream struct {
	Width, Height       int // after cropping
	Profile             int // profile_idc: 66 baseline, 77 main, 100 high …
	Level               int
	Constraints         int
	ChromaFormat        int // 1: 4:2:0
	BitDepth            int
	Progressive         bool // frame_mbs_only_flag
	SARWidth            int  // sample aspect ratio, 0 when unknown
	SARHeight           int
	FullRange           bool
	Primaries           int // code points of ITU-T H.273, 2: unspecified
	Transfer            int
	Matrix              int
	ChromaLocation      int // -1: not told
	ReferenceFrames     int
	frameNumBits        int
	separatePlanes      bool
	TickRate, TickUnits int  // frames a second as a fraction, 0 when the stream does not tell its timing
	ReorderDeclared     bool // the stream says how many frames are reordered
	ReorderFrames       int
}

// ParseSPS reads a sequence parameter set.
func ParseSPS(nal []byte) (*Stream, error) {
	if len(nal) > maxSPS {
		return nil, malformed("a sequence parameter set of %d bytes", len(nal))
	}
	if err := checkCycle(nal); err != nil {
		return nil, err
	}
	sps, err := avc.ParseSPSNALUnit(nal, true)
	if err != nil {
		return nil, fmt.Errorf("%w: sequence parameter set: %w", ErrMalformed, err)
	}
	s := &Stream{
		Width: int(sps.Width), Height: int(sps.Height),
		Profile: int(sps.Profile), Level: int(sps.Level), Constraints: int(sps.ProfileCompatibility),
		ChromaFormat: int(sps.ChromaFormatIDC), BitDepth: 8 + int(max(sps.BitDepthLumaMinus8, sps.BitDepthChromaMinus8)),
		Progressive: sps.FrameMbsOnlyFlag,
		Primaries:   2, Transfer: 2, Matrix: 2, ChromaLocation: -1,
		ReferenceFrames: int(sps.NumRefFrames),
		frameNumBits:    int(sps.Log2MaxFrameNumMinus4) + 4, separatePlanes: sps.SeparateColourPlaneFlag,
	}
	if s.frameNumBits > 16 || s.Width <= 0 || s.Height <= 0 || s.Width > 1<<15 || s.Height > 1<<15 {
		return nil, malformed("a sequence parameter set with values out of range")
	}
	if v := sps.VUI; v != nil {
		s.SARWidth, s.SARHeight = int(v.SampleAspectRatioWidth), int(v.SampleAspectRatioHeight)
		s.FullRange = v.VideoFullRangeFlag
		if v.ColourDescriptionFlag {
			s.Primaries, s.Transfer, s.Matrix = int(v.ColourPrimaries), int(v.TransferCharacteristics), int(v.MatrixCoefficients)
		}
		if v.ChromaLocInfoPresentFlag {
			s.ChromaLocation = int(v.ChromaSampleLocTypeTopField)
		}
		if v.TimingInfoPresentFlag && v.NumUnitsInTick > 0 && v.TimeScale > 0 && v.TimeScale < 1<<31 && v.NumUnitsInTick < 1<<30 {
			s.TickRate, s.TickUnits = int(v.TimeScale), 2*int(v.NumUnitsInTick) // a tick is a field
		}
		s.ReorderDeclared, s.ReorderFrames = v.BitstreamRestrictionFlag, int(v.MaxNumReorderFrames)
	}
	return s, nil
}

// checkCycle refuses a set whose list of offsets for picture order count type 1 is longer than the format allows
// (255), before a parser takes memory for it.
func checkCycle(nal []byte) error {
	if len(nal) < 5 {
		return malformed("a sequence parameter set is cut short")
	}
	r := bitReader{data: unescape(nal[4:])}
	r.ue() // id
	switch nal[1] {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		if chroma := r.ue(); chroma == 3 {
			r.u(1)
		}
		r.ue()
		r.ue()
		r.u(1)
		if r.u(1) == 1 {
			return nil // scaling lists: all of them are bounded, and the cycle behind them by maxSPS
		}
	}
	r.ue() // frame number bits
	if r.ue() == 1 {
		r.u(1)
		r.ue()
		r.ue()
		if n := r.ue(); n > 255 {
			return malformed("a sequence parameter set with %d picture order offsets", n)
		}
	}
	if r.bad {
		return malformed("a sequence parameter set is cut short")
	}
	return nil
}

// Streams reads all sequence parameter sets of a configuration by id.
func (c *Config) Streams() (map[uint32]*Stream, error) {
	out := map[uint32]*Stream{}
	for _, nal := range c.SPS {
		id, err := spsID(nal)
		if err != nil {
			return nil, err
		}
		if out[id], err = ParseSPS(nal); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, malformed("the decoder configuration has no sequence parameter set")
	}
	return out, nil
}
