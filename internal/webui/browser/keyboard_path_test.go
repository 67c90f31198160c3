package browser

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The whole path from the sign-in to a deleted take, without a pointer.
func TestKeyboardAlone(t *testing.T) {
	s := start(t, "RETAKE_PAUSE_PHASE=splicing")
	tinyClip(t, s, "tiny.mp4")
	k := openKeyboard(t, s)
	k.signInByKey("/ai/workbench", s.key)
	k.wait("the Workbench with its clip", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes'`)
	for _, step := range []struct {
		name string
		do   func(k keyboard)
	}{
		{"choose a clip", keysChooseClip}, {"mark the segment", keysMarkSegment}, {"fill the form", keysFillForm},
		{"JSON and API", keysTabs}, {"make a take", keysMake}, {"compare", keysCompare}, {"report and settings", keysReport},
		{"delete", keysDelete}, {"history", keysHistory}, {"keys and theme", keysMenu},
	} {
		k.part(t, step.name, func(*testing.T) { step.do(k) })
	}
}

func keysChooseClip(k keyboard) {
	k.use("[data-testid=choose]")
	k.wait("the dialog", `document.querySelector('dialog[open]')?.contains(document.activeElement)`)
	for range 12 { // further than there are stops in it
		k.press(kb.Tab)
		if !js[bool](k.page, `document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)`) {
			k.t.Fatalf("the focus left the dialog for %s", k.on())
		}
	}
	k.press(kb.Escape)
	k.wait("the dialog's end", `!document.querySelector('dialog')`)
	k.isOn("[data-testid=choose]")
	k.press(" ")
	k.write("#choose-search", "tiny")
	k.wait("the one file", `document.querySelectorAll('.files button').length === 1`)
	k.use(".files button")
	k.wait("the clip", `document.querySelector('.source .what strong').innerText === 'tiny.mp4' && document.querySelector('[data-testid=filmstrip]').dataset.drawn === 'yes'`)
	k.isOn("[data-testid=choose]")
}

func keysMarkSegment(k keyboard) {
	k.write("#segment-in", "1")
	k.press(kb.Enter)
	k.write("#segment-out", "0:05:00")
	k.press(kb.Enter)
	k.isSegment("0:01:00", "0:05:00")
	k.write("#segment-in", "soon")
	k.press(kb.Enter)
	k.wait("the mistake at the field", `document.activeElement.getAttribute('aria-invalid') === 'true' && document.querySelector('#segment-says').innerText.includes('is no time')`)
	k.write("#segment-in", "30f")
	k.press(kb.Enter)
	k.isSegment("0:01:05", "0:05:00")

	k.tabTo("[data-testid=grip-start]", chromedp.ModifierShift)
	k.press(kb.ArrowLeft)
	k.isSegment("0:01:04", "0:05:00")
	k.press(kb.ArrowRight, chromedp.ModifierShift)
	k.isSegment("0:02:04", "0:05:00")
	k.press(kb.End)
	k.isSegment("0:03:00", "0:05:00")
	k.wait("the reason", `document.querySelector('.lanes [role=status]').innerText.includes('at least 2 s')`)
	k.press(kb.Home)
	k.isSegment("0:00:00", "0:05:00")
	if got := js[string](k.page, `document.activeElement.getAttribute('aria-valuetext')`); got != "0:00:00" {
		k.t.Errorf("the grip says %q", got)
	}
	k.press(kb.PageUp)
	k.tabTo("[data-testid=grip-end]")
	k.press(kb.End)
	k.isSegment("0:01:00", "0:06:00")
	k.press(kb.ArrowRight)
	k.wait("the reason", `document.querySelector('.lanes [role=status]').innerText.includes('clip ends here')`)
	k.press(kb.PageDown)
	k.tabTo("[data-testid=grip-whole]", chromedp.ModifierShift)
	k.press(kb.ArrowRight, chromedp.ModifierShift)
	k.isSegment("0:02:00", "0:06:00")
	k.press(kb.ArrowUp)
	k.wait("the reason", `document.querySelector('.lanes [role=status]').innerText.includes('clip ends here')`)
	k.press(kb.ArrowLeft, chromedp.ModifierShift)
	k.isSegment("0:01:00", "0:05:00")
}

func keysFillForm(k keyboard) {
	k.write("#prompt", kb.Delete)
	k.wait("the suggestions", `document.querySelector('.chips')`)
	k.use(".chips button:nth-child(2)")
	k.isOn("#prompt") // so that one can write on
	first := js[string](k.page, `document.querySelector('#prompt').value`)
	if first == "" {
		k.t.Error("the suggestion was not taken")
	}
	k.press(kb.End)
	k.press(", hea")
	k.wait("words that fit", `document.querySelector('.chips button')?.innerText.startsWith('hea')`)
	word := k.text(".chips button")
	k.use(".chips button")
	k.isOn("#prompt")
	if got := js[string](k.page, `document.querySelector('#prompt').value`); got != first+", "+word {
		k.t.Errorf("the prompt is %q", got)
	}
	k.write("#prompt", "night")
	k.wait("the reading", `document.querySelector('.reading')?.innerText.includes('night')`)
	k.tabTo("[data-testid=mode-replace_audio]")
	k.press(" ")
	k.wait("the mode", `document.querySelector('[data-testid=mode-replace_audio]').ariaPressed === 'true'`)
	k.tabTo("[data-testid=mode-replace_video]", chromedp.ModifierShift)
	k.press(kb.Enter)
	k.use("[aria-label='One take more']")
	k.press(kb.Enter)
	k.write("#takes", "12")
	k.use("[aria-label='One take more']")
	k.isOn("[aria-label='One take more']") // though it has come to its end
	k.tabTo("#takes", chromedp.ModifierShift)
	k.press(kb.ArrowDown)
	k.write("#takes", "1")
	k.write("#field-seed", "7")
	k.use("#engine")
	k.tabTo("[data-testid=engine-auto]")
	k.press(kb.ArrowDown)
	k.isOn("[data-testid=engine-builtin]")
	k.wait("the engine", `document.querySelector('#engine-now').innerText === 'Built-in editor'`)
	k.press(kb.Escape)
	k.isOn("#engine")
	k.wait("the closed menu", `!document.querySelector('.engines').open`)
	got := k.params()
	for name, want := range map[string]string{"prompt": "night", "mode": "replace_video", "seed": "7", "num_generations": ""} {
		if got[name] != want {
			k.t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func keysTabs(k keyboard) {
	k.tabTo("#tab-form", chromedp.ModifierShift)
	k.press(kb.ArrowRight)
	k.isOn("#tab-json")
	k.press(kb.Tab)
	if js[bool](k.page, `document.activeElement.getAttribute('role') === 'tab'`) {
		k.t.Error("the tabs are more than one stop")
	}
	k.tabTo("#json")
	k.press("a", chromedp.ModifierCtrl)
	k.press(`{"model": "lightricks-ltx-2-retake"`)
	k.wait("the mistake", `document.querySelector('#json-says').innerText.includes('not valid JSON')`)
	k.press("a", chromedp.ModifierCtrl)
	k.press(`{"model": "lightricks-ltx-2-retake", "input_video": "/api/repos/ox/uploads/file/main/tiny.mp4", "prompt": "night", "mode": "replace_video", "start_time": 1, "duration": 3, "seed": 9}`)
	k.press(kb.Tab)
	if on := k.on(); strings.HasPrefix(on, "textarea") {
		k.t.Errorf("Tab does not leave the JSON: %s", on)
	}
	k.tabTo("#tab-json", chromedp.ModifierShift)
	k.press(kb.End)
	k.isOn("#tab-api")
	k.wait("the call", `document.querySelector('[data-testid=snippet]')?.innerText.includes('"seed":9') || document.querySelector('[data-testid=snippet]')?.innerText.includes('"seed": 9')`)
	k.tabTo("[data-testid=snippet]")
	k.tabTo("#tab-api", chromedp.ModifierShift)
	k.press(kb.ArrowRight)
	k.isOn("#tab-form")
	k.isSegment("0:01:00", "0:04:00")
}

func keysMake(k keyboard) {
	k.s.Hold.Hold()
	k.write("#prompt", "night")
	k.press(kb.Enter, chromedp.ModifierCtrl)
	k.isOn("#prompt")
	if got := js[string](k.page, `document.querySelector('#prompt').value`); got != "night" {
		k.t.Errorf("the prompt is %q", got)
	}
	k.hears("Take 1 is on its way.")
	k.s.Reached()
	k.tabTo("[data-testid=cancel]")
	if got := js[string](k.page, `document.activeElement.getAttribute('aria-label')`); got != "Cancel take 1" {
		k.t.Errorf("the button is called %q", got)
	}
	k.s.Release()
	k.wait("the take", `document.querySelector('[data-testid=take][data-status=succeeded]')`)
	k.hears("Take 1 is done.")
	k.isOn("[data-testid=verdict]") // which has taken the place of the button

	k.write("#prompt", "black and white")
	k.s.Hold.Hold()
	k.use("[data-testid=make]")
	k.isOn("[data-testid=make]")
	k.s.Reached()
	k.use("[data-testid=cancel]")
	k.s.Release()
	k.wait("its end", `document.querySelector('[data-testid=take][data-status=cancelled]')`)
	k.hears("Take 2 is stopped.")
	k.isOn("[data-status=cancelled] .pick")
	k.write("#prompt", "a purple elephant")
	k.wait("the problem", `document.querySelector('#prompt-says .problem')`)
	k.use("[data-testid=make]")
	k.isOn("#prompt")
	k.toPicture()
	k.press(kb.Enter, chromedp.ModifierCtrl)
	k.isOn("#prompt")
}

func keysCompare(k keyboard) {
	k.toPicture()
	k.press("1")
	k.wait("the take on the stage", `document.querySelector('.half-b video')?.readyState > 1 && document.querySelector('.stage-take')`)
	k.hears("Take 1: night")
	k.use("[data-testid=view-wipe]")
	k.tabTo(".wipe-line")
	for _, key := range []struct {
		key  string
		want string
	}{{kb.ArrowLeft, "48"}, {kb.ArrowRight, "50"}, {kb.PageUp, "60"}, {kb.Home, "0"}, {kb.End, "100"}} {
		k.press(key.key)
		k.wait("the line at "+key.want, `document.activeElement.ariaValueNow === '`+key.want+`'`)
	}
	k.tabTo("[data-testid=view-difference]", chromedp.ModifierShift)
	k.press(" ")
	k.wait("the difference", `document.querySelector('.stage-difference')`)
	k.tabTo("[type=range]")
	k.press(kb.ArrowRight)
	k.wait("more of it", `document.querySelector('.compare [type=range]').value === '9'`)
	k.tabTo("[data-testid=view-take]", chromedp.ModifierShift)
	k.press(kb.Enter)
}

func keysReport(k keyboard) {
	k.use("[data-testid=verdict]")
	k.wait("the report", `document.querySelector('dialog[open]')?.contains(document.activeElement) && document.querySelector('dialog h2').innerText.includes('take 1')`)
	k.press(kb.Escape)
	k.isOn("[data-testid=verdict]")
	k.use("[data-testid=use-settings]")
	k.wait("its settings", `document.querySelector('#prompt').value === 'night'`)
	k.isOn("[data-testid=use-settings]")
}

func keysDelete(k keyboard) {
	k.tabTo("[data-testid=delete]")
	k.press(kb.Enter)
	k.isOn("[data-testid=delete-sure]")
	k.hears("Really delete take 1?")
	k.press(kb.Escape)
	k.isOn("[data-testid=delete]")
	k.down('\r')
	k.half('\r', kb.KeyChar)
	k.isOn("[data-testid=delete-sure]")
	k.up('\r')
	k.press(kb.Tab)
	k.wait("the question's end", `!document.querySelector('[data-testid=delete-sure]')`)
	k.tabTo("[data-testid=delete]", chromedp.ModifierShift)
	k.press(kb.Enter)
	k.press(kb.Enter)
	k.wait("one take", `document.querySelectorAll('[data-testid=take]').length === 1`)
	k.hears("Deleted.")
	k.isOn("[data-testid=take] .pick") // the one beside it
}

func keysHistory(k keyboard) {
	k.s.call("POST", "/api/ai/queue", []byte(`{"model": "lightricks-ltx-2-retake", "prompt": "warmer", "mode": "replace_video", "start_time": 1, "duration": 2, "input_video": "/api/repos/ox/uploads/file/main/tiny.mp4"}`))
	k.use(".topbar nav a[href='/ai/history']")
	k.wait("the rows", `document.querySelectorAll('[data-testid=row]').length === 2 && document.querySelector('[data-testid=row][data-status=succeeded]')`)
	k.press("/")
	k.isOn("#filter-search")
	k.press("nothing like it")
	k.wait("no rows", `!document.querySelector('[data-testid=rows]')`)
	k.use("text=Show all")
	k.wait("the rows", `document.querySelectorAll('[data-testid=row]').length === 2`)
	k.isOn("#filter-search")
	k.tabTo("#filter-status")
	k.press("done")
	k.wait("one row", `document.querySelectorAll('[data-testid=row]').length === 1`)
	k.press(kb.Enter, chromedp.ModifierCtrl) // makes nothing here
	k.use("[data-testid=rerun]")
	k.wait("two rows", `document.querySelectorAll('[data-testid=row][data-status=succeeded]').length === 2`)
	k.tabTo("[data-testid=delete]")
	k.press(kb.Enter)
	k.press(kb.Enter)
	k.wait("one row", `document.querySelectorAll('[data-testid=row]').length === 1`)
	k.wait("the focus on the next row", `document.activeElement.closest('[data-testid=row]')`)
	k.press("?")
	k.wait("the keys", `document.querySelector('dialog[open]')?.innerText.includes('search the prompts')`)
	k.press(kb.Escape)
	k.wait("the focus back", `document.activeElement.closest('[data-testid=row]')`)
}

func keysMenu(k keyboard) {
	k.use(".brand")
	k.wait("the Workbench", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes'`)
	before := js[string](k.page, `getComputedStyle(document.body).backgroundColor`)
	k.use("[data-testid=theme]")
	k.wait("the other theme", `getComputedStyle(document.body).backgroundColor !== '`+before+`'`)
	k.isOn("[data-testid=theme]")

	second := k.secondKey("studio")
	k.use(".menu > summary")
	k.write("#add-key", "rtk_wrong")
	k.page.allow("status of 401", "status of 404") // the wrong key; the clip, which the other namespace can't see
	k.press(kb.Enter)
	k.wait("the refusal", `document.querySelector('.menu [role=alert]')`)
	k.write("#add-key", second)
	k.press(kb.Enter)
	k.wait("the other namespace", `document.querySelector('.menu > summary')?.innerText.trim() === 'studio'`)
	k.use(".menu > summary")
	k.press(kb.Escape)
	k.isOn(".menu > summary")
	k.press(kb.Enter)
	k.use(".menu-body li button[aria-pressed=false]")
	k.wait("the first namespace", `document.querySelector('.menu > summary')?.innerText.trim() === 'ox'`)
	k.use(".menu > summary")
	k.tabTo("[data-testid=sign-out]")
	k.press(kb.Tab)
	k.wait("the menu closed behind the focus", `!document.querySelector('.menu').open`)
	k.tabTo(".menu > summary", chromedp.ModifierShift)
	k.press(kb.Enter)
	k.use("[data-testid=sign-out]")
	k.wait("the sign-in", `location.pathname === '/ai/signin'`)
	k.isOn("#key")
}

// secondKey makes a key of another namespace on the server's machine.
func (k keyboard) secondKey(namespace string) string {
	k.t.Helper()
	return regexp.MustCompile(`rtk_\w+`).FindString(k.s.keys("create", namespace))
}
