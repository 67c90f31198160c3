package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// record makes the clip. The same programs on the same kind of machine write the same bytes: no clock, no
// random source and no thread count of the machine's enters.
func record(ctx context.Context, out string) error {
	dir, err := os.MkdirTemp("", "retake-sample-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	wav := filepath.Join(dir, "sound.wav")
	if err := soundtrack(ctx, wav); err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	// into the folder of the result, so that the last step is a rename
	part := out + ".part"
	defer os.Remove(part)
	if err := encode(ctx, wav, part); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return os.Rename(part, out)
}

// encode pipes the pictures to ffmpeg.
func encode(ctx context.Context, wav, out string) error {
	cmd := exec.CommandContext(ctx, "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y",
		"-f", "rawvideo", "-pix_fmt", "rgb0", "-video_size", fmt.Sprintf("%dx%d", width, height), "-framerate", fmt.Sprint(fps), "-i", "pipe:0",
		"-i", wav, "-map", "0:v", "-map", "1:a",
		"-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p",
		"-c:v", "libx264", "-profile:v", "high", "-preset", "slower", "-crf", crf, "-aq-strength", "0.7", "-psy-rd", "0.5:0", "-deblock", "1:1", "-g", "72", "-threads", "2",
		"-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
		"-c:a", "aac", "-profile:a", "aac_low", "-b:a", "128k",
		"-metadata", "title=Retake sample", "-metadata", "artist=Retake sample", "-metadata", "creation_time=2026-01-01T00:00:00Z",
		"-metadata:s:a:0", "language=eng",
		"-flags:v", "+bitexact", "-flags:a", "+bitexact", "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", out)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = shoot(in)
	return errors.Join(err, in.Close(), cmd.Wait())
}

// crf is x264's quality: chosen for about 3 MB.
const crf = "29"

// shoot writes all frames in order, drawn on every processor, a few ahead of the encoder at most.
func shoot(w io.Writer) error {
	type job struct {
		frame int
		drawn chan canvas
	}
	m := newFilm()
	n := runtime.GOMAXPROCS(0)
	jobs, ordered, stop := make(chan job), make(chan job, 2*n), make(chan struct{})
	var team sync.WaitGroup
	defer team.Wait()
	defer close(stop)
	team.Go(func() {
		defer close(jobs)
		defer close(ordered)
		for f := range frames {
			j := job{f, make(chan canvas, 1)}
			for _, to := range []chan job{ordered, jobs} {
				select {
				case to <- j:
				case <-stop:
					return
				}
			}
		}
	})
	for range n {
		team.Go(func() {
			for j := range jobs {
				j.drawn <- m.frame(j.frame)
			}
		})
	}
	for j := range ordered {
		c := <-j.drawn
		if _, err := w.Write(c.Pix); err != nil {
			return fmt.Errorf("frame %d: %w", j.frame, err)
		}
	}
	return nil
}

// soundtrack writes the mixed sound as 16-bit stereo WAV.
func soundtrack(ctx context.Context, path string) error {
	t := newTrack()
	wind(t)
	birdsong(t)
	crickets(t)
	bells(t)
	steps(t)
	if err := narrate(ctx, t); err != nil {
		return err
	}
	t.level(0.58)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	size := uint32(len(t.left) * 4)
	w.WriteString("RIFF") // a bufio.Writer keeps its first error for Flush
	binary.Write(w, binary.LittleEndian, size+36)
	w.WriteString("WAVEfmt ")
	binary.Write(w, binary.LittleEndian, struct {
		Length           uint32
		Format, Channels uint16
		Rate, Bytes      uint32
		Block, Bits      uint16
	}{16, 1, 2, rate, rate * 4, 4, 16})
	w.WriteString("data")
	binary.Write(w, binary.LittleEndian, size)
	for i := range t.left {
		for _, v := range []float64{t.left[i], t.right[i]} {
			k := uint16(int16(math.Round(v * 32767)))
			w.Write([]byte{byte(k), byte(k >> 8)})
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}
