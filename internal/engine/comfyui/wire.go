package comfyui

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// submission is the body of POST /prompt. Servers before 0.3.50 or so take no prompt_id and choose their own.
type submission struct {
	Prompt map[string]node `json:"prompt"`
	Client string          `json:"client_id"`
	ID     string          `json:"prompt_id"`
}

// queueAnswer is that of GET /queue. An entry is [number, prompt_id, prompt, extra_data, outputs …].
type queueAnswer struct {
	Running []entry `json:"queue_running"`
	Pending []entry `json:"queue_pending"`
}

type entry struct{ ID, Client string }

// UnmarshalJSON reads what we look at of an entry, and takes any other for a foreign one.
func (e *entry) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if json.Unmarshal(data, &parts) != nil || len(parts) < 2 {
		return nil
	}
	_ = json.Unmarshal(parts[1], &e.ID)
	if len(parts) > 3 {
		var extra struct {
			Client string `json:"client_id"`
		}
		_ = json.Unmarshal(parts[3], &extra)
		e.Client = extra.Client
	}
	return nil
}

// ended is an entry of the history.
type ended struct {
	Prompt  entry                                 `json:"prompt"`
	Outputs map[string]map[string]json.RawMessage `json:"outputs"`
	Status  *struct {
		Word     string            `json:"status_str"`
		Messages []json.RawMessage `json:"messages"`
	} `json:"status"`
}

// failure is what the message execution_error says.
type failure struct {
	NodeType string `json:"node_type"`
	Message  string `json:"exception_message"`
	Kind     string `json:"exception_type"`
}

// message finds one of the history's messages, each of which is [name, data].
func (e *ended) message(name string, into any) bool {
	if e.Status == nil {
		return false
	}
	for _, m := range e.Status.Messages {
		var parts []json.RawMessage
		var kind string
		if json.Unmarshal(m, &parts) == nil && len(parts) == 2 && json.Unmarshal(parts[0], &kind) == nil && kind == name {
			_ = json.Unmarshal(parts[1], into)
			return true
		}
	}
	return false
}

// saved is a file that a node saved.
type saved struct {
	Name   string `json:"filename"`
	Folder string `json:"subfolder"`
	Type   string `json:"type"`
}

// kinds are the endings of files that can be answers.
var kinds = []string{".mp4", ".mkv", ".mov", ".webm", ".avi", ".m4v", ".wav", ".flac", ".mp3", ".opus", ".ogg", ".m4a", ".gif", ".webp"}

func (s saved) kind() string { return strings.ToLower(path.Ext(s.Name)) }

// answer picks the file that is the answer: the last one of the marked node, or of any; of those of the others a video before sound.
func (e *ended) answer(output string) (best saved, found bool) {
	rank := func(s saved) int {
		i := slices.Index(kinds, s.kind())
		switch {
		case i < 0:
			return 0
		case i < 6:
			return 2
		}
		return 1
	}
	top := 0
	for id, files := range e.Outputs {
		for _, key := range []string{"audio", "images", "gifs", "videos", "video"} {
			var list []saved
			if json.Unmarshal(files[key], &list) != nil {
				continue
			}
			for _, s := range list {
				r := rank(s)
				if r > 0 && id == output {
					r += 10
				}
				if r > 0 && (r > top || r == top && s.Name > best.Name) {
					top, best, found = r, s, true
				}
			}
		}
	}
	return best, found
}
