package media

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"retake/internal/corpus"
	"retake/internal/retake"
)

func TestDecodeProbe(t *testing.T) {
	got, err := decodeProbe([]byte(`{"streams":[
		{"index":0,"codec_type":"video","codec_name":"unknown","width":-4,"height":2,"avg_frame_rate":"0/0",
		 "duration":"N/A","nb_frames":"1e300","color_range":"pc","color_space":"reserved",
		 "side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]},
		{"index":1,"codec_type":"video","disposition":{"attached_pic":1},"side_data_list":[{"rotation":"180.2"}]},
		{"index":2,"codec_type":"audio","sample_rate":"44100","channels":2,"duration":"NaN"}],
		"format":{"format_name":"x","duration":"12.5","size":77}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Info{Format: "x", Duration: 12.5, Size: 77, Streams: []Stream{
		{Index: 0, Kind: "video", Height: 2, FullRange: true, Rotation: 90},
		{Index: 1, Kind: "video", AttachedPic: true, Rotation: 180},
		{Index: 2, Kind: "audio", SampleRate: 44100, Channels: 2},
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Info{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := decodeProbe([]byte("Killed")); err == nil {
		t.Error("no error for what is no JSON")
	}
}

func TestBelievable(t *testing.T) {
	for _, tt := range []struct {
		name string
		info Info
		want float64
	}{
		{"all agree", Info{Duration: 10, Streams: []Stream{{Kind: "video", Duration: 10, Frames: 300, Rate: retake.Rate{Num: 30, Den: 1}}}}, 10},
		{"tracks end a little apart", Info{Duration: 10.02, Streams: []Stream{{Kind: "video", Duration: 9.96}, {Kind: "audio", Duration: 10.02}}}, 10.02},
		{"the file claims ten hours", Info{Duration: 36000, Streams: []Stream{{Kind: "video", Duration: 10}}}, 10},
		{"the track claims ten hours", Info{Duration: 36000, Streams: []Stream{{Kind: "video", Duration: 36000, Frames: 300, Rate: retake.Rate{Num: 30, Den: 1}}}}, 10},
		{"only the file knows", Info{Duration: 7, Streams: []Stream{{Kind: "video"}}}, 7},
		{"nobody knows", Info{}, 0},
	} {
		if got := tt.info.believable(); got != tt.want {
			t.Errorf("%s: got %v s, want %v", tt.name, got, tt.want)
		}
	}
}

func TestPacketSpan(t *testing.T) {
	for csv, want := range map[string]float64{
		"0.0,0.5\n1.0,0.5\n0.5,0.5\n": 1.5,
		"2.0,N/A\n2.5,N/A\nN/A,0.5\n": 0.5,
		"3.0,0.5,side\n":              0.5,
		"":                            0,
		"rubbish":                     0,
	} {
		if got := packetSpan(csv); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: got %v, want %v", csv, got, want)
		}
	}
}

func FuzzDecodeProbe(f *testing.F) {
	f.Add([]byte(`{"streams":[{"codec_type":"video","nb_frames":"30","avg_frame_rate":"30/1","duration":"1.0","side_data_list":[{"rotation":-90}]}],"format":{"duration":"1.0"}}`))
	f.Add([]byte(`{"streams":[{"codec_type":"video","nb_frames":"-1","avg_frame_rate":"-1/0","duration":"inf","width":99999999,"side_data_list":[{"rotation":1e308}]}]}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := decodeProbe(data)
		if err != nil {
			return
		}
		if d := info.Duration; d < 0 || math.IsNaN(d) || math.IsInf(d, 0) {
			t.Errorf("duration %v", d)
		}
		for _, s := range info.Streams {
			if s.Rotation != 0 && s.Rotation != 90 && s.Rotation != 180 && s.Rotation != 270 {
				t.Errorf("rotation %d", s.Rotation)
			}
			if s.Width < 0 || s.Height < 0 || s.Frames < 0 || s.Duration < 0 || s.Channels < 0 || s.SampleRate < 0 {
				t.Errorf("negative: %+v", s)
			}
		}
		if err := checkClip(info); err == nil && info.Video() == nil {
			t.Error("a clip without pictures passed")
		}
	})
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00\x00\x00\x00\x08moov\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x10"))
	f.Add([]byte("#EXTM3U"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	corpus.Each(f, corpus.File, func(clip []byte) { f.Add(clip) })
	f.Fuzz(func(t *testing.T, data []byte) {
		sniff(data)
		checkBoxes(bytes.NewReader(data), int64(len(data)))
	})
}

func TestTooManyTracks(t *testing.T) {
	list := strings.TrimSuffix(strings.Repeat(`{"codec_type":"audio"},`, maxStreams+1), ",")
	_, err := decodeProbe([]byte(`{"streams":[` + list + `],"format":{"format_name":"x"}}`))
	if retake.CodeOf(err) != retake.CodeUnreadable || !strings.Contains(retake.UserMessage(err), "101 tracks") {
		t.Errorf("got %v", err)
	}
	if _, err := decodeProbe([]byte(`{"streams":[` + strings.TrimSuffix(list, `,{"codec_type":"audio"}`) + `],"format":{"format_name":"x"}}`)); err != nil {
		t.Errorf("100 tracks: %v", err)
	}
}
