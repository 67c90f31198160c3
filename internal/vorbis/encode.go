package vorbis

import (
	"fmt"
	"math"
	"slices"
)

// Quality is how near new packets come.
type Quality struct {
	Ratio float64 // of sound to what is lost, dB: no more is spent once it is reached
	Floor float64 // no coefficient under this amplitude is coded, full scale 1
}

// finest and coarsest floors that are tried, dB under the mean amplitude around a post, and the step between them. Where
// nothing is out of reach, 12 dB more than that are between a sound and its loss.
const (
	coarsest  = 0.0
	finest    = 48.0
	floorMove = 6.0
	headStart = 14.0
)

// Encode makes a packet for a window. sound has p.Size sample frames for each channel, in Vorbis's order, not yet shaped by
// the window. Floors are laid lower, so that steps are finer, until the loss is as small as asked for, or books have no
// larger numbers.
func (s *Stream) Encode(p Packet, sound [][]float64, q Quality) ([]byte, error) {
	if len(sound) != s.Channels {
		return nil, fmt.Errorf("encode Vorbis: %d channels for %d", len(sound), s.Channels)
	}
	spectra := make([][]float32, s.Channels)
	silent := true
	for c, samples := range sound {
		if len(samples) != p.Size {
			return nil, fmt.Errorf("encode Vorbis: %d sample frames for a window of %d", len(samples), p.Size)
		}
		shaped := slices.Clone(samples)
		shape(shaped, p.Before, p.After)
		spectra[c] = transform(shaped)
		silent = silent && slices.Max(spectra[c]) < float32(q.Floor) && slices.Min(spectra[c]) > -float32(q.Floor)
	}
	if silent {
		return s.Silent(p), nil
	}
	var best *coded
	for lower := max(coarsest, min(q.Ratio-headStart, finest)); lower <= finest; lower += floorMove {
		c := s.code(p, spectra, math.Pow(10, -lower/20), q.Floor)
		if best == nil || c.loss < best.loss {
			best = c
		}
		if best.sound >= best.loss*math.Pow(10, q.Ratio/10) {
			break
		}
	}
	return s.write(p, best)
}

// coded is a packet's floors and residues, and the squares of what the books can hold of its sound and of what is lost of that.
type coded struct {
	floors      []*floorCode
	residues    [][][]partition // of each submap
	sound, loss float64
}

// vectors returns the channels of a submap as its residue takes them, and how to put them back: a residue of type 2 has all in
// one (8.6.5).
func (s *Stream) vectors(m *mapping, submap int, channels [][]float32) (list [][]float32, back func([][]float32)) {
	var own []int
	for c, sub := range m.mux {
		if sub == submap {
			own = append(own, c)
			list = append(list, channels[c])
		}
	}
	if s.residues[m.residues[submap]].kind != 2 || len(own) == 0 {
		return list, func(values [][]float32) {
			for i, c := range own {
				copy(channels[c], values[i])
			}
		}
	}
	one := make([]float32, len(own)*len(list[0]))
	for i, v := range list {
		for k, x := range v {
			one[k*len(own)+i] = x
		}
	}
	return [][]float32{one}, func(values [][]float32) {
		for i, c := range own {
			for k := range channels[c] {
				channels[c][k] = values[0][k*len(own)+i]
			}
		}
	}
}

// code codes spectra over floors that lie ratio below them.
func (s *Stream) code(p Packet, spectra [][]float32, ratio, least float64) *coded {
	m := &s.mappings[s.modes[p.Mode].mapping]
	out := &coded{}
	curves, divided := make([][]float32, len(spectra)), make([][]float32, len(spectra))
	for c, spectrum := range spectra {
		f := &s.floors[m.floors[m.mux[c]]]
		code := f.code(s, f.wanted(spectrum, ratio, least))
		out.floors = append(out.floors, code)
		curves[c] = f.curve(code.heights, code.stated, len(spectrum))
		divided[c] = make([]float32, len(spectrum))
		for k, x := range spectrum {
			divided[c][k] = x / curves[c][k]
		}
	}
	for _, step := range m.steps {
		couple(divided[step[0]], divided[step[1]])
	}
	reached := make([][]float32, len(spectra)) // 1 where a residue reaches
	for c := range reached {
		reached[c] = make([]float32, len(spectra[c]))
	}
	for submap := range m.residues {
		s.codeSubmap(m, submap, divided, reached, out)
	}
	for i := len(m.steps) - 1; i >= 0; i-- {
		uncouple(divided[m.steps[i][0]], divided[m.steps[i][1]])
	}
	for c, spectrum := range spectra {
		for k, x := range spectrum {
			d := float64(x - divided[c][k]*curves[c][k])
			out.sound += float64(x*x) * float64(reached[c][k])
			out.loss += d * d * float64(reached[c][k])
		}
	}
	return out
}

// codeSubmap codes the channels of a submap and puts what comes back in their place.
func (s *Stream) codeSubmap(m *mapping, submap int, channels, reached [][]float32, out *coded) {
	x := &s.residues[m.residues[submap]]
	list, back := s.vectors(m, submap, channels)
	_, mark := s.vectors(m, submap, reached)
	made := x.code(s, list)
	out.residues = append(out.residues, made)
	values, marks := make([][]float32, len(list)), make([][]float32, len(list))
	for j, v := range list {
		values[j], marks[j] = make([]float32, len(v)), make([]float32, len(v))
		at, _ := x.bounds(len(v))
		for _, piece := range made[j] {
			copy(values[j][at:], piece.value)
			for i := range piece.value {
				marks[j][at+i] = 1
			}
			at += x.size
		}
	}
	back(values)
	mark(marks)
}

func (s *Stream) write(p Packet, c *coded) ([]byte, error) {
	m := &s.mappings[s.modes[p.Mode].mapping]
	w := s.head(p)
	for ch, code := range c.floors {
		f := &s.floors[m.floors[m.mux[ch]]]
		f.put(s, w, code)
	}
	for submap, made := range c.residues {
		if err := s.residues[m.residues[submap]].put(s, w, made); err != nil {
			return nil, fmt.Errorf("encode Vorbis: %w", err)
		}
	}
	return w.data, nil
}
