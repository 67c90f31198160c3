package browser

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// frame is the length of a frame of the test's clips, seconds.
const frame = 1 / 25.0

// Original and take, or two takes, on one clock: wiped, side by side, as a difference, flipped, zoomed.
func TestMouseCompare(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.enter(s.put(makeClip(t, "clip.mp4", 8, "-g", "50")), map[string]string{"start_time": "2", "duration": "3.2", "prompt": "black and white", "mode": "replace_audio_and_video", "seed": "5"})
	p.part(t, "made", p.makesTwoTakes)
	p.part(t, "clock", p.playsOnOneClock)
	p.part(t, "wipe", p.wipes)
	p.part(t, "side", p.showsSideBySide)
	p.part(t, "difference", p.showsDifference)
	p.part(t, "flip", p.flips)
	p.part(t, "takes", p.comparesTakes)
	p.part(t, "zoom", p.zoomsIntoPixels)
}

// makesTwoTakes: take 1 in black and white, take 2 at night. Take 1 is on the stage.
func (p *page) makesTwoTakes(t *testing.T) {
	p.click("[data-testid=make]")
	p.wait("the first take", take(1)+`?.dataset.status === 'succeeded'`)
	p.fill("#prompt", "night, ocean waves")
	p.click("[data-testid=make]")
	p.wait("the second take", take(2)+`?.dataset.status === 'succeeded'`)
	p.wait("it on the stage", `document.querySelector('.half-b video')?.readyState > 1 && document.querySelector('.half-b video').getAttribute('aria-label') === 'Take 2'`)
	p.clickIn(1, ".pick")
	p.wait("the first on the stage", `document.querySelector('.half-b video')?.readyState > 1 && document.querySelector('.half-b video').getAttribute('aria-label') === 'Take 1'`)
}

// times are where the two players stand, seconds, read at the same moment.
func (p *page) times() (a, b float64) {
	p.t.Helper()
	v := js[[2]float64](p, `[document.querySelector('.half-a video').currentTime, document.querySelector('.half-b video').currentTime]`)
	return v[0], v[1]
}

func (p *page) playsOnOneClock(t *testing.T) {
	for _, seconds := range []float64{0.5, 3, 6.9, 1} {
		p.seek(seconds)
		if a, b := p.times(); math.Abs(a-b) > frame/2 {
			t.Errorf("after going to %g s the players stand at %g and %g s", seconds, a, b)
		}
	}
	p.click("[aria-label='One frame on']")
	p.settled(1 + frame)
	p.click("[data-testid=play]")
	p.wait("both to play", `[...document.querySelectorAll('.stage video')].every(v => !v.paused && v.currentTime > 1.5)`)
	var apart []float64
	for n := 0; n < 41; n++ {
		a, b := p.times()
		apart = append(apart, math.Abs(a-b))
		time.Sleep(25 * time.Millisecond) // looks spread over the time that plays
	}
	slices.Sort(apart) // a machine that stalls may show a moment before the one in front waits
	if apart[20] > 0.1 {
		t.Errorf("while playing the players were %.3f s apart", apart)
	}
	// One that is pushed off is brought back while they play.
	const pushed = `((a, b) => { b.currentTime += 0.5; return b.currentTime - a.currentTime; })(document.querySelector('.half-a video'), document.querySelector('.half-b video'))`
	if off := js[float64](p, pushed); off < 0.3 {
		t.Fatalf("the push puts the take %.3f s ahead", off)
	}
	p.wait("both to play together again", fmt.Sprintf(`(v => v.every(v => !v.paused && !v.seeking) && Math.abs(v[0].currentTime - v[1].currentTime) < %g)([...document.querySelectorAll('.stage video')])`, frame))
	p.click("[data-testid=play]")
	p.wait("both to stand together", fmt.Sprintf(`(v => v.every(v => v.paused && !v.seeking) && Math.abs(v[0].currentTime - v[1].currentTime) < %g)([...document.querySelectorAll('.stage video')])`, frame/2))
}

// look switches to a view.
func (p *page) look(view string) {
	p.t.Helper()
	p.click("[data-testid=view-" + view + "]")
	p.wait("the view "+view, `document.querySelector('.stage-`+view+`')`)
}

// middle is the inside of the stage's frame, without the captions in its corners.
func (p *page) middle() box {
	p.t.Helper()
	b := p.at(".frame")
	return box{b.X + 4, b.Y + b.H*0.2, b.W - 8, b.H * 0.7}
}

// seen waits until a part of the stage looks right, as measured in screenshots: a player may still be drawing.
func (p *page) seen(what string, b func() box, right func(mean, most float64) bool) {
	p.t.Helper()
	var mean, most float64
	for end := time.Now().Add(patience / 3); time.Now().Before(end); {
		if mean, most = light(p.picture(b())); right(mean, most) {
			return
		}
	}
	p.t.Errorf("%s: mean %.2f, most %.0f", what, mean, most)
}

// wipes: left of the line is the colourful original, right of it the grey take; the line is dragged.
func (p *page) wipes(t *testing.T) {
	p.seek(3.5)
	p.look("wipe")
	grey := func(part box) bool {
		img := p.picture(part)
		return colour(img) < 4
	}
	frame := p.middle()
	left, right := box{frame.X, frame.Y, frame.W/2 - 20, frame.H}, box{frame.X + frame.W/2 + 20, frame.Y, frame.W/2 - 20, frame.H}
	if grey(left) || !grey(right) {
		t.Errorf("left of the line grey: %v, right of it: %v", grey(left), grey(right))
	}
	for _, to := range []float64{0.9, 0.1} {
		h := p.grab(".wipe-line", 0.5, 0.5)
		b := p.at(".frame")
		h.pull(b.X+b.W*to, h.y)
		h.letGo()
		p.wait("the line to be there", fmt.Sprintf(`Math.abs(Number(document.querySelector('.wipe-line').getAttribute('aria-valuenow')) - %g) <= 1`, to*100))
		part := box{frame.X + frame.W*0.2, frame.Y, frame.W * 0.6, frame.H}
		if got := grey(part); got != (to == 0.1) {
			t.Errorf("with the line at %g the middle is grey: %v", to, got)
		}
	}
}

func (p *page) showsSideBySide(t *testing.T) {
	p.look("side")
	a, b := p.at(".half-a video"), p.at(".half-b video")
	if a.X+a.W > b.X || math.Abs(a.W-b.W) > 1 || a.Y != b.Y {
		t.Errorf("the original is at %+v, the take at %+v", a, b)
	}
	inner := func(v box) box { return box{v.X + v.W*0.1, v.Y + v.H*0.45, v.W * 0.8, v.H * 0.1} }
	if left, right := colour(p.picture(inner(a))), colour(p.picture(inner(b))); left < 20 || right > 4 {
		t.Errorf("colour of the original %.1f, of the take %.1f", left, right)
	}
	holds(t, "the captions", p.text(".corner-a")+p.text(".corner-b"), "Original", "Take 1")
}

// showsDifference: outside the segment all is black, inside it is not.
func (p *page) showsDifference(t *testing.T) {
	p.look("difference")
	b := p.at(".compare [type=range]")
	p.drag(b.X+b.W/4, b.Y+b.H/2, b.X+b.W+4, b.Y+b.H/2)
	p.wait("the most brightness", `document.querySelector('.compare').innerText.includes('32×')`)
	for _, seconds := range []float64{0.6, 1.5, 6.5, 7.5} {
		p.seek(seconds)
		p.seen(fmt.Sprintf("at %g s, outside", seconds), p.middle, func(_, most float64) bool { return most == 0 })
	}
	for _, seconds := range []float64{3, 4} {
		p.seek(seconds)
		p.seen(fmt.Sprintf("at %g s, inside", seconds), p.middle, func(mean, _ float64) bool { return mean > 40 })
	}
	// In the bridge to the next keyframe the original was re-encoded: hardly different, but so.
	p.seek(5.6)
	p.seen("at 5.6 s, re-encoded", p.middle, func(mean, most float64) bool { return most > 0 && mean < 100 })
}

// flips: the button shows the original in place of the take, and the sound goes with the picture.
func (p *page) flips(t *testing.T) {
	p.seek(3.5)
	p.look("take")
	p.heard(t, "the take", "b")
	p.seen("the take", p.middle, func(float64, float64) bool { return colour(p.picture(p.middle())) < 4 })
	p.click("[data-testid=flip]")
	p.wait("the original", `document.querySelector('.stage-original')`)
	p.heard(t, "the original", "a")
	p.seen("the original", p.middle, func(float64, float64) bool { return colour(p.picture(p.middle())) > 20 })
	p.click("[data-testid=flip]")
	p.heard(t, "the take again", "b")
	p.hears(t, "Original")
	p.heard(t, "the take, and the original's sound chosen", "a")
	p.hears(t, "Take 1")
	p.click("[aria-label='Sound off']")
	p.heard(t, "nothing", "")
	p.click("[aria-label='Sound on']")
	p.clickIn(1, ".pick") // off the stage
	p.wait("the original alone", `!document.querySelector('.half-b')`)
	p.heard(t, "the original alone", "a")
	p.clickIn(1, ".pick")
	p.wait("the take", `document.querySelector('.half-b video')?.readyState > 1`)
}

// hears presses the switch of the sound, which then says whose is heard.
func (p *page) hears(t *testing.T, whose string) {
	t.Helper()
	p.click("[data-testid=voice]")
	p.wait("the sound of "+whose, fmt.Sprintf(`document.querySelector('[data-testid=voice]').innerText === %q`, whose))
}

// heard holds which player is not muted: "a", "b" or none.
func (p *page) heard(t *testing.T, what, want string) {
	t.Helper()
	got := js[string](p, `['a', 'b'].filter(n => document.querySelector('.half-' + n + ' video')?.muted === false).join()`)
	if got != want {
		t.Errorf("with %s shown, %q is heard, want %q", what, got, want)
	}
}

func (p *page) comparesTakes(t *testing.T) {
	p.seek(3.5)
	p.pick("[data-testid=against]", "take 2, Built-in editor")
	p.wait("take 2 in place of the original", `document.querySelector('.half-a video')?.getAttribute('aria-label') === 'Take 2' && document.querySelector('.half-a video').readyState > 1`)
	p.settled(3.5)
	p.look("side")
	holds(t, "the captions", p.text(".corner-a")+" "+p.text(".corner-b"), "Take 2 · Built-in editor Take 1 · Built-in editor")
	p.look("difference")
	p.seen("two takes, inside", p.middle, func(mean, _ float64) bool { return mean > 40 })
	p.seek(0.6)
	p.seen("two takes, outside", p.middle, func(_, most float64) bool { return most == 0 })
	if a, b := p.times(); math.Abs(a-b) > frame/2 {
		t.Errorf("the takes stand at %g and %g s", a, b)
	}
	p.pick("[data-testid=against]", "the original")
	p.wait("the original", `document.querySelector('.half-a video')?.getAttribute('aria-label') === 'Original'`)
	p.look("take")
}

func (p *page) zoomsIntoPixels(t *testing.T) {
	size := func() box { return p.at(".half-b video") }
	whole := size()
	p.click("[data-testid=zoom]")
	p.wait("twice the size", fmt.Sprintf(`Math.abs(document.querySelector('.half-b video').getBoundingClientRect().width - %g) < 2`, 2*whole.W))
	f := p.at(".frame")
	p.wheel(f.X+f.W/2, f.Y+f.H/2, -150)
	p.wait("a still greater size", fmt.Sprintf(`document.querySelector('.half-b video').getBoundingClientRect().width > %g`, 3*whole.W))
	a, b := p.at(".half-a video"), size()
	if a != b {
		t.Errorf("the original is at %+v, the take at %+v", a, b)
	}
	p.drag(f.X+f.W/2, f.Y+f.H/2, f.X+f.W/2+80, f.Y+f.H/2+40)
	if moved := size(); math.Abs(moved.X-b.X-80) > 2 || math.Abs(moved.Y-b.Y-40) > 2 {
		t.Errorf("dragging by 80, 40 moved the picture from %+v to %+v", b, moved)
	}
	if got := js[string](p, `getComputedStyle(document.querySelector('.half-b video')).imageRendering`); got != "pixelated" {
		t.Errorf("pixels are drawn %s", got)
	}
	for range 5 { // there are fewer sizes than that
		if p.text("[data-testid=zoom]") == "1×" {
			break
		}
		p.click("[data-testid=zoom]")
	}
	if back := size(); math.Abs(back.W-whole.W) > 1 || math.Abs(back.X-whole.X) > 1 {
		t.Errorf("back at 1× the picture is at %+v, was at %+v", back, whole)
	}
}
