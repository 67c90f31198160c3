package plot

import (
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"

	"retake/internal/measure"
	"retake/internal/retake"
	"retake/internal/verify"
)

// The plot's size and the places of its parts, pixels.
const (
	width, height = 1600, 1010
	left, right   = 90.0, 1560.0
	stripTop      = 148.0
	stripHeight   = 40.0
	panelHeight   = 190.0
	panelGap      = 64.0
)

var (
	paper    = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink      = color.RGBA{0x1c, 0x1f, 0x24, 0xff}
	faint    = color.RGBA{0x5b, 0x63, 0x70, 0xff}
	axis     = color.RGBA{0x8b, 0x93, 0x9e, 0xff}
	grid     = color.RGBA{0xdf, 0xe3, 0xe8, 0xff}
	before   = color.RGBA{0x6f, 0x77, 0x83, 0xff} // the original's lines
	after    = color.RGBA{0x1a, 0x56, 0xc4, 0xff} // the result's
	alike    = color.RGBA{0x0b, 0x6b, 0x4b, 0xff}
	unlike   = color.RGBA{0x9d, 0xb4, 0xe2, 0xff}
	bad      = color.RGBA{0xa8, 0x1e, 0x1e, 0xff}
	keptTint = color.RGBA{0xe4, 0xef, 0xe8, 0xff}
	newTint  = color.RGBA{0xdc, 0xe8, 0xfb, 0xff}
	nearTint = color.RGBA{0xfb, 0xec, 0xcf, 0xff}
)

// tint is the colour of a span: kept, re-encoded or new.
func tint(s retake.SpanReport) color.RGBA {
	switch {
	case s.Kind == retake.SpanEdit:
		return newTint
	case s.Kept:
		return keptTint
	}
	return nearTint
}

// Write draws a comparison as a PNG. The title names the files.
func Write(w io.Writer, title string, t *verify.Trace, r *retake.Report) error {
	c, err := newCanvas(width, height)
	if err != nil {
		return err
	}
	if t.From > 0 || t.To < t.End-1e-6 {
		title += fmt.Sprintf(", %s to %s of %s", seconds(t.From), seconds(t.To), seconds(t.End))
	}
	c.text(title, left, 40, rightOf, c.bold, ink)
	c.summary(r)
	base := panel{c: c, left: left, right: right, from: t.From, to: t.To}
	top := stripTop + stripHeight + panelGap
	place := func() panel {
		p := base
		p.top, p.bottom = top, top+panelHeight
		top += panelHeight + panelGap
		return p
	}
	luma, psnr, sound := place(), place(), place()
	var video, audio []retake.SpanReport
	if r.Video != nil {
		video = r.Video.Spans
	}
	if r.Audio != nil {
		audio = r.Audio.Spans
	}
	base.strip(video, r.Segment)
	luma.shade(video)
	psnr.shade(video)
	sound.shade(audio)
	luma.brightness(t)
	psnr.likeness(t, r)
	sound.loudness(t)
	for _, at := range []float64{r.Segment.Start, r.Segment.End} {
		if at <= t.From || at >= t.To {
			continue
		}
		x := base.x(at)
		for _, p := range []panel{luma, psnr, sound} {
			c.dashes(point{x, p.top}, point{x, p.bottom}, 1.5, ink)
		}
		c.line([]point{{x, stripTop - 6}, {x, stripTop + stripHeight + 6}}, 2, ink)
		c.text("seam "+seconds(at), x, luma.top-32, centred, c.small, ink)
	}
	sound.clock()
	c.legend(sound.bottom + 46)
	if err := png.Encode(w, c.img); err != nil {
		return fmt.Errorf("write the plot: %w", err)
	}
	return nil
}

// summary writes the verdict, in as many lines as it takes, at most two.
func (c *canvas) summary(r *retake.Report) {
	of := alike
	if !r.Holds {
		of = bad
	}
	verdict := r.Summary
	if r.Holds {
		verdict = "The promise holds. " + verdict
	}
	words := strings.Fields(verdict)
	line, y := "", 66.0
	for _, word := range words {
		next := strings.TrimSpace(line + " " + word)
		if c.width(next, c.plain) > right-left {
			if y > 70 {
				line += " …"
				break
			}
			c.text(line, left, y, rightOf, c.plain, of)
			next, y = word, y+22
		}
		line = next
	}
	c.text(line, left, y, rightOf, c.plain, of)
}

// strip draws the picture track's spans with their names. Names that find no room inside stand above, a line to them.
func (p panel) strip(spans []retake.SpanReport, segment retake.Segment) {
	c := p.c
	c.text("pictures", p.left-10, stripTop+stripHeight/2+5, leftOf, c.small, faint)
	for _, s := range spans {
		if s.End <= p.from || s.Start >= p.to {
			continue
		}
		x0, x1 := p.x(s.Start), p.x(s.End)
		c.box(x0, stripTop, x1, stripTop+stripHeight, tint(s))
		c.line([]point{{x0, stripTop}, {x1, stripTop}, {x1, stripTop + stripHeight}, {x0, stripTop + stripHeight}, {x0, stripTop}}, 1, axis)
		long, short := s.Kind+": "+became(s), s.Kind
		if len(spans) == 1 && s.Kind != retake.SpanEdit {
			long, short = "all "+became(s), "all"
		}
		x0, x1 = widest(x0, x1, p.x(segment.Start), p.x(segment.End))
		middle := (x0 + x1) / 2
		switch {
		case c.width(long, c.small) < x1-x0-12:
			c.text(long, middle, stripTop+stripHeight/2+5, centred, c.small, ink)
		case c.width(short, c.small) < x1-x0-8:
			c.text(short, middle, stripTop+stripHeight/2+5, centred, c.small, ink)
		default:
			c.line([]point{{middle, stripTop}, {middle, stripTop - 10}}, 1, axis)
			align := centred
			if s.Kind == retake.SpanLeadIn {
				align, middle = leftOf, middle+4
			}
			c.text(long, middle, stripTop-14, align, c.small, ink)
		}
	}
}

// widest returns the widest part of [x0, x1) that no seam crosses.
func widest(x0, x1 float64, seams ...float64) (from, to float64) {
	at, from, to := x0, x0, x0
	for _, x := range append(seams, x1) {
		if x = min(max(x, at), x1); x-at > to-from {
			from, to = at, x
		}
		at = x
	}
	return from, to
}

// became says in a few words what came of a span.
func became(s retake.SpanReport) string {
	frames := fmt.Sprintf("%d frames", s.Count)
	if s.Count == 1 {
		frames = "1 frame"
	}
	switch {
	case s.Kind == retake.SpanEdit:
		return frames + ", new"
	case s.Kept:
		return frames + ", identical packets"
	case s.Lossless:
		return frames + ", re-encoded without loss"
	case s.PSNR != nil:
		return fmt.Sprintf("%s, re-encoded at %.1f dB", frames, *s.PSNR)
	}
	return frames + ", re-encoded"
}

// shade tints a panel by the spans.
func (p panel) shade(spans []retake.SpanReport) {
	for _, s := range spans {
		if s.End > p.from && s.Start < p.to {
			p.c.box(p.x(s.Start), p.top, p.x(s.End), p.bottom, tint(s))
		}
	}
}

func (p panel) brightness(t *verify.Trace) {
	var times, a, b []float64
	for _, m := range t.Pictures {
		times, a, b = append(times, m.Time), append(a, m.Original), append(b, m.Result)
	}
	p.fit(8, append(append([]float64(nil), a...), b...)...)
	p.frame("Brightness", "mean luma of each frame, 0 to 255")
	p.draw(times, a, 4, before)
	p.draw(times, b, 2, after)
}

// likeness draws PSNR: identical pictures, which have none, on a line of their own at the top.
func (p panel) likeness(t *verify.Trace, r *retake.Report) {
	const top = 64.0
	var times, outside, inside []float64
	least := 36.0
	for _, m := range t.Pictures {
		v := min(m.PSNR, top)
		if m.PSNR == measure.MaxPSNR {
			v = top
		}
		out, in := v, math.NaN()
		if m.Time >= r.Segment.Start-1e-6 && m.Time < r.Segment.End-1e-6 && r.Mode.Video() {
			out, in = in, out
		}
		times, outside, inside = append(times, m.Time), append(outside, out), append(inside, in)
		least = min(least, v)
	}
	p.low, p.high, p.named = math.Floor(least/5)*5, top+3, top
	p.frame("Likeness", "luma PSNR against the original, dB; identical pictures are on the top line")
	p.c.dashes(point{p.left, p.y(42)}, point{p.right, p.y(42)}, 1, axis)
	p.c.text("near-lossless from 42 dB on", p.right-8, p.y(42)+18, leftOf, p.c.small, faint)
	p.c.text("identical", p.left-10, p.y(top)+5, leftOf, p.c.small, alike)
	p.draw(times, inside, 2, unlike)
	p.draw(times, outside, 3, alike)
}

func (p panel) loudness(t *verify.Trace) {
	p.low, p.high = -72, 3
	p.frame("Sound", "level of each 20 ms, dBFS")
	if t.SoundNote != "" {
		p.c.text(t.SoundNote, (p.left+p.right)/2, (p.top+p.bottom)/2, centred, p.c.plain, faint)
	}
	for _, of := range []struct {
		levels []verify.Level
		width  float64
		colour color.Color
	}{{t.Original, 4, before}, {t.Result, 1.6, after}} {
		var times, values []float64
		for _, l := range of.levels {
			times, values = append(times, l.Time), append(values, l.DB)
		}
		p.draw(times, values, of.width, of.colour)
	}
}

// legend names the colours.
func (c *canvas) legend(y float64) {
	x := left
	name := func(s string, of color.Color, thick float64) {
		c.box(x, y-5-thick/2, x+30, y-5+thick/2, of)
		c.text(s, x+38, y, rightOf, c.small, ink)
		x += 38 + c.width(s, c.small) + 28
	}
	name("original", before, 4)
	name("result", after, 2)
	name("kept", keptTint, 16)
	name("re-encoded", nearTint, 16)
	name("new", newTint, 16)
}
