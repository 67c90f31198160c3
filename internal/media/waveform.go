package media

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"retake/internal/retake"
)

const waveChannels = 2 // more are mixed down first

// Waveform measures how loud the clip's sound is at points evenly spaced from its start to its end. It is at the
// clip's own clock: where sound begins late or ends early there is silence. A clip without sound has no points.
func (t *Tools) Waveform(ctx context.Context, path string, points int) (retake.Waveform, error) {
	w := retake.Waveform{Peak: []int{}, RMS: []int{}}
	if points < retake.MinWavePoints || points > retake.MaxWavePoints {
		return w, retake.Invalid("points", "points must be between %d and %d, got %d", retake.MinWavePoints, retake.MaxWavePoints, points)
	}
	info, err := t.Inspect(ctx, path)
	if err != nil {
		return w, err
	}
	w.Duration = info.Duration
	a := info.Audio()
	if a == nil || a.SampleRate == 0 {
		return w, nil
	}
	if w.Duration <= 0 {
		w.Duration = a.Duration
	}
	channels := min(max(a.Channels, 1), waveChannels)
	p, err := t.Start(ctx, Command{Args: []string{
		"-i", path, "-map", "0:" + strconv.Itoa(a.Index), "-af", "aresample=async=1:first_pts=0",
		"-ac", strconv.Itoa(channels), "-ar", strconv.Itoa(a.SampleRate), "-f", "s16le", "pipe:1",
	}})
	if err != nil {
		return w, fmt.Errorf("waveform: %w", err)
	}
	defer p.Close()
	m := newMeter(points, int(math.Ceil(w.Duration*float64(a.SampleRate)))*channels)
	if err := m.read(p.Stdout()); err != nil {
		return w, fmt.Errorf("waveform: %w", err)
	}
	if err := p.Wait(); err != nil {
		if _, failed := errors.AsType[*ExitError](err); failed && retake.CodeOf(err) == retake.CodeInternal {
			return w, unreadable("The sound of this clip can't be decoded. It may be damaged; export it again.").Because(err)
		}
		return w, fmt.Errorf("waveform: %w", err)
	}
	w.Points = points
	w.Peak, w.RMS = m.levels()
	return w, nil
}

// meter collects the loudness of a run of samples at points evenly spaced over it.
type meter struct {
	total, at int // samples, of all channels
	peak      []int
	power     []float64
	count     []int
}

func newMeter(points, total int) *meter {
	return &meter{total: max(total, 1), peak: make([]int, points), power: make([]float64, points), count: make([]int, points)}
}

// read takes 16-bit samples to the end. What comes after the total belongs to the last point.
func (m *meter) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<16)
	buf := make([]byte, 1<<16)
	for {
		n, err := io.ReadFull(in, buf)
		for i := 0; i+1 < n; i += 2 {
			m.add(int(int16(binary.LittleEndian.Uint16(buf[i:]))))
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (m *meter) add(v int) {
	p := min(m.at*len(m.peak)/m.total, len(m.peak)-1)
	m.at++
	m.peak[p] = max(m.peak[p], v, -v)
	m.power[p] += float64(v * v)
	m.count[p]++
}

// levels returns the peaks and the RMS values, 0 to 255.
func (m *meter) levels() (peak, rms []int) {
	const full = 1 << 15
	scale := func(v float64) int { return int(math.Round(min(v/full, 1) * 255)) }
	peak, rms = make([]int, len(m.peak)), make([]int, len(m.peak))
	for i := range m.peak {
		peak[i] = scale(float64(m.peak[i]))
		if m.count[i] > 0 {
			rms[i] = scale(math.Sqrt(m.power[i] / float64(m.count[i])))
		}
	}
	return peak, rms
}
