package exec

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"retake/internal/retake"
)

func TestReadLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string // with "+" in front of one that was too long
	}{
		{"", nil}, {"a\nbc\r\n\nd", []string{"a", "bc", "", "d"}},
		{"12345678\n123456789\nx\n", []string{"12345678", "+12345678", "x"}},
		{strings.Repeat("y", 100) + "\nz", []string{"+yyyyyyyy", "z"}},
	} {
		r := bufio.NewReaderSize(strings.NewReader(c.in), 16)
		var got []string
		for {
			line, long, err := readLine(r, 8, true)
			if errors.Is(err, io.EOF) {
				break
			}
			s := string(line)
			if long {
				s = "+" + s
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") || len(got) != len(c.want) {
			t.Errorf("%.20q: %q, want %q", c.in, got, c.want)
		}
	}
}

// A cost that is no decimal counts for nothing, and no form of it costs the job.
func TestCost(t *testing.T) {
	for said, want := range map[string]amount{`"0.27"`: "0.27", `0.27`: "0.27", `3`: "3", `"1e999"`: "", `1e999`: "", `-3`: "", `"-3"`: "", `null`: "", `{}`: "", `["1"]`: "", `""`: "", `true`: ""} {
		m, err := decode([]byte(`{"type":"result","id":"7","cost":` + said + `}`))
		if err != nil || m.Cost != want {
			t.Errorf("%s: %q, %v", said, m.Cost, err)
		}
	}
}

// TestSendsTo: what is not said is not known, and "" says that nothing is sent anywhere.
func TestSendsTo(t *testing.T) {
	for said, want := range map[string]retake.EngineInfo{``: {}, `,"sends_to":""`: {Stays: true}, `,"sends_to":"api.example.com"`: {SendsTo: "api.example.com"}} {
		m, err := decode([]byte(`{"type":"hello","capabilities":{"modes":["replace_video"]` + said + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.Capabilities.info(retake.EngineInfo{}); err != nil || got.Stays != want.Stays || got.SendsTo != want.SendsTo {
			t.Errorf("%s: stays %v, sent to %q, %v", said, got.Stays, got.SendsTo, err)
		}
	}
}

// FuzzDecode holds what any line may become: bounded, finite and fit to be shown.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"type":"hello","protocol":1,"name":"negative","version":"1.0","title":"Negative","capabilities":{"modes":["replace_video"],"rates":[[30000,1001]],"multiple":32}}`,
		`{"type":"progress","id":"7","fraction":0.25,"phase":"denoising"}`, `{"type":"progress","fraction":1e400}`,
		`{"type":"result","id":"7","file":"answer.mp4","edited":{"start":0.2,"end":2.4},"seed":9223372036854775807,"warnings":["a"],"cost":"0.27"}`,
		`{"type":"error","id":"7","kind":"overloaded","message":"Busy.\u202e\u0000","retry_after":-1}`, `{"type":"note","id":"7","note":"x"}`, `[]`, `{"type":`, `null`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := decode(line)
		if err != nil {
			return
		}
		if m.Type == "" || m.Fraction < 0 || m.Fraction > 1 || m.RetryAfter < 0 || math.IsInf(m.RetryAfter, 0) || len(m.Warnings) > maxWarnings {
			t.Errorf("%+v", m)
		}
		for _, s := range append(m.Warnings, m.Message, m.Reading, m.Phase, m.Title) {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxText+1 || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("a sentence %q", s)
			}
		}
		info, err := m.Capabilities.info(retake.EngineInfo{Name: "x", Title: "x", Slots: 1})
		if err == nil && (len(info.Modes) == 0 || info.MaxWindow <= 0 || info.MaxWindow > retake.MaxWindow || info.Multiple < 0 || info.FrameStep < 0) {
			t.Errorf("%+v", info)
		}
		if _, err := json.Marshal(m); err != nil {
			t.Error(err)
		}
	})
}
