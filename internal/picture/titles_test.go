package picture

import (
	"strings"
	"testing"

	"retake/internal/wish"
)

// TestLettering holds where titles stand, that long ones are made to fit, and what they can't write.
func TestLettering(t *testing.T) {
	format := formats["landscape"]
	box := func(l Look) (x0, y0, x1, y1 int) {
		got := newLettering(newStage(DefaultConfig(), Setup{Format: format, Frames: 9}), l, l.Kind == LowerThird)
		x0, y0 = format.Width, format.Height
		for i, v := range got.ink.Pix {
			if v > 0 {
				x, y := i%format.Width, i/format.Width
				x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
			}
		}
		return x0, y0, x1, y1
	}
	text := func(kind Kind, place wish.Place, words string) Look {
		return Look{Kind: kind, Strength: 0.6, Detail: wish.Detail{Text: words, Place: place}}
	}
	x0, y0, x1, y1 := box(text(Title, "", "Winter"))
	if mid := (x0 + x1) / 2; mid < 155 || mid > 165 || y0 < 70 || y1 > 110 {
		t.Errorf("a title stands at %d-%d, %d-%d", x0, x1, y0, y1)
	}
	_, _, x1, y1 = box(text(Title, wish.BottomRight, "Winter"))
	if x1 < 285 || x1 > 299 || y1 < 150 || y1 > 169 {
		t.Errorf("a title at the bottom right ends at %d, %d", x1, y1)
	}
	barred := newStage(DefaultConfig(), Setup{Format: format, Frames: 9, Looks: []Look{{Kind: Letterbox, Strength: 0.6}}})
	low := newLettering(barred, text(Title, wish.Bottom, "Winter"), false)
	if black := format.Height - int(barHeight(format, 2.39)); low.bottom > black {
		t.Errorf("a title reaches down to row %d, where bars begin at %d", low.bottom, black)
	}
	x0, y0, x1, y1 = box(text(LowerThird, "", "Anna Weber\nVet"))
	if x0 < 15 || x0 > 30 || y0 < 110 || y1 > 170 {
		t.Errorf("a lower third stands at %d-%d, %d-%d", x0, x1, y0, y1)
	}
	x0, y0, x1, y1 = box(text(Title, "", strings.Repeat("a long title of many words ", 20)+"Donaudampfschifffahrtsgesellschaftskapitänswitwe"))
	if x0 < 20 || x1 > 300 || y0 < 10 || y1 > 170 {
		t.Errorf("a long title leaves the safe area: %d-%d, %d-%d", x0, x1, y0, y1)
	}
	if got := string(Unwritable("Grüße, Ελλάδα, Привет: 雪と雪")); got != "雪と" {
		t.Errorf("it can't write %q", got)
	}
}
