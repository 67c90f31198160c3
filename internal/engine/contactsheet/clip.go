package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"retake/internal/retake"
)

// clip reads the pictures of a segment with ffmpeg. It is a retake.Source without sound that may be read repeatedly.
type clip struct {
	path   string
	seg    retake.Segment
	format retake.PictureFormat
	frames int
}

// probe reads the clip's format and counts the segment's pictures, at its average rate.
func probe(ctx context.Context, path string, seg retake.Segment) (*clip, error) {
	cmd := exec.CommandContext(ctx, "ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json", "-show_entries",
		"stream=width,height,avg_frame_rate,color_space,color_primaries,color_transfer,color_range", path)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ffprobe: %w", err)
	}
	var found struct {
		Streams []struct {
			Width, Height int
			Rate          string `json:"avg_frame_rate"`
			Matrix        string `json:"color_space"`
			Range         string `json:"color_range"`
		}
	}
	if err := json.Unmarshal(out, &found); err != nil || len(found.Streams) != 1 {
		return nil, fmt.Errorf("ffprobe: no picture in %s", path)
	}
	s := found.Streams[0]
	c := &clip{path: path, seg: seg, format: retake.PictureFormat{Width: s.Width, Height: s.Height, Matrix: s.Matrix, FullRange: s.Range == "pc"}}
	num, den, _ := strings.Cut(s.Rate, "/")
	c.format.Rate.Num, _ = strconv.Atoi(num)
	c.format.Rate.Den, _ = strconv.Atoi(den)
	c.frames = int(math.Round(seg.Duration() * c.format.Rate.FPS()))
	if c.frames < 2 {
		return nil, errors.New("the segment holds no pictures")
	}
	return c, nil
}

// Frames starts ffmpeg on the segment.
func (c *clip) Frames(ctx context.Context) (retake.FrameReader, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-v", "error", "-ss", fmt.Sprint(c.seg.Start), "-i", c.path, "-frames:v", strconv.Itoa(c.frames),
		"-an", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-")
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("ffmpeg: %w", err)
	}
	return &reader{cmd: cmd, cancel: cancel, out: bufio.NewReaderSize(out, 1<<20)}, nil
}

// Sound is not needed for a sheet of pictures.
func (c *clip) Sound(context.Context, float64) (before, segment, after []float32, err error) {
	return nil, nil, nil, errors.New("a contact sheet has no sound")
}

type reader struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	out    io.Reader
}

func (r *reader) Next(_ context.Context, dst *retake.Frame) error {
	_, err := io.ReadFull(r.out, dst.Data)
	return err
}

func (r *reader) Close() error {
	r.cancel()
	_ = r.cmd.Wait() // it was told to stop; how it ended says nothing
	return nil
}

// Window implements retake.Source.
func (*clip) Window(context.Context) (string, error) {
	return "", errors.New("the contact sheet has no window for generative engines")
}
