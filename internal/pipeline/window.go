package pipeline

import (
	"retake/internal/retake"
)

// layout is a window of the clip as an engine takes it.
type layout struct {
	retake.Window
	from, to      int // display frames of the clip
	width, height int // of the clip's picture within the window's, at its top left
}

// layWindow chooses the window for the display frames [start, end) of a clip of total frames.
func layWindow(info retake.EngineInfo, picture retake.PictureFormat, start, end, total int) (layout, error) {
	l := layout{from: start, to: end}
	l.Picture = picture
	l.Picture.Rate = info.WindowRate(picture.Rate)
	l.width, l.height, l.Picture.Width, l.Picture.Height = fitSize(info, picture.Width, picture.Height)
	if l.Picture.Matrix == "" {
		l.Picture.Matrix = likelyMatrix(picture)
	}
	if err := info.CheckSegment(picture.Rate, start, end, total); err != nil {
		return l, err
	}
	l.from, l.to, l.Frames = info.Span(picture.Rate, start, end, total)
	l.First, l.Real = start-l.from, l.to-l.from
	return l, nil
}

// fitSize returns the size of the clip's picture in the window and that of the window's. A picture that fits stays as it is, so
// that its pixels stay its own, and gets a margin up to the next multiple; another is made smaller, or larger for a fixed size.
func fitSize(info retake.EngineInfo, w, h int) (width, height, outerW, outerH int) {
	maxW, maxH := info.MaxWidth, info.MaxHeight
	if h > w {
		maxW, maxH = maxH, maxW
	}
	m := max(info.Multiple, 2)
	room := func(most, side int) int {
		if most <= 0 {
			return (side + m - 1) / m * m
		}
		return max(most/m*m, m)
	}
	roomW, roomH := room(maxW, w), room(maxH, h)
	scale := min(float64(roomW)/float64(w), float64(roomH)/float64(h))
	width, height = w, h
	if scale < 1 || info.FixedSize {
		width, height = max(int(float64(w)*scale)/2*2, 2), max(int(float64(h)*scale)/2*2, 2)
	}
	if info.FixedSize {
		return width, height, roomW, roomH
	}
	up := func(v int) int { return (v + m - 1) / m * m }
	return width, height, min(up(width), roomW), min(up(height), roomH)
}

// likelyMatrix is that of a clip that does not say, as players guess it: by its size.
func likelyMatrix(p retake.PictureFormat) string {
	if p.Height >= 720 || p.Width >= 1280 {
		return "bt709"
	}
	return "smpte170m"
}
