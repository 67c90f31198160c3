package splice

// Beside says in plain words which pictures outside a segment are encoded anew with it, "" for none.
func (v *Video) Beside() string {
	if _, everywhere := v.codec.(*intra); everywhere {
		return ""
	}
	switch v.codec.name() {
	case "VP9", "AV1":
		return "the pictures up to the next keyframe, without loss"
	case "VP8":
		return "the pictures up to the next keyframe"
	}
	return "the pictures up to the next keyframe and a few before the segment"
}

// Beside says in plain words which sound outside a segment is encoded anew with it, "" for none.
func (a *Audio) Beside() string {
	if _, all := a.codec.(lossless); all {
		return ""
	}
	switch a.codec.name() {
	case "AAC-LC":
		return "up to two sound packets on either side"
	case "Opus":
		return "80 ms of sound on either side"
	}
	return "one sound packet before the segment"
}
