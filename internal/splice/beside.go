package splice

// Beside says in plain words which pictures outside a segment are encoded anew with it, "" for none.
func (v *Video) Beside() string {
	switch v.codec.(type) {
	case *intra:
		return ""
	case frames: // nothing is stored behind what is shown later
		if BridgesWithoutLoss(v.Track.Codec, v.Signal.BitDepth) {
			return "the pictures up to the next keyframe, without loss"
		}
		return "the pictures up to the next keyframe"
	}
	return "the pictures up to the next keyframe and a few before the segment"
}

// Beside says in plain words which sound outside a segment is encoded anew with it, "" for none or where packets can't be
// replaced.
func (a *Audio) Beside() string {
	if a.Reason != "" {
		return ""
	}
	switch a.codec.(type) {
	case *aacSound, *vorbisSound:
		return "up to two sound packets on either side"
	case *overlapSound:
		if a.codec.name() == "Opus" {
			return "80 ms of sound on either side"
		}
		return "one sound packet before the segment"
	}
	return ""
}
