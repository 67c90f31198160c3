package alac

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"retake/internal/mediatest"
	"retake/internal/transcode"
)

func TestMain(m *testing.M) { mediatest.Main(m) }

func cookie(length, depth, channels int, tuning [3]byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(length))
	b = append(b, 0, byte(depth), tuning[0], tuning[1], tuning[2], byte(channels), 0, 255)
	b = binary.BigEndian.AppendUint32(b, 100)
	b = binary.BigEndian.AppendUint32(b, 0)
	return binary.BigEndian.AppendUint32(b, 48000)
}

// sample is one of a programme that goes from silence through runs of one value, a soft and a loud tone to noise.
func sample(i, channel int, top float64, r *rand.Rand) int64 {
	switch x := float64(i); i / 900 % 6 {
	case 0:
		return 0
	case 1:
		return int64(float64(channel*i/70) - 5)
	case 2:
		return int64(40 * math.Sin(x/13+float64(channel)))
	case 3:
		return int64(top * math.Sin(x/5+float64(channel)))
	case 4:
		return int64((r.Float64()*2 - 1) * top)
	}
	return int64(top) * int64(1-2*(i/3%2))
}

// What ffmpeg decodes of a track of new packets is what went in, whatever the cookie says of how numbers are coded.
func TestEncodedPacketsDecode(t *testing.T) {
	tools := mediatest.Open(t)
	for channels := 1; channels <= 8; channels++ {
		depth, tuning := []int{16, 24, 20}[channels%3], [3]byte{40, 10, 14}
		if channels%4 == 3 {
			tuning = [3]byte{25, 60, 9}
		}
		t.Run(fmt.Sprintf("%d channels of %d bits", channels, depth), func(t *testing.T) {
			box := cookie(1000, depth, channels, tuning)
			c, err := ParseConfig(box)
			if err != nil {
				t.Fatal(err)
			}
			r, top := rand.New(rand.NewPCG(3, 4)), math.Ldexp(1, depth-1)-1
			var packets [][]byte
			var want []int32
			for i := 0; i < 5*1000+37; i += 1000 {
				samples := make([][]int64, channels)
				for n := i; n < min(i+1000, 5037); n++ {
					for ch := range samples {
						v := sample(n, ch, top, r)
						samples[ch] = append(samples[ch], v)
						want = append(want, int32(v)<<(32-depth))
					}
				}
				p, err := c.Encode(samples)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := c.Length(p); err != nil || n != len(samples[0]) {
					t.Errorf("packet of %d samples states %d, %v", len(samples[0]), n, err)
				}
				packets = append(packets, p)
			}
			if plain := 1000 * channels * depth / 8; len(packets[0]) > plain*3/4 || len(packets[4]) > plain+64 {
				t.Errorf("packets of %d and %d bytes for %d", len(packets[0]), len(packets[4]), plain)
			}
			track := transcode.Track{Codec: transcode.ALAC, Private: box, Rate: 48000, Channels: channels, Bits: depth}
			got, err := transcode.Integers(context.Background(), tools, track, packets)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 4*len(want) {
				t.Fatalf("%d bytes for %d values", len(got), len(want))
			}
			for i, w := range want {
				if v := int32(binary.LittleEndian.Uint32(got[4*i:])); v != w {
					t.Fatalf("value %d of channel %d is %d, want %d", i/channels, i%channels, v, w)
				}
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	old := cookie(4096, 16, 2, [3]byte{40, 10, 14})
	fresh := Update(old, [][]byte{make([]byte, 50), make([]byte, 300)})
	if c, err := ParseConfig(fresh); err != nil || c.MaxFrame != 300 {
		t.Errorf("%+v, %v", c, err)
	}
	if !bytes.Equal(Lasting(old), Lasting(fresh)) {
		t.Error("what lasts is not what Update leaves alone")
	}
	if fresh[9]++; bytes.Equal(Lasting(old), Lasting(fresh)) {
		t.Error("another number of channels counts as the same track")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(cookie(4096, 16, 2, [3]byte{40, 10, 14}), []byte{0x20, 0, 0x10, 0, 0, 1, 2, 3})
	f.Add(cookie(1, 32, 8, [3]byte{255, 255, 1}), []byte{0})
	f.Fuzz(func(t *testing.T, box, packet []byte) {
		c, err := ParseConfig(box)
		if err != nil {
			return
		}
		Lasting(box)
		Update(box, [][]byte{packet})
		n, err := c.Length(packet)
		if err != nil {
			return
		}
		samples := make([][]int64, c.Channels)
		for i := range samples {
			samples[i] = make([]int64, n)
			for k := range samples[i] {
				samples[i][k] = int64(len(packet)*k) % (1 << (c.Bits - 1))
			}
		}
		if _, err := c.Encode(samples); err != nil {
			t.Fatal(err)
		}
	})
}
