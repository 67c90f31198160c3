package mkv

import (
	"encoding/binary"
	"math"

	"retake/internal/container"
)

// addedTrack is a new track of sound whose packets are put between the original's blocks.
type addedTrack struct {
	*container.Sound
	number uint64
	entry  []byte
	next   int // packet
}

// codecIDs of the sound that can be added.
var codecIDs = map[string]string{container.AAC: "A_AAC", container.Opus: "A_OPUS"}

// addTracks describes new tracks.
func (p *patcher) addTracks(added []*container.Sound) error {
	number, uid := uint64(1), uint64(1)
	for _, t := range p.f.tracks {
		number, uid = max(number, t.number+1), max(uid, t.ID+1)
	}
	if uid == 0 {
		uid = 1
	}
	for _, s := range added {
		id, known := codecIDs[s.Codec]
		if !known || s.Codec == container.AAC && p.f.kind == container.WebM || s.Frame <= 0 || s.Rate <= 0 {
			return unsupported("a new sound track of %s", s.Codec)
		}
		more := appendElement(nil, idLanguage, []byte("und"))
		if s.Priming > 0 {
			more = appendUint(more, idCodecDelay, uint64(math.Round(float64(s.Priming)*second/float64(s.Rate))))
		}
		if s.Codec == container.Opus {
			more = appendUint(more, idSeekPreRoll, 80_000_000) // RFC 7845, 4.6
		}
		entry := soundEntry(number, uid, StreamTrack{Codec: id, Private: s.Config, Rate: s.Rate, Channels: s.Channels}, more)
		p.added = append(p.added, &addedTrack{Sound: s, number: number, entry: entry})
		number, uid = number+1, uid+1
	}
	return nil
}

// time returns when a packet begins, in ticks of the file.
func (p *patcher) time(a *addedTrack, packet int) int64 {
	ticks := float64(packet) * float64(a.Frame) / float64(a.Rate) * float64(p.f.timescale)
	return (int64(math.Round(ticks)) + p.f.first) / p.f.unit
}

// writeAdded writes the new packets due before a time that the cluster of time base can hold.
func (p *patcher) writeAdded(base, before int64) error {
	for _, a := range p.added {
		for a.next < len(a.Packets) {
			t := p.time(a, a.next)
			if t >= before || t-base > math.MaxInt16 {
				break
			}
			relative := max(t-base, math.MinInt16)
			data := appendSize(nil, int64(a.number), sizeWidth(int64(a.number)))
			data = binary.BigEndian.AppendUint16(data, uint16(int16(relative)))
			data = append(append(data, flagKey), a.Packets[a.next]...)
			if _, err := p.out.Write(appendElement(nil, idSimpleBlock, data)); err != nil {
				return err
			}
			a.next++
		}
	}
	return nil
}

// nextBase returns when the cluster behind the one that is written begins, the end of time where there is none.
func (p *patcher) nextBase() int64 {
	if len(p.added) == 0 || p.done+1 >= len(p.clusters) {
		return math.MaxInt64
	}
	in := p.f.reader()
	next := p.clusters[p.done+1]
	for at := next.data(); at < next.end(); {
		e, err := in.next(at, next.end())
		if err != nil {
			break
		}
		if e.id == idTimestamp {
			if t, err := p.f.readTime(in, e); err == nil {
				return t
			}
		}
		at = e.end()
	}
	return math.MaxInt64
}

// writeLeft writes packets that no cluster could hold into clusters of their own.
func (p *patcher) writeLeft() error {
	for _, a := range p.added {
		for a.next < len(a.Packets) {
			start, base := p.out.pos, p.time(a, a.next)
			head := appendSize(appendID(nil, idCluster), 0, 8)
			if _, err := p.out.Write(appendUint(head, idTimestamp, uint64(base))); err != nil {
				return err
			}
			if err := p.writeAdded(base, base+int64(5*p.f.timescale)/p.f.unit); err != nil {
				return err
			}
			if err := p.closeCluster(start, -1); err != nil {
				return err
			}
		}
	}
	return nil
}
