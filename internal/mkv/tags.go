package mkv

import (
	"fmt"
	"strconv"
	"strings"
)

// Statistics of a track that mkvmerge writes as tags and that an edit makes wrong.
const (
	tagBytes = "NUMBER_OF_BYTES"
	tagRate  = "BPS"
	tagLast  = "DURATION" // hours:minutes:seconds.nanoseconds
)

// withoutStatistics returns the data of Tags without the figures that count bytes.
func withoutStatistics(data []byte) ([]byte, error) {
	return mapTags(data, func(track uint64, name, value string) (string, bool) { return "", name != tagBytes && name != tagRate }, nil)
}

// withStatistics returns the data of Tags with the byte counts of tracks, by their UIDs, put right.
func withStatistics(data []byte, bytes map[uint64]int64) ([]byte, error) {
	lasts := map[uint64]float64{}
	return mapTags(data, func(track uint64, name, value string) (string, bool) {
		n, changed := bytes[track]
		if !changed {
			return "", true
		}
		switch {
		case name == tagBytes:
			return strconv.FormatInt(n, 10), true
		case name == tagRate && lasts[track] > 0:
			return strconv.FormatInt(int64(float64(n)*8/lasts[track]), 10), true
		}
		return "", true
	}, lasts)
}

// mapTags goes through the simple tags of tracks. change returns a new value, "" for the old one, and whether the tag is
// kept. lasts, if there, is filled in with tracks' durations before the tags of each are changed.
func mapTags(data []byte, change func(track uint64, name, value string) (string, bool), lasts map[uint64]float64) ([]byte, error) {
	list, err := nodes(data)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, tag := range list {
		if tag.id == idCRC32 {
			continue
		}
		if tag.id != idTag {
			out = append(out, tag.raw...)
			continue
		}
		inner, err := nodes(tag.data)
		if err != nil {
			return nil, err
		}
		track := uint64(0)
		if targets := find(inner, idTargets); targets != nil {
			deep, err := nodes(targets.data)
			if err != nil {
				return nil, err
			}
			track = find(deep, idTagTrack).asUint(0)
		}
		if track == 0 {
			out = append(out, tag.raw...)
			continue
		}
		changed, err := mapTag(inner, track, change, lasts)
		if err != nil {
			return nil, err
		}
		if changed == nil {
			out = append(out, tag.raw...)
		} else {
			out = appendElement(out, idTag, changed)
		}
	}
	return out, nil
}

// mapTag is mapTags for the children of one Tag; it returns nil where nothing changes.
func mapTag(inner []node, track uint64, change func(uint64, string, string) (string, bool), lasts map[uint64]float64) ([]byte, error) {
	simple := make([][]node, len(inner))
	for i, n := range inner {
		if n.id != idSimpleTag {
			continue
		}
		var err error
		if simple[i], err = nodes(n.data); err != nil {
			return nil, err
		}
		if lasts != nil && find(simple[i], idTagName).asString() == tagLast {
			lasts[track] = parseDuration(find(simple[i], idTagString).asString())
		}
	}
	var out []byte
	any := false
	for i, n := range inner {
		if simple[i] == nil {
			out = append(out, n.raw...)
			continue
		}
		name, old := find(simple[i], idTagName).asString(), find(simple[i], idTagString).asString()
		value, keep := change(track, name, old)
		if !keep {
			any = true
			continue
		}
		if value == "" || value == old {
			out = append(out, n.raw...)
			continue
		}
		any = true
		var body []byte
		for _, k := range simple[i] {
			switch k.id {
			case idCRC32:
			case idTagString:
				body = appendElement(body, idTagString, []byte(value))
			default:
				body = append(body, k.raw...)
			}
		}
		out = appendElement(out, idSimpleTag, body)
	}
	if !any {
		return nil, nil
	}
	return out, nil
}

// parseDuration reads hours:minutes:seconds with a fraction, 0 for anything else.
func parseDuration(s string) float64 {
	var h, m int
	var sec float64
	if n, err := fmt.Sscanf(strings.ReplaceAll(s, ":", " "), "%d %d %f", &h, &m, &sec); n != 3 || err != nil {
		return 0
	}
	return float64(h)*3600 + float64(m)*60 + sec
}
