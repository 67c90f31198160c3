package browser

import "testing"

// openSmallClip opens the Workbench with a clip that is quick to edit.
func (p *page) openSmallClip(file string) {
	p.t.Helper()
	address := p.s.put(file)
	p.signIn()
	p.visit("/ai/workbench?model=lightricks-ltx-2-retake&start_time=2&duration=2&prompt=snow&mode=replace_audio_and_video&input_video=" + address)
	p.wait("the clip", `document.querySelector('[data-testid=filmstrip]')?.dataset.drawn === 'yes'`)
}

// compareOnce makes a take, compares it with its original in every way, reads its report, and deletes it.
func (p *page) compareOnce() {
	p.t.Helper()
	p.click("[data-testid=make]")
	p.wait("the take", `document.querySelector('[data-testid=take][data-status=succeeded]') && document.querySelector('.half-b video')?.readyState > 1`)
	for _, v := range []string{"wipe", "side", "difference", "take"} {
		p.click("[data-testid=view-" + v + "]")
	}
	p.click("[data-testid=verdict]")
	p.click("dialog [aria-label=Close]")
	p.click("[data-testid=delete]")
	p.click("[data-testid=delete-sure]")
	p.wait("an empty list", `!document.querySelector('[data-testid=take]')`)
}

// A take that is made, compared and deleted leaves nothing behind in the page: no node, no listener, no player.
func TestRunsLeaveNothingBehind(t *testing.T) {
	s := start(t)
	p := open(t, s, 1440, 900)
	p.openSmallClip(makeClip(t, "small.mp4", 6))
	p.compareOnce() // what is made once stays
	before := p.held()
	for range 5 {
		p.compareOnce()
	}
	after := p.held()
	t.Logf("after 1 run %+v, after 6 %+v", before, after)
	if after.clips != before.clips || after.listeners > before.listeners+2 || after.nodes > before.nodes+20 {
		t.Errorf("after 1 run the page holds %+v, after 6 runs %+v", before, after)
	}
}
