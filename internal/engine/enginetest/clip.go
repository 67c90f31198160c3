package enginetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"

	"retake/internal/retake"
)

// Clip is a clip in memory: a bright square that moves over a textured ground, and a tone. It implements
// retake.Source and counts how it is used.
type Clip struct {
	Picture retake.PictureFormat
	Sounds  retake.SoundFormat
	Count   int   // pictures in the segment
	Fail    error // returned in place of picture FailAt
	FailAt  int
	Dir     string // where Window writes

	opened, closed, read atomic.Int32
}

// Frames starts reading the segment's pictures.
func (c *Clip) Frames(context.Context) (retake.FrameReader, error) {
	c.opened.Add(1)
	return &clipReader{clip: c}, nil
}

// Sound returns a tone with a little noise; pad seconds of it around the segment.
func (c *Clip) Sound(_ context.Context, pad float64) (before, segment, after []float32, err error) {
	if c.Sounds.Channels == 0 {
		return nil, nil, nil, nil
	}
	around, inside := int(pad*float64(c.Sounds.Rate)), c.samples()
	all := make([]float32, (2*around+inside)*c.Sounds.Channels)
	noise := uint32(1)
	for i := range all {
		noise = noise*1664525 + 1013904223
		t := float64(i/c.Sounds.Channels) / float64(c.Sounds.Rate)
		all[i] = float32(0.1*math.Sin(2*math.Pi*220*t)) + float32(noise>>8)/(1<<24)*0.01
	}
	a, b := around*c.Sounds.Channels, (around+inside)*c.Sounds.Channels
	return all[:a:a], all[a:b:b], all[b:], nil
}

// handle is how many pictures the window has on either side of the segment.
const handle = 8

// window describes what Window writes, of a segment that starts at so many seconds.
func (c *Clip) window(start float64) retake.Window {
	fps, n := c.Picture.Rate.FPS(), c.Count+2*handle
	return retake.Window{Span: retake.Segment{Start: start - handle/fps, End: start + float64(c.Count+handle)/fps}, Picture: c.Picture,
		Frames: n, First: handle, Real: n, Sound: c.Sounds}
}

// made are the windows of clips that were written before, as each case of a suite has a clip of its own that looks the same.
var made sync.Map

// Window writes the clip as a generative engine is shown it.
func (c *Clip) Window(ctx context.Context) (string, error) {
	if c.Fail != nil {
		return "", c.Fail
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	c.opened.Add(1)
	defer c.closed.Add(1)
	path := filepath.Join(c.Dir, "window.mp4")
	looks := fmt.Sprint(c.Picture, c.Sounds, c.Count)
	if data, ok := made.Load(looks); ok {
		return path, os.WriteFile(path, data.([]byte), 0o600)
	}
	if err := c.encode(ctx, path); err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	if err == nil {
		made.Store(looks, data)
	}
	return path, err
}

func (c *Clip) encode(ctx context.Context, path string) error {
	var pictures, sound []byte
	f := retake.NewFrame(c.Picture)
	for i := range c.Count + 2*handle {
		c.Draw(f, i-handle)
		pictures = append(pictures, f.Data...)
	}
	before, segment, after, _ := c.Sound(ctx, handle/c.Picture.Rate.FPS())
	for _, part := range [][]float32{before, segment, after} {
		for _, v := range part {
			sound = binary.LittleEndian.AppendUint32(sound, math.Float32bits(v))
		}
	}
	raw := filepath.Join(c.Dir, "window.f32")
	if err := os.WriteFile(raw, sound, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p",
		"-video_size", fmt.Sprintf("%dx%d", c.Picture.Width, c.Picture.Height), "-framerate", fmt.Sprintf("%d/%d", c.Picture.Rate.Num, c.Picture.Rate.Den), "-i", "pipe:0",
		"-f", "f32le", "-ar", fmt.Sprint(c.Sounds.Rate), "-ac", fmt.Sprint(c.Sounds.Channels), "-i", raw,
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-pix_fmt", "yuv420p", "-colorspace", c.Picture.Matrix, "-color_range", "tv", "-c:a", "aac", path)
	cmd.Stdin = bytes.NewReader(pictures)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	return nil
}

func (c *Clip) samples() int {
	return int(math.Round(float64(c.Count) / c.Picture.Rate.FPS() * float64(c.Sounds.Rate)))
}

// Draw draws one picture of the clip.
func (c *Clip) Draw(f *retake.Frame, n int) {
	w, h := c.Picture.Width, c.Picture.Height
	for i := range f.Y {
		x, y := i%w, i/w
		f.Y[i] = byte(60 + (x*7+y*13)%40 + 40*y/h)
		if left := w/4 + n; x >= left && x < left+w/4 && y > h/4 && y < h*3/4 {
			f.Y[i] = 190
		}
	}
	for i := range f.Cb {
		f.Cb[i], f.Cr[i] = 118, 140
	}
	f.Time = float64(n) / c.Picture.Rate.FPS()
}

type clipReader struct {
	clip *Clip
	next int
	shut bool
}

func (r *clipReader) Next(ctx context.Context, dst *retake.Frame) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case r.shut:
		return errors.New("read after close")
	case r.clip.Fail != nil && r.next == r.clip.FailAt:
		return r.clip.Fail
	case r.next == r.clip.Count:
		return io.EOF
	}
	r.clip.Draw(dst, r.next)
	r.next++
	r.clip.read.Add(1)
	return nil
}

func (r *clipReader) Close() error {
	if !r.shut {
		r.shut = true
		r.clip.closed.Add(1)
	}
	return nil
}
