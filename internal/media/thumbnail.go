package media

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"retake/internal/retake"
)

// Bounds of the sides of a thumbnail, in pixels.
const (
	maxThumbnail = 4096 // asked for
	ownThumbnail = 2048 // when no size is asked for
)

// Thumbnail returns the picture shown at a time of the clip as a JPEG. at is in seconds and is moved into the clip
// when outside it. With only one of width and height (pixels; 0: not given) the aspect is kept, with both the
// picture is cropped to fill them, with neither it keeps its size as far as 2048 pixels a side. Rotated clips come upright.
func (t *Tools) Thumbnail(ctx context.Context, path string, at float64, width, height int) ([]byte, error) {
	if width < 0 || height < 0 || width > maxThumbnail || height > maxThumbnail {
		return nil, retake.Invalid("width", "width and height of a thumbnail must be between 1 and %d", maxThumbnail)
	}
	info, err := t.Probe(ctx, path)
	if err != nil {
		return nil, err
	}
	v := info.Video()
	length := info.Duration
	if v.Duration > 0 {
		length = min(length, v.Duration)
	}
	// The last frame starts before the end; a step back of a frame and a half lands on it.
	last := length - 0.1
	if fps := v.Rate.FPS(); fps > 0 {
		last = length - 1.5/fps
	}
	if math.IsNaN(at) {
		at = 0
	}
	at = max(0, min(at, last))
	tone, done, err := t.toneFile(v)
	if err != nil {
		return nil, fmt.Errorf("thumbnail: %w", err)
	}
	defer done()
	for _, at := range []float64{at, 0} {
		out, err := t.Run(ctx, thumbnailCommand(path, at, v, width, height, tone))
		if _, failed := errors.AsType[*ExitError](err); err != nil && !failed {
			return nil, fmt.Errorf("thumbnail: %w", err)
		}
		if err == nil && len(out) > 0 {
			return out, nil
		}
	}
	return nil, unreadable("No picture of this clip can be decoded. It may be damaged; export it again.")
}

func thumbnailCommand(path string, at float64, v *Stream, width, height int, tone string) Command {
	filter := squarePixels
	colour, after := jpegColour(v, tone)
	switch {
	case width > 0 && height > 0:
		filter += fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=increase%s,crop=%d:%d", width, height, colour, width, height)
	case width > 0:
		filter += fmt.Sprintf("scale=%d:-1%s", width, colour)
	case height > 0:
		filter += fmt.Sprintf("scale=-1:%d%s", height, colour)
	default:
		filter += fmt.Sprintf("scale='min(iw,%d)':'min(ih,%d)':force_original_aspect_ratio=decrease%s", ownThumbnail, ownThumbnail, colour)
	}
	return Command{Args: []string{
		"-ss", strconv.FormatFloat(at, 'f', 6, 64), "-i", path,
		"-map", "0:" + strconv.Itoa(v.Index), "-frames:v", "1", "-vf", filter + after + ",format=yuvj420p",
		"-c:v", "mjpeg", "-q:v", "3", "-threads", "1", "-f", "image2pipe", "pipe:1",
	}, ReadFiles: readable(tone)}
}

// squarePixels begins a filter: anamorphic pixels are made square first.
const squarePixels = "scale=w='trunc(iw*if(gt(sar,0),sar,1)/2)*2':h=ih,setsar=1,"

// aspect reads a sample aspect ratio "4:3", 0 for none.
func aspect(ratio string) float64 {
	num, den, _ := strings.Cut(ratio, ":")
	n, err1 := strconv.ParseFloat(num, 64)
	d, err2 := strconv.ParseFloat(den, 64)
	if err1 != nil || err2 != nil || n <= 0 || d <= 0 {
		return 0
	}
	return n / d
}
