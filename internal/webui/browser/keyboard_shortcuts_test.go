package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The keys that the page's dialog lists do what it says.
func TestShortcuts(t *testing.T) {
	s := start(t)
	address := tinyClip(t, s, "tiny.mp4")
	takeOf(t, s, address, "night")
	takeOf(t, s, address, "warmer")
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	k.openTiny(address, "")
	k.wait("the takes", `document.querySelectorAll('[data-testid=take][data-status=succeeded]').length === 2`)
	for _, group := range []struct {
		name string
		do   func(k keyboard)
	}{
		{"play", shortcutsPlay}, {"segment", shortcutsSegment}, {"takes", shortcutsTakes}, {"held", shortcutsHeld}, {"help", shortcutsHelp},
		{"fields keep their keys", shortcutsFields}, {"dialogs keep their keys", shortcutsDialogs}, {"controls keep their keys", shortcutsControls},
	} {
		t.Run(group.name, func(t *testing.T) {
			k.in(t)
			k.toPicture()
			group.do(k)
		})
	}
}

const (
	plays  = `[...document.querySelectorAll('.half-a video')].every(v => !v.paused)`
	stands = `[...document.querySelectorAll('.stage video')].every(v => v.paused) && document.querySelector('[data-testid=play]').ariaLabel === 'Play'`
)

func (k keyboard) frameAfter(keys string, modifiers []chromedp.Modifier, want int) {
	k.t.Helper()
	k.press(keys, modifiers...)
	if got := k.frame(); got != want {
		k.t.Errorf("the frame after %q is %d, want %d", keys, got, want)
	}
}

func shortcutsPlay(k keyboard) {
	shift := []chromedp.Modifier{chromedp.ModifierShift}
	k.frameAfter(kb.ArrowRight, nil, 1)
	k.frameAfter(kb.ArrowRight, shift, 1+tinyRate)
	k.frameAfter(kb.ArrowLeft, nil, tinyRate)
	k.hears("0:01:00")
	k.frameAfter(kb.ArrowLeft, shift, 0)
	k.frameAfter(kb.ArrowLeft, nil, 0)
	k.press(" ")
	k.wait("playing", plays)
	k.press(" ")
	k.wait("standing", stands)
	k.press("l")
	k.wait("playing", plays)
	k.press("L")
	k.wait("twice as fast", `document.querySelector('.speed')?.innerText === '2×' && document.querySelector('.half-a video').playbackRate === 2`)
	k.press("k")
	k.wait("standing", stands)
	k.press(kb.ArrowRight, chromedp.ModifierShift)
	k.press("j")
	k.wait("the way back to the start", `document.querySelector('[data-testid=clock]').innerText.startsWith('0:00:00')`)
	k.press("m")
	k.wait("silence", `[...document.querySelectorAll('.stage video')].every(v => v.muted)`)
	k.hears("Sound off.")
	k.press("m")
	k.wait("sound", `[...document.querySelectorAll('.stage video')].some(v => !v.muted)`)
}

func shortcutsSegment(k keyboard) {
	k.frameAfter(kb.ArrowRight, []chromedp.Modifier{chromedp.ModifierShift}, tinyRate)
	k.press("i")
	k.isSegment("0:01:00", "0:05:00")
	k.hears("Segment from 0:01:00 to 0:05:00.")
	for range 3 {
		k.press(kb.ArrowRight, chromedp.ModifierShift)
	}
	k.press("o") // the frame that is shown is the last new one
	k.isSegment("0:01:00", "0:04:01")
	k.press("/")
	k.wait("the loop", `document.querySelector('[aria-label="Loop the segment"]').ariaPressed === 'true'`)
	k.hears("Looping the segment.")
	k.press("\\")
	k.wait("the wider loop", `document.querySelector('[aria-label^="Loop ±1 s"]').ariaPressed === 'true'`)
	k.press("\\")
	k.wait("no loop", `!document.querySelector('[aria-label^="Loop"][aria-pressed=true]')`)
	k.press("k")
	k.wait("standing", stands)
}

func shortcutsTakes(k keyboard) {
	for key, prompt := range map[string]string{"1": "night", "2": "warmer"} {
		k.press(key)
		k.wait("take "+key, fmt.Sprintf(`document.querySelector('.take.on .words')?.innerText === %q && document.querySelector('.half-b video')?.readyState > 1`, prompt))
	}
	k.press("3") // there is none
	if !js[bool](k.page, `!!document.querySelector('.take.on')`) {
		k.t.Error("a take that is not there was chosen")
	}
	k.press("0")
	k.wait("the original", `!document.querySelector('.take.on') && !document.querySelector('.half-b')`)
	k.hears("The original alone.")
}

func shortcutsHeld(k keyboard) {
	k.press("1")
	k.wait("the take", `document.querySelector('.stage-take .half-b video')?.readyState > 1`)
	k.down('c')
	k.wait("the original", `document.querySelector('.stage-original')`)
	k.up('c')
	k.wait("the take", `document.querySelector('.stage-take')`)
	// By the button it stays, whatever is typed meanwhile.
	k.tabTo("[data-testid=flip]", chromedp.ModifierShift)
	k.press(kb.Enter)
	k.tabTo("#prompt")
	k.press("c")
	if !js[bool](k.page, `!!document.querySelector('.stage-original')`) {
		k.t.Error("typing a c ended what the button began")
	}
	k.tabTo("[data-testid=flip]", chromedp.ModifierShift)
	k.press(kb.Enter)
	k.wait("the take", `document.querySelector('.stage-take')`)
}

func shortcutsHelp(k keyboard) {
	k.press("?")
	k.wait("the keys", `document.querySelector('dialog[open] dl.keys')?.innerText.includes('loop the segment')`)
	k.press(kb.Escape)
	k.isOn(".stage")
}

// held is everything that shortcuts change.
func (k keyboard) everything() string {
	k.t.Helper()
	return js[string](k.page, `[document.querySelector('[data-testid=clock]').innerText, document.querySelector('#segment-in').value, document.querySelector('#segment-out').value,
		document.querySelector('.take.on')?.dataset.id, document.querySelector('[data-testid=play]').ariaLabel, document.querySelector('.stage').className,
		document.querySelectorAll('[aria-label^="Loop"][aria-pressed=true]').length, document.querySelectorAll('.stage video').length,
		[...document.querySelectorAll('.stage video')].filter(v => v.muted).length, document.querySelectorAll('[data-testid=take]').length].join(' | ')`)
}

const everyLetter = "jkliomc/\\?0123 "

func shortcutsFields(k keyboard) {
	for _, field := range []string{"#prompt", "#field-seed", "#segment-in", "#takes"} {
		k.tabTo(field)
		before := k.everything()
		k.press("a", chromedp.ModifierCtrl)
		k.press(everyLetter)
		k.press(kb.ArrowLeft + kb.ArrowRight)
		if got := js[string](k.page, `document.activeElement.value`); got != everyLetter {
			k.t.Errorf("%s holds %q, want what was typed", field, got)
		}
		if js[bool](k.page, `!!document.querySelector('dialog')`) {
			k.t.Fatalf("typing in %s opened a dialog", field)
		}
		if field != "#segment-in" { // which shows what is typed
			if after := k.everything(); after != before {
				k.t.Errorf("typing in %s changed\n%s to\n%s", field, before, after)
			}
		}
		k.press("a", chromedp.ModifierCtrl)
		k.press(map[string]string{"#segment-in": "2", "#takes": "1", "#prompt": "night"}[field] + kb.Delete)
	}
	k.press(kb.Escape)
	k.isOn(".stage")
}

func shortcutsDialogs(k keyboard) {
	k.use("[data-testid=choose]")
	k.wait("the dialog", `document.querySelector('dialog[open]')`)
	before := k.everything()
	k.press("jlio12m/")
	k.press(kb.ArrowRight)
	k.press(kb.Enter, chromedp.ModifierCtrl)
	if js[bool](k.page, `!!document.querySelector('dialog')`) {
		k.press(kb.Escape)
	}
	k.wait("the dialog's end", `!document.querySelector('dialog')`)
	if after := k.everything(); after != before {
		k.t.Errorf("keys in the dialog changed\n%s to\n%s", before, after)
	}
}

func shortcutsControls(k keyboard) {
	k.press("k")
	// Space presses the focused button, and does not play.
	k.tabTo("[data-testid=mode-replace_audio]")
	k.press(" ")
	k.wait("the mode", `document.querySelector('[data-testid=mode-replace_audio]').ariaPressed === 'true'`)
	if !js[bool](k.page, stands) {
		k.t.Error("space on a button plays")
	}
	// Letters still work there; arrows go by frames.
	before := k.frame()
	k.frameAfter(kb.ArrowRight, nil, before+1)
	k.frameAfter(kb.ArrowLeft, nil, before)
	// Arrows on a slider move the slider, Space still plays.
	k.tabTo(".volume", chromedp.ModifierShift)
	k.press(kb.ArrowLeft)
	k.wait("a lower volume", `document.querySelector('.volume').value === '0.95'`)
	if got := k.frame(); got != before {
		k.t.Errorf("the volume's arrow went to frame %d", got)
	}
	k.press(" ")
	k.wait("playing", plays)
	k.press(" ")
	k.wait("standing", stands)
	// A list keeps its letters.
	k.tabTo("select.model")
	k.press("m")
	if js[bool](k.page, `[...document.querySelectorAll('.stage video')].every(v => v.muted)`) {
		k.t.Error("a letter in a list switched the sound off")
	}
	// The browser's own keys stay the browser's.
	k.toPicture()
	saw := k.everything()
	k.press("i", chromedp.ModifierCtrl)
	k.press("1", chromedp.ModifierAlt)
	if now := k.everything(); now != saw {
		k.t.Errorf("Ctrl+I or Alt+1 changed\n%s to\n%s", saw, now)
	}
}
