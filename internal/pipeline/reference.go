package pipeline

import (
	"retake/internal/depth"
	"retake/internal/measure"
	"retake/internal/splice"
)

// maxReference bounds the luma that is kept on disk for the proof, bytes: 240 frames of 1080p.
const maxReference = 512 << 20

// reference keeps what the edit's own decoder showed of the original, so that the proof need not decode it again:
// the means of every frame, and the luma planes of those that are re-encoded. It is a convenience; when the disk
// has no room for it, the proof decodes for itself.
type reference struct {
	luma  *spool // by display index
	plan  splice.Plan
	means map[int]measure.Means
	full  bool
}

func newReference(dir string, plan splice.Plan) (*reference, error) {
	luma, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	return &reference{luma: luma, plan: plan, means: map[int]measure.Means{}}, nil
}

// add takes note of a decoded frame.
func (r *reference) add(display int, f *depth.Picture) {
	luma := f.Luma()
	r.means[display] = measure.MeansOf(f.Planes(), f.Format.Bits)
	p := r.plan
	if display < p.N || display >= p.M || display >= p.Start && display < p.End {
		return
	}
	r.full = r.full || r.luma.size+int64(len(luma)) > maxReference || r.luma.put(display, luma) != nil
}

// Means implements verify.Reference.
func (r *reference) Means(display int) (measure.Means, bool) {
	m, ok := r.means[display]
	return m, ok
}

// Luma implements verify.Reference.
func (r *reference) Luma(display int, dst []byte) (bool, error) { return r.luma.load(display, dst) }

func (r *reference) close() error { return r.luma.close() }
