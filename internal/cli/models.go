package cli

import (
	"fmt"
	"io"

	"retake/internal/app"
)

type modelsCommand struct {
	configFlag
	JSON bool `help:"Write JSON."`
}

// modelRow is a model as --json writes it.
type modelRow struct {
	ID      string      `json:"id"`
	Name    string      `json:"display_name"`
	Summary string      `json:"summary"`
	Engines []engineRow `json:"engines"`
}

type engineRow struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Generative bool   `json:"generative"`
	Ready      bool   `json:"ready"`
	Reason     string `json:"reason,omitempty"` // why it is not
}

// Run prints the models.
func (c modelsCommand) Run(env *environment) error {
	env.json = c.JSON
	cfg, err := settings(env, c.Config, nil)
	if err != nil {
		return err
	}
	list, err := app.Models(env.ctx, cfg)
	if err != nil {
		return err
	}
	rows := make([]modelRow, len(list))
	for i, m := range list {
		rows[i] = modelOf(m)
	}
	if c.JSON {
		return writeJSON(env.Stdout, map[string][]modelRow{"models": rows})
	}
	return writeModels(env.Stdout, rows)
}

func modelOf(m app.ModelState) modelRow {
	r := modelRow{ID: m.Model.ID, Name: m.Model.DisplayName, Summary: m.Model.Summary, Engines: []engineRow{}}
	for _, e := range m.Engines {
		r.Engines = append(r.Engines, engineOf(e))
	}
	return r
}

func engineOf(s app.EngineState) engineRow {
	r := engineRow{Name: s.Info.Name, Title: s.Info.Title, Generative: s.Info.Generative, Ready: s.NotReady == nil}
	if s.NotReady != nil {
		r.Reason = message(s.NotReady)
	}
	return r
}

// state says in words whether it is ready.
func (r engineRow) state() string {
	if r.Ready {
		return "ready"
	}
	return "not ready: " + r.Reason
}

func writeModels(w io.Writer, rows []modelRow) error {
	for _, r := range rows {
		fmt.Fprintf(w, "%s\n    %s\n", r.ID, r.Summary)
		for _, e := range r.Engines {
			fmt.Fprintf(w, "    engine %s (%s), %s\n", e.Name, e.Title, e.state())
		}
		if len(r.Engines) == 0 {
			fmt.Fprintln(w, "    no engine here can serve it")
		}
	}
	return nil
}
