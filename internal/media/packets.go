package media

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"retake/internal/retake"
)

// maxPackets bounds the packets of one track that are listed: 9 hours of pictures at 60 a second, 11 of AAC sound.
const maxPackets = 2_000_000

// Packet is one packet of a track.
type Packet struct {
	Time     float64 // of presentation, or of decoding in containers that know no other; seconds
	Duration float64 // seconds, 0 when unknown
	Key      bool    // decoding can begin here, as far as the container knows
}

// Packets lists a track's packets in the order of the file, which it reads to its end, but those that an edit list leaves out
// and that are decoded for others alone. It is none when they have no times, and a *retake.Error with CodeUnreadable when there are too many.
func (t *Tools) Packets(ctx context.Context, path string, index int) ([]Packet, error) {
	return t.packets(ctx, path, index)
}

func (t *Tools) packets(ctx context.Context, path string, index int, options ...string) ([]Packet, error) {
	args := append([]string{"-select_streams", strconv.Itoa(index)}, options...)
	p, err := t.Start(ctx, Command{Probe: true, Args: append(args,
		"-show_entries", "packet=pts_time,dts_time,duration_time,flags", "-of", "compact=p=0", path)})
	if err != nil {
		return nil, err
	}
	defer p.Close()
	packets, readErr := readPackets(p.Stdout()) // a long clip has more of them than Run would keep
	if errors.Is(readErr, errNoTime) {
		return nil, nil
	}
	if retake.CodeOf(readErr) == retake.CodeUnreadable {
		return nil, readErr // without waiting for the rest
	}
	if err := p.Wait(); err != nil {
		return nil, probeError(err)
	}
	if readErr != nil {
		return nil, fmt.Errorf("read packets: %w", readErr)
	}
	return packets, nil
}

// readPackets reads ffprobe's compact form, a line of key=value|key=value for each packet.
func readPackets(r io.Reader) ([]Packet, error) {
	var list []Packet
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p, stamped, isPacket, unseen := Packet{}, math.NaN(), false, false
		p.Time = math.NaN()
		for f := range strings.SplitSeq(strings.TrimSpace(lines.Text()), "|") {
			key, value, _ := strings.Cut(f, "=")
			v, err := strconv.ParseFloat(value, 64)
			known := err == nil && !math.IsNaN(v) && math.Abs(v) < 1e9
			switch {
			case key == "flags":
				isPacket, p.Key, unseen = true, strings.HasPrefix(value, "K"), strings.Contains(value, "D")
			case key == "pts_time" && known:
				p.Time = v
			case key == "dts_time" && known:
				stamped = v
			case key == "duration_time" && known:
				p.Duration = v
			}
		}
		if !isPacket || unseen {
			continue // side data takes lines of its own
		}
		if math.IsNaN(p.Time) {
			p.Time = stamped
		}
		if math.IsNaN(p.Time) {
			return nil, fmt.Errorf("packet %d: %w", len(list), errNoTime)
		}
		if len(list) == maxPackets {
			return nil, TooLong(fmt.Errorf("more than %d packets", maxPackets))
		}
		list = append(list, p)
	}
	return list, lines.Err()
}

var errNoTime = errors.New("no time")
