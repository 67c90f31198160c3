package flac

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/corpus"
)

// stream is a FLAC file, taken apart by ffprobe.
type stream struct {
	blocks []byte
	frames [][]byte
	info   Info
}

func makeStream(t testing.TB, channels, depth int, args string) stream {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.flac")
	format := map[int]string{16: "s16", 24: "s32"}[depth]
	line := fmt.Sprintf("-v error -f lavfi -i aevalsrc=%s:s=44100 -t 1 -c:a flac -sample_fmt %s %s", strings.TrimSuffix(strings.Repeat("0.3*sin(900*t*t)|", channels), "|"), format, args)
	if out, err := exec.Command("ffmpeg", append(strings.Fields(line), path)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "packet=pos,size", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	s := stream{}
	for line := range strings.Lines(string(out)) {
		var size, pos int
		if _, err := fmt.Sscanf(line, "%d,%d", &size, &pos); err != nil {
			t.Fatal(err)
		}
		if s.blocks == nil {
			s.blocks = data[4:pos]
		}
		s.frames = append(s.frames, data[pos:pos+size])
	}
	if s.info, err = ParseInfo(s.blocks); err != nil {
		t.Fatal(err)
	}
	return s
}

// decode has ffmpeg decode the stream, samples interleaved.
func (s stream) decode(t testing.TB) []int64 {
	t.Helper()
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "flac", "-i", "pipe:0", "-f", "s32le", "pipe:1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Stdin = bytes.NewReader(append(append([]byte("fLaC"), s.blocks...), bytes.Join(s.frames, nil)...))
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	samples := make([]int64, len(out)/4)
	for i := range samples {
		samples[i] = int64(int32(binary.LittleEndian.Uint32(out[4*i:])) >> (32 - s.info.Bits))
	}
	return samples
}

// Programmes that each kind of subframe and each way to store two channels is best for.
var programmes = map[string]func(i, channel int, top float64, r *rand.Rand) float64{
	"silence": func(int, int, float64, *rand.Rand) float64 { return 0 },
	"level":   func(_, c int, top float64, _ *rand.Rand) float64 { return top*float64(c%2) - 7 },
	"noise":   func(_, _ int, top float64, r *rand.Rand) float64 { return (r.Float64()*2 - 1) * top },
	"tone": func(i, c int, top float64, _ *rand.Rand) float64 {
		return top * 0.9 * math.Sin(float64(i)/20+float64(c))
	},
	"alike": func(i, c int, top float64, r *rand.Rand) float64 {
		return top*0.9*math.Sin(float64(i)/9) + r.Float64()*float64(c)
	},
	"right": func(i, c int, top float64, _ *rand.Rand) float64 {
		return top * 0.9 * math.Sin(float64(i)/9) * float64(c%2)
	},
	"square": func(i, c int, top float64, _ *rand.Rand) float64 {
		return top * float64(1-2*(i/100%2)) * float64(1-2*(c%2))
	},
	"bursts": func(i, _ int, top float64, r *rand.Rand) float64 {
		return top * (r.Float64()*2 - 1) * float64(i/512%2)
	},
}

func TestEncodedFramesDecode(t *testing.T) {
	for _, c := range []struct {
		channels, depth int
		args            string
	}{{2, 16, ""}, {2, 24, "-frame_size 1000"}, {1, 16, "-frame_size 4096"}, {6, 16, "-frame_size 576"}} {
		s := makeStream(t, c.channels, c.depth, c.args)
		want := s.decode(t)
		r, top := rand.New(rand.NewPCG(1, 2)), math.Ldexp(1, c.depth-1)-1
		names := []string{"silence", "level", "noise", "tone", "alike", "right", "square", "bursts"}
		at := 0
		for i, old := range s.frames {
			h, err := ParseHeader(old)
			if err != nil {
				t.Fatal(err)
			}
			if h.Channels != c.channels || h.Number != uint64(i) || h.Bits != 0 && h.Bits != c.depth || i+1 < len(s.frames) && h.Block != s.info.MaxBlock {
				t.Fatalf("frame %d of %+v: %+v", i, s.info, h)
			}
			if i > 0 {
				samples := make([][]int64, c.channels)
				for n := range h.Block {
					for ch := range samples {
						v := int64(programmes[names[i%len(names)]](n, ch, top, r))
						samples[ch] = append(samples[ch], v)
						want[(at+n)*c.channels+ch] = v
					}
				}
				if s.frames[i], err = Encode(s.info, old, samples); err != nil {
					t.Fatal(err)
				}
			}
			at += h.Block
		}
		if len(s.frames) <= len(names) {
			t.Fatalf("only %d frames", len(s.frames))
		}
		got := s.decode(t)
		if len(got) != len(want) {
			t.Fatalf("%+v: %d values, want %d", c, len(got), len(want))
		}
		for i, v := range got {
			if v != want[i] {
				t.Fatalf("%+v: value %d is %d, want %d", c, i, v, want[i])
			}
		}
	}
}

func TestUpdate(t *testing.T) {
	s := makeStream(t, 2, 16, "")
	if s.info.MaxFrame == 0 || s.info.Sum == [16]byte{} {
		t.Fatalf("ffmpeg states nothing that changes: %+v", s.info)
	}
	blocks, err := Update(s.blocks, [][]byte{make([]byte, s.info.MaxFrame+100), {1, 2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	want := s.info
	want.MinFrame, want.MaxFrame, want.Sum = 3, s.info.MaxFrame+100, [16]byte{}
	if got, err := ParseInfo(blocks); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if bytes.Equal(blocks, s.blocks) || !bytes.Equal(Lasting(blocks), Lasting(s.blocks)) {
		t.Error("what lasts is not what Update leaves alone")
	}
	blocks[14] ^= 1 // the rate
	if bytes.Equal(Lasting(blocks), Lasting(s.blocks)) {
		t.Error("another rate counts as the same stream")
	}
}

func FuzzParse(f *testing.F) {
	s := makeStream(f, 2, 16, "")
	f.Add(s.blocks)
	f.Add(s.frames[0][:MaxHeader])
	f.Add([]byte{0xff, 0xf9, 0x79, 0x18, 0xfe, 0x87, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0x01, 0x10, 0})
	corpus.Each(f, corpus.Sample("flac"), func(packet []byte) { f.Add(packet) })
	corpus.Each(f, corpus.Config("flac"), func(config []byte) { f.Add(config) })
	f.Fuzz(func(t *testing.T, data []byte) {
		ParseInfo(data)
		Lasting(data)
		h, err := ParseHeader(data)
		if err != nil {
			return
		}
		if h.size > len(data) || h.Block < 1 || h.Block > 1<<16 || h.Channels > 8 {
			t.Fatalf("%+v of %d bytes", h, len(data))
		}
		samples := make([][]int64, h.Channels)
		for c := range samples {
			samples[c] = make([]int64, h.Block)
		}
		if _, err := Encode(Info{Channels: h.Channels, Bits: 16}, data, samples); err != nil {
			t.Fatal(err)
		}
	})
}
