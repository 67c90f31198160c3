package comfyui

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// lacks is what a server lacks for a workflow.
type lacks struct {
	nodes  []string
	values []string // names of models and the like that a node doesn't know
}

// error says it, nil when nothing is lacking.
func (l lacks) error() *retake.Error {
	var parts []string
	say := func(one, many string, names []string) {
		names = slices.Compact(slices.Sorted(slices.Values(names)))
		told := make([]string, 0, len(names))
		for _, n := range names[:min(len(names), 8)] {
			n = outside.Line(n, 120)
			if from := source(n); from != "" {
				n += " (" + from + ")"
			}
			told = append(told, n)
		}
		if more := len(names) - len(told); more > 0 {
			told = append(told, fmt.Sprintf("%d more", more))
		}
		switch {
		case len(names) == 1:
			parts = append(parts, one+told[0])
		case len(names) > 1:
			parts = append(parts, many+strings.Join(told, ", "))
		}
	}
	say("the node ", "the nodes ", l.nodes)
	say("the file ", "the files ", l.values)
	if len(parts) == 0 {
		return nil
	}
	return retake.Errorf(retake.CodeUnavailable, "The ComfyUI server lacks %s.", strings.Join(parts, " and "))
}

// description is what GET /object_info/CLASS says of a node.
type description struct {
	Input map[string]map[string]json.RawMessage `json:"input"` // required, optional
}

// options lists the values that an input takes, where it takes only some: [[…], {…}], or ["COMBO", {"options": […]}]. Files
// that are uploaded are not listed.
func (d description) options(input string) (list []string, limited bool) {
	for _, group := range []string{"required", "optional"} {
		var parts []json.RawMessage
		if json.Unmarshal(d.Input[group][input], &parts) != nil || len(parts) == 0 {
			continue
		}
		var more struct {
			Options []any `json:"options"`
			Image   bool  `json:"image_upload"`
			Video   bool  `json:"video_upload"`
			Audio   bool  `json:"audio_upload"`
		}
		if len(parts) > 1 {
			_ = json.Unmarshal(parts[1], &more)
		}
		values := more.Options
		if json.Unmarshal(parts[0], &values) != nil {
			var kind string
			if json.Unmarshal(parts[0], &kind) != nil || kind != "COMBO" {
				return nil, false
			}
		}
		if more.Image || more.Video || more.Audio {
			return nil, false
		}
		for _, v := range values {
			list = append(list, fmt.Sprint(v))
		}
		return list, true
	}
	return nil, false
}

// check asks the server for its version, its nodes and the models that the workflow names.
func (e *Engine) check(ctx context.Context) error {
	var stats struct {
		System struct {
			Version string `json:"comfyui_version"`
		} `json:"system"`
	}
	if err := e.client.ask(ctx, "GET", nil, &stats, "system_stats"); err != nil {
		return e.told(fmt.Errorf("check: %w", err))
	}
	e.mu.Lock()
	e.version = outside.Line(stats.System.Version, 40)
	e.mu.Unlock()
	missing, err := e.missing(ctx)
	if err != nil {
		return e.told(fmt.Errorf("check: %w", err))
	}
	if lack := missing.error(); lack != nil {
		return lack
	}
	return nil
}

// missing compares the workflow with what the server has.
func (e *Engine) missing(ctx context.Context) (lacks, error) {
	filled := e.template.build(map[string]any{"checkpoint": e.cfg.Checkpoint, "text_encoder": e.cfg.TextEncoder})
	marked := map[[2]string]bool{}
	for _, f := range e.template.fills {
		marked[[2]string{f.node, f.input}] = f.mark != "checkpoint" && f.mark != "text_encoder"
	}
	classes := map[string]bool{}
	for _, n := range e.template.nodes {
		classes[n.Class] = true
	}
	known := map[string]description{}
	var mu sync.Mutex
	asked, ctx := errgroup.WithContext(ctx)
	asked.SetLimit(6)
	for class := range classes {
		asked.Go(func() error {
			found := map[string]description{}
			if err := e.client.ask(ctx, "GET", nil, &found, "object_info", class); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if d, ok := found[class]; ok {
				known[class] = d
			}
			return nil
		})
	}
	if err := asked.Wait(); err != nil {
		return lacks{}, err
	}
	var l lacks
	for class := range classes {
		if _, ok := known[class]; !ok {
			l.nodes = append(l.nodes, class)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(filled)) {
		for input, v := range filled[id].Inputs {
			text, ok := v.(string)
			if !ok || marked[[2]string{id, input}] {
				continue
			}
			if list, limited := known[filled[id].Class].options(input); limited && !slices.Contains(list, text) {
				l.values = append(l.values, text)
			}
		}
	}
	return l, nil
}
