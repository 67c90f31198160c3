package aac

import (
	"context"
	"fmt"

	"retake/internal/media"
)

// excerpt is the part of a track around a splice: its packets, and what they decode to.
type excerpt struct {
	count    int // packets in the whole track
	first    int // index of packets[0]
	packets  [][]byte
	samples  []float32 // of the same packets; the first block lacks the packet before it unless first is 0
	channels int
}

// loadExcerpt reads and decodes all that any growth of the span can need.
func loadExcerpt(ctx context.Context, tools *media.Tools, src Source, c Config, s span) (*excerpt, error) {
	w := &excerpt{count: src.Count(), first: max(0, s.minP-leadIn-runIn), channels: c.Channels}
	for i := w.first; i < min(w.count, s.maxQ+leadOut); i++ {
		p, err := src.Packet(i)
		if err != nil {
			return nil, fmt.Errorf("read packet %d: %w", i, err)
		}
		w.packets = append(w.packets, p)
	}
	var err error
	w.samples, err = Decode(ctx, tools, w.packets, c)
	return w, err
}

// blocks returns the decoded blocks [from, to).
func (w *excerpt) blocks(from, to int) []float32 {
	size := BlockSize * w.channels
	return w.samples[(from-w.first)*size : (to-w.first)*size]
}

func (w *excerpt) peek(c Config, i int) (Window, error) {
	win, err := PeekWindow(c, w.packets[i-w.first])
	if err != nil {
		return Window{}, fmt.Errorf("packet %d: %w", i, err)
	}
	return win, nil
}

// shapeBefore returns the slope with which the old packet k rises in block k: the one its predecessor states.
func (w *excerpt) shapeBefore(c Config, k int) (kbd bool, err error) {
	if k <= 0 || k >= w.count {
		return true, nil // no seam there
	}
	win, err := w.peek(c, k-1)
	return win.KBD, err
}

// bitRate returns the rate for the new packets: at least the old ones', at most what a decoder's buffer takes.
func (w *excerpt) bitRate(c Config) int {
	var bytes int
	for _, p := range w.packets {
		bytes += len(p)
	}
	old := 8 * bytes * c.Rate / (len(w.packets) * BlockSize)
	return min(max(old, bitsPerChannel*c.Channels), 8*maxPacketCh*c.Channels*c.Rate/BlockSize)
}
