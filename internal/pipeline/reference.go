package pipeline

import (
	"errors"
	"fmt"
	"os"

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
	file  *os.File
	plan  splice.Plan
	means map[int]measure.Means
	at    map[int]int64 // offset of a display frame's plane
	size  int64
	full  bool
}

func newReference(dir string, plan splice.Plan) (*reference, error) {
	f, err := os.CreateTemp(dir, "luma-")
	if err != nil {
		return nil, fmt.Errorf("keep luma: %w", err)
	}
	return &reference{file: f, plan: plan, means: map[int]measure.Means{}, at: map[int]int64{}}, nil
}

// add takes note of a decoded frame.
func (r *reference) add(display int, f *depth.Picture) {
	luma := f.Luma()
	r.means[display] = measure.MeansOf(f.Planes(), f.Format.Bits)
	p := r.plan
	if display < p.N || display >= p.M || display >= p.Start && display < p.End {
		return
	}
	if r.full || r.size+int64(len(luma)) > maxReference {
		r.full = true
		return
	}
	if _, err := r.file.WriteAt(luma, r.size); err != nil {
		r.full = true
		return
	}
	r.at[display] = r.size
	r.size += int64(len(luma))
}

// Means implements verify.Reference.
func (r *reference) Means(display int) (measure.Means, bool) {
	m, ok := r.means[display]
	return m, ok
}

// Luma implements verify.Reference.
func (r *reference) Luma(display int, dst []byte) (bool, error) {
	at, ok := r.at[display]
	if !ok || len(dst) == 0 {
		return ok, nil
	}
	_, err := r.file.ReadAt(dst, at)
	return true, err
}

func (r *reference) close() error { return errors.Join(r.file.Close(), os.Remove(r.file.Name())) }
