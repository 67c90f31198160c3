package picture

import (
	"math"

	"retake/internal/retake"
	"retake/internal/wish"
)

// RackFocus is the effect's name.
const RackFocus Kind = "rack focus"

var racked = Entry{Kind: RackFocus, Takes: []wish.Param{wish.Heading},
	Doc: "the focus lies on the background at first and is pulled to the subject, or away from it when the prompt says so; what the subject is, is guessed as for background blur",
	Make: func(s stage, l Look) effect {
		return &rackFocus{backgroundBlur: newBackgroundBlur(s, l.Strength), look: l}
	}}

// rackFocus moves the focus between the subject and what is around it.
type rackFocus struct {
	*backgroundBlur
	look Look
}

func (r *rackFocus) apply(f *retake.Frame, index int, amount float64) {
	far := 1 - smooth((r.share(r.look, index)-0.35)/0.3) // how much the focus lies on the background
	if r.look.Direction == wish.Out {
		far = 1 - far
	}
	// The mask, which is made anew for each picture, now tells what is in focus rather than what the subject is.
	share := int32(math.Round(256 * far))
	for i, m := range r.mask.pix {
		r.mask.pix[i] = uint16((int32(m)*(256-share) + (255<<8-int32(m))*share) >> 8)
	}
	r.backgroundBlur.apply(f, index, amount)
}
