package media

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"retake/internal/retake"
)

const (
	minTileWidth = 8    // pixels; a narrower picture is cropped at top and bottom
	maxTileWidth = 1000 // pixels; retake.MaxTiles of them are what a JPEG can hold
)

// Filmstrip returns count pictures of the clip side by side as one JPEG: each shows the middle of its part of the
// clip, upright and height pixels high, as wide as the clip's aspect makes it. Tiles of a clip that takes long to
// decode show the nearest keyframe before that, where there are enough of them.
func (t *Tools) Filmstrip(ctx context.Context, path string, count, height int) ([]byte, error) {
	if count < 1 || count > retake.MaxTiles {
		return nil, retake.Invalid("count", "count must be between 1 and %d, got %d", retake.MaxTiles, count)
	}
	if height < retake.MinTileHeight || height > retake.MaxTileHeight {
		return nil, retake.Invalid("height", "height of a filmstrip must be between %d and %d, got %d", retake.MinTileHeight, retake.MaxTileHeight, height)
	}
	info, err := t.Probe(ctx, path)
	if err != nil {
		return nil, err
	}
	s := strip{path: path, v: info.Video(), count: count, height: height, length: info.Duration, threads: t.Threads()}
	if s.length <= 0 {
		if s.length, err = t.MeasuredDuration(ctx, path); err != nil {
			return nil, err
		}
	}
	if s.keyframes, err = t.enoughKeyframes(ctx, s, info); err != nil {
		return nil, err
	}
	var done func()
	if s.tone, done, err = t.toneFile(s.v); err != nil {
		return nil, fmt.Errorf("filmstrip: %w", err)
	}
	defer done()
	out, err := t.Run(ctx, s.command())
	if _, failed := errors.AsType[*ExitError](err); err != nil && !failed {
		return nil, fmt.Errorf("filmstrip: %w", err)
	}
	if err != nil || len(out) == 0 {
		return nil, unreadable("No picture of this clip can be decoded. It may be damaged; export it again.").Because(err)
	}
	return out, nil
}

// strip is a filmstrip to be made.
type strip struct {
	path          string
	v             *Stream
	count, height int
	length        float64 // seconds
	threads       int
	keyframes     bool // decode those only
	tone          string
}

// What decoding for a filmstrip costs, from measured runs on two slow processors: seconds for each frame, each million
// pixels and each MB.
const (
	perFrame     = 0.00002
	perMegapixel = 0.0005
	perMegabyte  = 0.022
	patience     = 0.6 // seconds
	endurance    = 60  // seconds, after which keyframes have to do, however few there are
	// sparse is how many tiles may show one keyframe.
	sparse = 3
	// sampled is how much of the clip is looked at for keyframes, seconds.
	sampled = 20
)

// enoughKeyframes reports whether to show keyframes only: where decoding the rest takes too long, and few tiles would
// look alike.
func (t *Tools) enoughKeyframes(ctx context.Context, s strip, info *Info) (bool, error) {
	frames := s.length * s.v.Rate.FPS()
	cost := frames*(perFrame+float64(s.v.Width*s.v.Height)/1e6*perMegapixel) + float64(info.Size)/1e6*perMegabyte
	cost *= 2 / float64(max(s.threads, 1))
	if cost < patience {
		return false, nil
	}
	if cost > endurance {
		return true, nil
	}
	packets, err := t.packets(ctx, s.path, s.v.Index, "-read_intervals", "%+"+strconv.Itoa(sampled))
	if err != nil {
		return false, err
	}
	keys := 0
	for _, p := range packets {
		if p.Key {
			keys++
		}
	}
	spacing := min(s.length, sampled) / float64(max(keys, 1))
	return spacing <= sparse*s.length/float64(s.count), nil
}

func (s strip) command() Command {
	args := []string{"-threads", strconv.Itoa(s.threads), "-noautorotate", "-skip_loop_filter", "all"}
	if s.keyframes {
		args = append(args, "-discard:v", "nokey", "-skip_frame", "nokey")
	} else {
		args = append(args, "-skip_frame", "noref")
	}
	return Command{Args: append(args,
		"-i", s.path, "-map", "0:"+strconv.Itoa(s.v.Index), "-frames:v", "1", "-vf", s.filter(),
		"-c:v", "mjpeg", "-q:v", "4", "-threads", "1", "-f", "image2pipe", "pipe:1",
	), ReadFiles: readable(s.tone)}
}

// filter picks the pictures first, so that the rest is done to few. The fps filter's tick n shows the last picture
// before the middle of interval n of the clip, whose pictures may begin late and end early.
func (s strip) filter() string {
	width := s.tileWidth()
	colour, after := jpegColour(s.v, s.tone)
	interval := strconv.FormatFloat(float64(s.count)/max(s.length, 0.001), 'f', 9, 64)
	turn := map[int]string{90: "transpose=clock,", 180: "hflip,vflip,", 270: "transpose=cclock,"}[s.v.Rotation]
	return fmt.Sprintf("fps=%s:start_time=0:eof_action=pass,tpad=stop=-1:stop_mode=clone,%s%sscale=%d:%d:force_original_aspect_ratio=increase%s,crop=%d:%d%s,setsar=1,tile=%dx1,format=yuvj420p",
		interval, squarePixels, turn, width, s.height, colour, width, s.height, after, s.count)
}

// tileWidth is the width of a tile by the clip's aspect, pixels, even.
func (s strip) tileWidth() int {
	w, h := float64(s.v.Width), float64(s.v.Height)
	if sar := aspect(s.v.Aspect); sar > 0 {
		w *= sar
	}
	if s.v.Rotation%180 != 0 {
		w, h = h, w
	}
	width := int(float64(s.height)*w/h/2+0.5) * 2
	return min(max(width, minTileWidth), maxTileWidth)
}
