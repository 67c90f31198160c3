package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"retake/internal/retake"
)

// Limits of a clip.
const (
	minSide = 16   // pixels
	maxSide = 8192 // pixels
)

// What ffprobe may read to find out what a file holds. Clips with their index inside need far less.
const (
	probeSize   = 32 << 20   // bytes
	probeLength = 10_000_000 // microseconds
)

// Probe reads what a clip holds. Anything that is no clip we can edit is a *retake.Error with CodeUnreadable that
// says why.
func (t *Tools) Probe(ctx context.Context, path string) (*Info, error) {
	if err := sniffFile(path); err != nil {
		return nil, err
	}
	info, err := t.inspect(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := checkClip(info); err != nil {
		return nil, err
	}
	if v := info.Video(); v.Frames == 0 {
		some, err := t.hasPackets(ctx, path, v.Index)
		if err != nil {
			return nil, err
		}
		if !some {
			return nil, unreadable("This clip has a video track but no pictures in it. Export it again.")
		}
	}
	return info, nil
}

// Inspect reads what any media file holds, also one with sound only.
func (t *Tools) Inspect(ctx context.Context, path string) (*Info, error) {
	if err := sniffFile(path); err != nil {
		return nil, err
	}
	return t.inspect(ctx, path)
}

func (t *Tools) inspect(ctx context.Context, path string) (*Info, error) {
	out, err := t.Run(ctx, Command{Probe: true, Args: []string{
		"-probesize", strconv.Itoa(probeSize), "-analyzeduration", strconv.Itoa(probeLength),
		"-show_streams", "-show_format", "-of", "json", path,
	}})
	if err != nil {
		return nil, probeError(err)
	}
	info, err := decodeProbe(out)
	if told, ok := errors.AsType[*retake.Error](err); ok {
		return nil, told
	}
	if err != nil {
		return nil, unreadable("This file can't be read as a video clip.").Because(err)
	}
	if strings.HasPrefix(info.Format, "matroska") {
		if info.DocType, err = docType(path); err != nil {
			return nil, err
		}
	}
	return info, nil
}

// hasPackets reads the first packets of a track.
func (t *Tools) hasPackets(ctx context.Context, path string, index int) (bool, error) {
	out, err := t.Run(ctx, Command{Probe: true, Args: []string{
		"-select_streams", strconv.Itoa(index), "-read_intervals", "%+#8",
		"-show_entries", "packet=size", "-of", "csv=p=0", path,
	}})
	if err != nil {
		return false, probeError(err)
	}
	return strings.TrimSpace(string(out)) != "", nil
}

// MeasuredDuration reads all packets of the first video track and returns the time from the first picture to the
// end of the last, in seconds. It reads the whole file, so it is for headers that one has cause to doubt.
func (t *Tools) MeasuredDuration(ctx context.Context, path string) (float64, error) {
	out, err := t.Run(ctx, Command{Probe: true, Args: []string{
		"-select_streams", "V:0", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", path,
	}})
	if err != nil {
		return 0, probeError(err)
	}
	return packetSpan(string(out)), nil
}

// packetSpan reads lines of "pts,duration" in seconds.
func packetSpan(csv string) float64 {
	first, last, any := 0.0, 0.0, false
	for line := range strings.Lines(csv) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		pts, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			continue
		}
		end := pts
		if len(fields) > 1 {
			if d, err := strconv.ParseFloat(fields[1], 64); err == nil && d > 0 {
				end += d
			}
		}
		if !any {
			first, last, any = pts, end, true
		}
		first, last = min(first, pts), max(last, end)
	}
	return last - first
}

// checkClip refuses what is no clip, from its tracks.
func checkClip(info *Info) error {
	v := info.Video()
	switch {
	case isPicture(info):
		return errPicture()
	case v == nil && info.Audio() != nil:
		return unreadable("This file has sound but no video. Send a clip with pictures.")
	case v == nil:
		return unreadable("This file has no video track. Send a clip with pictures.")
	case v.Codec == "":
		return unreadable("The pictures in this clip are in a form this server can't read (%q). Export it as H.264 in MP4.", v.CodecTag)
	case v.Width < minSide || v.Height < minSide:
		return unreadable("The picture is %d × %d pixels; both sides must be at least %d.", v.Width, v.Height, minSide)
	case v.Width > maxSide || v.Height > maxSide:
		return unreadable("The picture is %d × %d pixels; neither side may be over %d. Scale it down first.", v.Width, v.Height, maxSide)
	}
	return nil
}

// isPicture recognises stills that came through the first bytes, such as a GIF with one frame.
func isPicture(info *Info) bool {
	f := info.Format
	v := info.Video()
	still := strings.HasSuffix(f, "_pipe") || f == "image2"
	return still || (f == "gif" || f == "apng") && v != nil && v.Frames == 1
}

func errPicture() *retake.Error {
	return unreadable("This is a picture, not a clip. Send a video.")
}

// unreadable makes an error about the clip that was sent.
func unreadable(format string, args ...any) *retake.Error {
	e := retake.Errorf(retake.CodeUnreadable, format, args...)
	e.Field = "input_video"
	return e
}

// probeError says in plain words why ffprobe gave up.
func probeError(err error) error {
	exit, ok := errors.AsType[*ExitError](err)
	if _, explained := errors.AsType[*retake.Error](err); explained || !ok {
		if errors.Is(err, ErrTimeout) {
			return unreadable("Reading this file took too long. It may be damaged; export it again.").Because(err)
		}
		return fmt.Errorf("probe: %w", err)
	}
	for _, r := range []struct{ sign, message string }{
		{"moov atom not found", "This clip is cut off: its index is missing. Upload or record it again."},
		{"Format not on whitelist", "This kind of file isn't accepted, because it can point to other files. Send the clip itself, as MP4 for example."},
		{"Invalid data found", "This file isn't a video, or it is damaged. Send an MP4, MOV, MKV or WebM clip."},
	} {
		if strings.Contains(exit.Stderr, r.sign) {
			return unreadable("%s", r.message).Because(err)
		}
	}
	return unreadable("This file can't be read as a video clip.").Because(err)
}

// openRegular opens a file to be probed. It looks before it opens and opens without waiting: a pipe has no writer
// perhaps, and a device may do something when it is opened.
func openRegular(path string) (*os.File, int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("probe: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, 0, errIrregular()
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, fmt.Errorf("probe: %w", err)
	}
	st, err = f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errIrregular()
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

func errIrregular() *retake.Error { return unreadable("This is not a regular file.") }
