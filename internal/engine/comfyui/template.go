package comfyui

import (
	"bytes"
	_ "embed" // the template for LTX-2
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

//go:embed ltx2.json
var ltx2 []byte

// maxTemplate is how large a template may be.
const maxTemplate = 8 << 20

// titleMark begins the title of a node that we fill.
const titleMark = "retake:"

// usual names the input that a mark without one goes to: the first that the node has.
var usual = map[string][]string{
	"video":            {"file", "video", "video_path", "image", "value"},
	"prompt":           {"text", "prompt", "value", "string"},
	"seed":             {"seed", "noise_seed", "value"},
	"fps":              {"fps", "frame_rate", "video_fps", "force_rate", "value"},
	"width":            {"width", "value"},
	"height":           {"height", "value"},
	"frames":           {"length", "frames", "num_frames", "frames_number", "value"},
	"duration":         {"duration", "value"},
	"start":            {"start_time", "start", "value"},
	"end":              {"end_time", "end", "value"},
	"first_frame":      {"batch_index", "start_frame", "value"},
	"end_frame":        {"batch_index", "end_frame", "value"},
	"segment_frames":   {"length", "value"},
	"mask_start":       {"video_start_time", "value"},
	"mask_end":         {"video_end_time", "value"},
	"sound_mask_start": {"audio_start_time", "value"},
	"sound_mask_end":   {"audio_end_time", "value"},
	"replace_video":    {"value", "boolean"},
	"replace_audio":    {"value", "boolean"},
	"has_sound":        {"value", "boolean"},
	"checkpoint":       {"ckpt_name", "value"},
	"text_encoder":     {"text_encoder", "clip_name", "value"},
	"name":             {"filename_prefix", "value"},
}

// Marks of whole nodes.
const (
	markOutput  = "output"
	markSound   = "sound"
	markSilence = "silence"
)

// node is a node of a workflow in API format.
type node struct {
	Class  string         `json:"class_type"`
	Inputs map[string]any `json:"inputs"`
	Meta   struct {
		Title string `json:"title"`
	} `json:"_meta"`
}

// fill is an input that a mark's value goes into.
type fill struct{ node, input, mark string }

// template is a workflow with the places that a job is put into.
type template struct {
	nodes          map[string]node
	fills          []fill
	output         string // the node whose files are the answer, "" for any
	sound, silence string // in a window without sound, what takes from the first takes from the second
}

// readTemplate reads the template of a file, or ours.
func readTemplate(path string) (*template, error) {
	if path == "" {
		return parseTemplate(ltx2)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxTemplate {
		return nil, fmt.Errorf("%s has more than %d bytes", path, maxTemplate)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t, err := parseTemplate(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// parseTemplate reads a workflow in API format and finds its marks.
func parseTemplate(data []byte) (*template, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // seeds have 64 bits
	t := &template{}
	if err := dec.Decode(&t.nodes); err != nil {
		var probe struct {
			Nodes []json.RawMessage `json:"nodes"`
		}
		if json.Unmarshal(data, &probe) == nil && probe.Nodes != nil {
			return nil, errors.New("this is a workflow as the page saves it: use Export (API) in ComfyUI's menu")
		}
		return nil, fmt.Errorf("no workflow in API format: %w", err)
	}
	if len(t.nodes) == 0 {
		return nil, errors.New("a workflow without nodes")
	}
	for _, id := range slices.Sorted(maps.Keys(t.nodes)) {
		if t.nodes[id].Class == "" {
			return nil, fmt.Errorf("node %s has no class_type: use Export (API) in ComfyUI's menu", id)
		}
		if err := t.readMarks(id); err != nil {
			return nil, fmt.Errorf("node %s (%s): %w", id, t.nodes[id].Class, err)
		}
	}
	for _, mark := range []string{"video", "prompt"} {
		if !slices.ContainsFunc(t.fills, func(f fill) bool { return f.mark == mark }) {
			return nil, fmt.Errorf("no node is titled %q", titleMark+" "+mark)
		}
	}
	if (t.sound == "") != (t.silence == "") {
		return nil, errors.New("the marks sound and silence belong together")
	}
	return t, nil
}

// readMarks reads a node's title: "retake: mark, input=mark".
func (t *template) readMarks(id string) error {
	n := t.nodes[id]
	list, ok := strings.CutPrefix(strings.TrimSpace(n.Meta.Title), titleMark)
	if !ok {
		return nil
	}
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if whole := t.whole(item); whole != nil {
			if *whole != "" {
				return fmt.Errorf("two nodes are marked %s", item)
			}
			*whole = id
			continue
		}
		input, mark, named := strings.Cut(item, "=")
		if !named {
			input, mark = "", item
		}
		names, known := usual[mark]
		if !known {
			return fmt.Errorf("there is no mark %q; there are %s, %s, %s, %s", mark, strings.Join(slices.Sorted(maps.Keys(usual)), ", "), markOutput, markSound, markSilence)
		}
		for _, name := range names {
			if _, has := n.Inputs[name]; has && input == "" {
				input = name
			}
		}
		if _, has := n.Inputs[input]; !has {
			return fmt.Errorf("say which input %s goes to, as INPUT=%s; there are %s", mark, mark, strings.Join(slices.Sorted(maps.Keys(n.Inputs)), ", "))
		}
		t.fills = append(t.fills, fill{id, input, mark})
	}
	return nil
}

// whole is where a mark of whole nodes is kept, nil for another.
func (t *template) whole(mark string) *string {
	switch mark {
	case markOutput:
		return &t.output
	case markSound:
		return &t.sound
	case markSilence:
		return &t.silence
	}
	return nil
}

// masks reports whether it takes a mask on LTX-2's grid, so that what is edited is known.
func (t *template) masks() bool {
	return slices.ContainsFunc(t.fills, func(f fill) bool { return f.mark == "mask_start" || f.mark == "sound_mask_start" })
}
