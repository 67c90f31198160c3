package picture

import (
	"image"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	dots "golang.org/x/image/math/fixed"
)

// The letters are those of the Go fonts by Bigelow & Holmes: Latin, Greek and Cyrillic.
var fonts = sync.OnceValue(func() (f struct{ bold, regular *sfnt.Font }) {
	var err error
	if f.bold, err = opentype.Parse(gobold.TTF); err == nil {
		f.regular, err = opentype.Parse(goregular.TTF)
	}
	if err != nil {
		panic(err) // they are part of the program
	}
	return f
})

// Unwritable lists the letters of a text that titles have no form for, each once.
func Unwritable(text string) []rune {
	var out []rune
	var b sfnt.Buffer
	for _, r := range text {
		if unicode.IsSpace(r) || strings.ContainsRune(string(out), r) {
			continue
		}
		if i, err := fonts().bold.GlyphIndex(&b, r); err != nil || i == 0 {
			out = append(out, r)
		}
	}
	return out
}

// line is one line of a text, with its own size in samples.
type line struct {
	text  string
	bold  bool
	size  float64
	width int // samples
	face  font.Face
}

// set breaks a text into lines of at most width samples: its first paragraph large and bold, the others smaller. The size gives way
// until no word is wider than a line and the lines are no higher than height together.
func set(text string, size float64, width, height int) []line {
	text = strings.Map(func(r rune) rune {
		if len(Unwritable(string(r))) > 0 {
			return -1
		}
		return r
	}, text)
	for ; ; size *= 0.92 {
		lines, fits := broken(text, size, width)
		high := 0.0
		for _, l := range lines {
			high += l.size * leading
		}
		if fits && high <= float64(height) || size < 6 {
			return lines
		}
	}
}

const leading = 1.25 // of a line's size to the next one

func broken(text string, size float64, width int) (lines []line, fits bool) {
	fits = true
	for n, paragraph := range strings.Split(text, "\n") {
		l := line{bold: n == 0, size: size}
		if n > 0 {
			l.size = 0.58 * size
		}
		f := fonts().regular
		if l.bold {
			f = fonts().bold
		}
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: l.size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, true
		}
		l.face = face
		for _, word := range strings.Fields(paragraph) {
			longer := strings.TrimSpace(l.text + " " + word)
			wide := font.MeasureString(face, longer).Ceil()
			if wide > width && l.text != "" {
				lines = append(lines, l)
				l.text, longer = "", word
				wide = font.MeasureString(face, word).Ceil()
			}
			fits = fits && wide <= width
			l.text, l.width = longer, wide
		}
		if l.text != "" {
			lines = append(lines, l)
		}
	}
	return lines, fits
}

// write draws lines into mask, the left edge of each given by at, the first one's top at y.
func write(mask *image.Alpha, lines []line, y float64, at func(l line) float64) {
	for _, l := range lines {
		d := font.Drawer{Dst: mask, Src: image.Opaque, Face: l.face}
		base := y + 0.5*(leading-1)*l.size + float64(l.face.Metrics().Ascent)/64*l.size/(float64(l.face.Metrics().Height)/64)
		d.Dot = dots.Point26_6{X: dots.Int26_6(at(l) * 64), Y: dots.Int26_6(base * 64)}
		d.DrawString(l.text)
		y += leading * l.size
	}
}
