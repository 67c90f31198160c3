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

// How sound is listened to.
const (
	waveChannels = 2      // more are mixed down first
	waveRate     = 48_000 // frames a second at most
	overhang     = 60     // seconds of sound behind the clip's end that are listened to
	// fillGaps is the length of a clip up to which gaps are filled with silence, in seconds. In a longer one they may be days.
	fillGaps = 1800
	leastGap = 0.1 // seconds
)

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
	rate, channels := min(a.SampleRate, waveRate), min(max(a.Channels, 1), waveChannels)
	m := newMeter(points, int(math.Ceil(w.Duration*float64(rate))), channels)
	filter := "aresample=async=1:first_pts=0" // which fills gaps with silence
	if w.Duration > fillGaps {
		packets, err := t.Packets(ctx, path, a.Index)
		if err != nil {
			return w, fmt.Errorf("waveform: %w", err)
		}
		m.jumps, filter = jumps(packets, info.Start, rate), "anull"
	}
	p, err := t.Start(ctx, Command{Args: []string{
		"-i", path, "-map", "0:" + strconv.Itoa(a.Index), "-af", filter,
		"-ac", strconv.Itoa(channels), "-ar", strconv.Itoa(rate), "-f", "s16le", "pipe:1",
	}})
	if err != nil {
		return w, fmt.Errorf("waveform: %w", err)
	}
	defer p.Close()
	if err := m.read(p.Stdout()); err != nil {
		return w, fmt.Errorf("waveform: %w", err)
	}
	if !m.full() {
		err = p.Wait()
	}
	if err != nil {
		if _, failed := errors.AsType[*ExitError](err); failed && retake.CodeOf(err) == retake.CodeInternal {
			return w, unreadable("The sound of this clip can't be decoded. It may be damaged; export it again.").Because(err)
		}
		return w, fmt.Errorf("waveform: %w", err)
	}
	w.Points = points
	w.Peak, w.RMS = m.levels()
	return w, nil
}

// jump says that the sound goes on at another time once so many frames were heard.
type jump struct{ heard, at int } // frames: samples of all channels

// jumps places decoded sound without its gaps by the times of its packets. start is that of the clip, seconds.
func jumps(packets []Packet, start float64, rate int) (list []jump) {
	heard, end := 0.0, 0.0 // seconds
	for i, p := range packets {
		at := max(p.Time-start, 0)
		if math.Abs(at-end) > leastGap {
			list = append(list, jump{int(heard * float64(rate)), int(at * float64(rate))})
			end = at
		}
		d := p.Duration
		if d <= 0 && i+1 < len(packets) {
			d = min(max(packets[i+1].Time-p.Time, 0), leastGap)
		}
		heard, end = heard+d, end+d
	}
	return list
}

// meter collects the loudness of sound at points evenly spaced over it.
type meter struct {
	total, at int // frames
	heard     int // frames
	channels  int
	jumps     []jump // to be made yet
	peak      []int
	power     []float64
	count     []int
}

func newMeter(points, total, channels int) *meter {
	return &meter{total: max(total, 1), channels: channels, peak: make([]int, points), power: make([]float64, points), count: make([]int, points)}
}

// full reports whether so much came after the end that the rest doesn't matter.
func (m *meter) full() bool { return m.at > m.total+overhang*waveRate }

// read takes 16-bit samples to the end. What comes after the total belongs to the last point.
func (m *meter) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<16)
	buf := make([]byte, 1<<14*2*m.channels)
	for {
		n, err := io.ReadFull(in, buf)
		for i := 0; i+2*m.channels <= n; i += 2 * m.channels {
			m.add(buf[i : i+2*m.channels])
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), m.full():
			return nil
		case err != nil:
			return err
		}
	}
}

// add takes a frame.
func (m *meter) add(frame []byte) {
	for len(m.jumps) > 0 && m.heard >= m.jumps[0].heard {
		m.at, m.jumps = m.jumps[0].at, m.jumps[1:]
	}
	p := min(m.at*len(m.peak)/m.total, len(m.peak)-1)
	m.heard++
	m.at++
	for i := 0; i < len(frame); i += 2 {
		v := int(int16(binary.LittleEndian.Uint16(frame[i:])))
		m.peak[p] = max(m.peak[p], v, -v)
		m.power[p] += float64(v * v)
	}
	m.count[p] += m.channels
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
