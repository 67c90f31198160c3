package picture

import "retake/internal/retake"

// behind hides what falls far away where something stands before it: the subject, as background blur guesses it. What is only guessed at, in
// a picture in which nothing stands out, hides nothing.
type behind struct{ guess *backgroundBlur }

// farDepths is how many of the depths of snow, rain and hail are further away than a subject.
const farDepths = 2

func newBehind(s stage) behind { return behind{newBackgroundBlur(s, 0)} }

func (b behind) watch(f *retake.Frame, index int) { b.guess.watch(f, index) }

// shown is how much is seen of something at a place, in samples.
func (b behind) shown(x, y float64) float64 {
	m := &b.guess.mask
	c, r := int(x)/maskStep, int(y)/maskStep
	if x < 0 || y < 0 || c >= m.w || r >= m.h {
		return 1
	}
	return 1 - 0.92*smooth((b.guess.peak-0.55)/0.3)*float64(m.pix[r*m.w+c])/(255*256)
}
