package mkv

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"retake/internal/container"
)

// names of elements in plain words.
var names = map[uint32]string{
	idEBML: "EBML header", idInfo: "segment information (title, duration, application)", idChapters: "chapters", idAttachments: "attachments",
	idTags: "tags", idLanguage: "language", 0x22B59D: "language", 0x536E: "name", idDefaultDuration: "default duration", idFlagEnabled: "enabled flag",
	0x88: "default flag", 0x55AA: "forced flag", idTrackNumber: "number", idTrackUID: "identity", idCodecDelay: "codec delay", idSeekPreRoll: "pre-roll",
	0x7670: "projection (rotation)",
}

func nameOf(id uint32) string {
	if n, ok := names[id]; ok {
		return n
	}
	return fmt.Sprintf("element %X", id)
}

// layoutIDs are the elements of the first level that say where things are, or hold what is compared frame by frame.
var layoutIDs = []uint32{idSeekHead, idCluster, idCues, idTracks, idVoid, idCRC32}

// Parts implements container.File: the EBML header and every element of the segment that is no track, no cluster and no
// index, attachments one by one. Of tags it leaves out the statistics that count bytes.
func (f *File) Parts() ([]container.Part, error) {
	in := f.reader()
	section := func(e element) *io.SectionReader { return io.NewSectionReader(f.r, e.data(), e.size) }
	out := []container.Part{{Path: "EBML", Name: names[idEBML], Body: section(f.header)}}
	for _, e := range f.top {
		switch {
		case slices.Contains(layoutIDs, e.id):
		case e.id == idAttachments:
			for at := e.data(); at < e.end(); {
				k, err := in.next(at, e.end())
				if err != nil {
					return nil, err
				}
				if k.size == unknown {
					return nil, malformed("an attachment has no size")
				}
				if k.id != idVoid && k.id != idCRC32 {
					out = append(out, container.Part{Path: fmt.Sprintf("%x/%x", e.id, k.id), Name: names[e.id], Body: section(k)})
				}
				at = k.end()
			}
		default:
			data, err := in.load(e, maxLoaded)
			if err != nil {
				return nil, err
			}
			if e.id == idTags {
				if data, err = withoutStatistics(data); err != nil {
					return nil, err
				}
			}
			list, err := nodes(data)
			if err != nil {
				return nil, err
			}
			for _, n := range list {
				if n.id != idVoid && n.id != idCRC32 {
					out = append(out, container.NewPart(fmt.Sprintf("%x/%x", e.id, n.id), nameOf(e.id), n.data))
				}
			}
		}
	}
	return out, nil
}

// Parts implements container.Tables: all of the track's entry but its description, and a digest of what stands beside its
// blocks, such as the alpha plane or how much of the last frame of sound is to be dropped.
func (t *track) Parts() (out []container.Part) {
	list, _ := nodes(t.entry) // read when the file was opened
	for _, n := range list {
		if !slices.Contains(described, n.id) && n.id != idVoid && n.id != idCRC32 {
			out = append(out, container.NewPart(fmt.Sprintf("entry/%x", n.id), nameOf(n.id), n.data))
		}
	}
	if t.extra {
		digest := sha256.New()
		if err := t.file.besides(t, digest); err != nil {
			digest.Write([]byte(err.Error()))
		}
		out = append(out, container.NewPart("blocks", "data beside its frames", digest.Sum(nil)))
	}
	return out
}

// besides writes what block groups of a track hold beside the block, its duration and its references.
func (f *File) besides(t *track, w io.Writer) error {
	in := f.reader()
	return f.eachGroup(in, func(g element) error {
		mine, ordinal := false, 0
		for pass := range 2 {
			for at := g.data(); at < g.end(); {
				k, err := in.next(at, g.end())
				if err != nil {
					return err
				}
				at = k.end()
				switch {
				case k.id == idBlock && pass == 0:
					b, err := in.peek(k.data(), int(min(k.size, 11)))
					if err != nil {
						return err
					}
					h, ok := parseBlockHead(b)
					mine = ok && h.number == t.number
				case !mine || pass == 0 || k.id == idBlock || k.id == idBlockDuration || k.id == idReferenceBlock || k.id == idVoid || k.id == idCRC32:
				default:
					fmt.Fprintf(w, "%d %x %d:", ordinal, k.id, k.size)
					if _, err := io.Copy(w, io.NewSectionReader(f.r, k.data(), k.size)); err != nil {
						return err
					}
				}
				ordinal++
			}
		}
		return nil
	})
}

// eachGroup calls do for every block group of the file, which was walked when it was opened.
func (f *File) eachGroup(in *reader, do func(element) error) error {
	for _, c := range f.top {
		if c.id != idCluster {
			continue
		}
		for at := c.data(); at < c.end(); {
			e, err := in.next(at, c.end())
			if err != nil {
				return err
			}
			if e.id == idBlockGroup {
				if err := do(e); err != nil {
					return err
				}
			}
			at = e.end()
		}
	}
	return nil
}
