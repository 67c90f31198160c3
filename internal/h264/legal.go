package h264

import "fmt"

// inclusion ranks profiles whose streams decoders of all later ones take (A.2), the baseline one in the form that keeps
// to what it shares with main, as x264 does.
var inclusion = map[int]int{66: 0, 77: 1, 100: 2, 110: 3, 122: 4, 244: 5}

// Flags among the constraints (7.4.2.1.1).
const (
	asBaseline = 0x80 >> iota // constraint_set0_flag
	asMain
	_
	onlyIntra // with the high profiles; with the others, that level 11 means 1b
	_
	withoutB
)

// rank of a level, twice level_idc but for 1b, which lies between 1 and 1.1 and is told in two ways (A.3.4.1).
func (s *Stream) rank() int {
	if s.Level == 9 || s.Level == 11 && s.Profile <= 88 && s.constraints&onlyIntra != 0 {
		return 21
	}
	return 2 * s.Level
}

// Lossless reports whether the stream may have pictures without loss.
func (s *Stream) Lossless() bool { return s.bypass }

// Serves says why pictures that were encoded for the stream m can't be decoded as pictures of s, with their slice headers
// rewritten by a Move, "" when they can. depth is by how many pictures the deepest of m's is out of order; shown is
// the same of the pictures that s has, which counts where s itself does not tell.
//
// All that the decoding process (clause 8) takes from a sequence parameter set has to be equal, or to have no part in m.
// max_num_ref_frames is, as it decides which pictures leave the sliding window. That m keeps to the rates of a level is
// no more asked than it is of a stream of its own.
func (s *Stream) Serves(m *Stream, depth, shown int) string {
	u := s.usability
	if u.restricted {
		shown = int(min(u.reorder, maxFrames))
	}
	switch {
	case s.coded != m.coded || s.crop != m.crop || !s.Progressive || !m.Progressive:
		return "the size differs"
	case s.ChromaFormat != m.ChromaFormat || s.BitDepth != m.BitDepth || s.Uneven || m.Uneven || s.separatePlanes != m.separatePlanes:
		return "the depth or the colour sampling differs"
	case s.bypass != m.bypass || s.scaling != m.scaling && s.scaling+m.scaling != "0":
		return "coefficients are scaled in another way"
	case s.rank() < m.rank():
		return fmt.Sprintf("level %d is below %d", s.Level, m.Level)
	case m.References != 0 && m.References != s.References:
		return fmt.Sprintf("it refers to %d frames, not to %d", s.References, m.References)
	case s.OrderType != m.OrderType && (s.OrderType != 0 || m.OrderType != 2):
		return "pictures are counted in another way"
	case s.frameNumBits < m.frameNumBits || m.OrderType == 0 && s.orderBits < m.orderBits:
		return "pictures are counted in fewer bits"
	case m.OrderType == 0 && s.Direct8x8 != m.Direct8x8:
		return "motion is derived in another way"
	case depth > shown:
		return fmt.Sprintf("pictures are out of order by %d, not by %d", shown, depth)
	}
	if reason := s.profileServes(m); reason != "" {
		return reason
	}
	return u.serve(m.usability)
}

// Depth returns by how many pictures those of an x264 stream may be out of order for Serves to allow it, and how many
// B-frames there may be in a row. shown is as in Serves. x264 chooses the widths of its counts by these (x264's
// encoder/set.c).
func (s *Stream) Depth(shown int) (depth, bframes int) {
	if s.usability.restricted {
		shown = int(min(s.usability.reorder, maxFrames))
	}
	switch {
	case s.OrderType != 0 || !s.Direct8x8 || s.References < 2 || inclusion[s.Profile] == 0 || s.constraints&(asBaseline|withoutB) != 0:
		return 0, 0
	case shown < 2 || s.References < 4 || 1<<s.frameNumBits <= 2*s.References+1 || s.orderBits < 6:
		depth = min(shown, 1)
	default:
		depth = 2
	}
	return depth, (1<<s.orderBits-1)/(4*max(depth, 1)) - 2
}

// maxFrames is how many a decoder holds at most (A.3.1).
const maxFrames = 16

func (s *Stream) profileServes(m *Stream) string {
	most, known := inclusion[s.Profile]
	rank, knownToo := inclusion[m.Profile]
	if s.constraints&asMain != 0 {
		most = min(most, 1)
	}
	if s.constraints&asBaseline != 0 {
		most = 0
	}
	switch {
	case !known || !knownToo || rank > most || rank == 0 && m.constraints&asMain == 0:
		return fmt.Sprintf("profile %d holds no pictures of %d", s.Profile, m.Profile)
	case s.constraints&onlyIntra != 0 && s.Profile >= 100 && m.References > 0:
		return "it has keyframes only"
	case s.constraints&withoutB != 0 && s.Profile >= 77 && m.OrderType != 2:
		return "it has no B-frames"
	}
	return ""
}

// serve is Serves for what the usability information promises.
func (u usability) serve(m usability) string {
	switch {
	case u.unread:
		return "its usability information can't be read"
	case u.buffered || u.structured: // D.2.2 asks for a message with each picture, of that
		return "each of its pictures tells its timing"
	case !u.restricted:
		return ""
	case u.inside && !m.inside:
		return "motion stays inside the picture"
	case m.restricted && (u.vectors[0] < m.vectors[0] || u.vectors[1] < m.vectors[1]):
		return "its motion is shorter"
	case m.restricted && u.frames < m.frames:
		return "decoders hold fewer frames"
	}
	return ""
}
