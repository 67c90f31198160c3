package picture

import "retake/internal/retake"

// Reverse is the effect's name.
const Reverse Kind = "reverse"

var reversed = Entry{Kind: Reverse,
	Doc: "the segment, or the part of it that the prompt names, runs backwards, dissolved from the original at its beginning and back into it at its end. Its pictures wait on the disk meanwhile: 3 MB for each of a 1080p clip",
	Read: func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error) {
		k, err := newKeptReader(source, s, l)
		if err != nil {
			return nil, err
		}
		r := &reversal{keptReader: k, crew: crew{threads: max(1, cfg.Threads)}, fade: min(reverseFade*frequency(s.Format), float64(k.to-k.from)/2)}
		k.all = func() { r.other = retake.NewFrame(s.Format) }
		k.show = r.back
		return k, nil
	}}

// reverseFade is how long each dissolve takes, seconds.
const reverseFade = 0.25

// reversal shows the pictures that are kept backwards.
type reversal struct {
	*keptReader
	crew  crew
	fade  float64       // pictures
	other *retake.Frame // the one that is dissolved from or into
}

// back makes picture index: the one that stands as far from the end, and near the ends some of the original.
func (r *reversal) back(dst *retake.Frame, index int) error {
	own := 1 - min(grown(float64(index-r.from), r.fade), grown(float64(r.to-index), r.fade))
	if own >= 1 {
		return r.load(dst, index)
	}
	if err := r.load(dst, r.from+r.to-index); err != nil || own <= 0 {
		return err
	}
	if err := r.load(r.other, index); err != nil {
		return err
	}
	r.crew.over(dst, r.other, own)
	return nil
}
