package h264

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// stream is an encoded stream: its sets, and the slices of each picture.
type stream struct {
	*Config
	pictures [][][]byte
}

// encode encodes 2 s of a test picture with x264. Each picture begins with a delimiter.
func encode(t *testing.T, options string) *stream {
	t.Helper()
	line := "-v error -f lavfi -i testsrc2=size=98x66:rate=25,noise=alls=20:allf=t -t 2 -c:v libx264 -f h264 -aud 1 " + options + " -"
	data, err := exec.Command("ffmpeg", strings.Fields(line)...).Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v", err)
	}
	s := &stream{Config: &Config{LengthSize: 4}}
	for part := range bytes.SplitSeq(data, []byte{0, 0, 1}) {
		switch unit := bytes.TrimRight(part, "\x00"); Type(unit) {
		case TypeDelimiter:
			s.pictures = append(s.pictures, nil)
		case TypeSPS:
			s.SPS = [][]byte{unit}
		case TypePPS:
			s.PPS = [][]byte{unit}
		case TypeSlice, TypeIDR:
			s.pictures[len(s.pictures)-1] = append(s.pictures[len(s.pictures)-1], unit)
		}
	}
	if len(s.pictures) != 50 {
		t.Fatalf("%d pictures", len(s.pictures))
	}
	return s
}

// decode returns the checksums of a stream's pictures as ffmpeg decodes it, which has to be without complaint.
func (s *stream) decode(t *testing.T) []string {
	t.Helper()
	data := nal.AppendAnnexB(nil, append(s.SPS, s.PPS...)...)
	for _, units := range s.pictures {
		data = nal.AppendAnnexB(data, units...)
	}
	cmd := exec.Command("ffmpeg", strings.Fields("-v warning -err_detect explode -f h264 -i - -fps_mode passthrough -f framehash -hash md5 -")...)
	cmd.Stdin = bytes.NewReader(data)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Errorf("ffmpeg: %v\n%s", err, complaints.String())
	}
	var sums []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(line, ","); len(f) == 6 && line[0] != '#' {
			sums = append(sums, strings.TrimSpace(f[5]))
		}
	}
	return sums
}

// counting returns x264's sequence parameter set with other widths of its counts, and the picture order told.
func counting(t *testing.T, sps []byte, frameNumBits, orderBits int) []byte {
	t.Helper()
	rbsp := nal.Unescape(sps)
	r, w := &nal.Reader{Data: rbsp}, &nal.Writer{}
	w.Copy(r, 33) // the id is 0
	if rbsp[1] >= 100 {
		head := nal.Reader{Data: rbsp, Pos: r.Pos}
		if head.UE() == 3 {
			head.U(1)
		}
		head.UE()
		head.UE()
		if head.U(2) != 0 {
			t.Fatal("scaling matrices")
		}
		w.Copy(r, head.Pos-r.Pos)
	}
	r.UE()
	if r.UE() == 0 {
		r.UE()
	}
	w.UE(uint32(frameNumBits - 4))
	w.UE(0)
	w.UE(uint32(orderBits - 4))
	w.Copy(r, nal.StopBit(rbsp)+1-r.Pos)
	return nal.Escape(w.Data)
}

// move moves all pictures to other sets.
func (s *stream) move(t *testing.T, to *Config, pps uint32) *stream {
	t.Helper()
	from, err := s.Sets()
	if err != nil {
		t.Fatal(err)
	}
	sets, err := to.Sets()
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMove(from, sets, pps)
	if err != nil {
		t.Fatal(err)
	}
	out := &stream{Config: to}
	for _, p := range s.pictures {
		moved, _, err := m.Picture(p)
		if err != nil {
			t.Fatal(err)
		}
		out.pictures = append(out.pictures, moved)
	}
	return out
}

// A stream whose slices were moved to sets of other ids and widths decodes to the same pictures, and moved back is the same
// to the bit.
func TestMove(t *testing.T) {
	for _, options := range []string{
		"-pix_fmt yuv420p -preset medium -x264-params keyint=20:weightp=2:ref=5",
		"-pix_fmt yuv420p -preset slow -x264-params keyint=250:bframes=5:b-adapt=0:weightb=1:slices=3:direct=temporal",
		"-pix_fmt yuv420p -preset medium -x264-params cabac=0:keyint=25:slices=2:bframes=2",
		"-pix_fmt yuv420p -profile:v baseline -preset slow -x264-params keyint=30:deblock=1,-1",
		"-pix_fmt yuv420p -profile:v main -x264-params bframes=0:no-deblock=1:weightp=1",
		"-pix_fmt yuv444p10 -preset fast -x264-params keyint=250:b-pyramid=strict",
	} {
		s := encode(t, options)
		want := s.decode(t)
		if len(want) != 50 {
			t.Fatalf("%s: %d pictures decoded", options, len(want))
		}
		same := s.move(t, s.Config, 0)
		if diff := cmp.Diff(s.pictures, same.pictures); diff != "" {
			t.Errorf("%s: a stream moved to its own sets is another: %s", options, diff)
		}
		for _, to := range []struct {
			frameNum, order int
			pps             uint32
		}{{16, 16, 30}, {7, 9, 255}} {
			pps, err := renamePPS(s.PPS[0], IDs{PPS: to.pps})
			if err != nil {
				t.Fatal(err)
			}
			other := &Config{LengthSize: 4, SPS: [][]byte{counting(t, s.SPS[0], to.frameNum, to.order)}, PPS: [][]byte{pps}}
			name := fmt.Sprintf("%s to %+v", options, to)
			moved := s.move(t, other, to.pps)
			if diff := cmp.Diff(want, moved.decode(t)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if was, err := ParseSPS(s.SPS[0]); err != nil || was.OrderType != 0 {
				continue // it is not moved back to an order that is not told
			}
			if diff := cmp.Diff(s.pictures, moved.move(t, s.Config, 0).pictures); diff != "" {
				t.Errorf("%s and back: %s", name, diff)
			}
		}
	}
}

// Pictures are counted as they come; what does not fit is an error and no wrong stream.
func TestMoveRefuses(t *testing.T) {
	s := encode(t, "-pix_fmt yuv420p -preset ultrafast -x264-params keyint=250")
	sets, err := s.Sets()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewMove(sets, sets, 3); !errors.Is(err, nal.ErrMalformed) {
		t.Errorf("an unknown set: %v", err)
	}
	m, err := NewMove(sets, sets, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Picture(s.pictures[2]); !errors.Is(err, nal.ErrMalformed) {
		t.Errorf("a picture that is missing: %v", err)
	}
}

// What was moved, and moved there and back again, is the same to the bit, or refused. (Before that it may have been spelled in
// another way.)
func FuzzMove(f *testing.F) {
	f.Add(nal.AppendSample(nil, idrSlice(0, 4, []byte{1, 2, 3})), byte(0))
	f.Add(nal.AppendSample(nil, idrSlice(3, 4, []byte{0, 0, 0, 0, 0xff})), byte(0xff))
	f.Add([]byte("\x00\x00\x00\nA#A0\x00A7007"), byte(0xdd)) // CABAC that ends where its data should begin
	corpus.Each(f, corpus.Sample("h264"), func(sample []byte) { f.Add(sample, byte(0)) })
	f.Fuzz(func(t *testing.T, sample []byte, as byte) {
		units, err := nal.Units(sample, 4)
		if err != nil {
			return
		}
		bit := func(n int) bool { return as>>n&1 == 1 }
		sets := func(frameNumBits, orderBits int, pps uint32) *Sets {
			s := &Stream{frameNumBits: frameNumBits, orderBits: orderBits, Signal: nal.Signal{Progressive: true, ChromaFormat: 1}}
			p := &picture{stream: s, references: [2]uint32{2, 1}, arithmetic: bit(0), weighted: bit(1), bipred: uint32(as >> 2 & 1), deblocking: bit(3), redundant: bit(4), bottom: bit(5)}
			return &Sets{pictures: map[uint32]*picture{pps: p}}
		}
		narrow, wide := sets(4, 6, 1), sets(11, 13, 9)
		move := func(from, to *Sets, pps uint32, units [][]byte) ([][]byte, error) {
			m, err := NewMove(from, to, pps)
			if err == nil {
				units, _, err = m.Picture(units)
			}
			return units, err
		}
		moved, err := move(narrow, wide, 9, units)
		if err != nil {
			return
		}
		again, err := move(wide, narrow, 1, moved)
		if err == nil {
			again, err = move(narrow, wide, 9, again)
		}
		if diff := cmp.Diff(moved, again); diff != "" || err != nil {
			t.Fatalf("%v, %s", err, diff)
		}
	})
}
