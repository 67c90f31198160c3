package httpapi

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"retake/internal/retake"
)

// engineState is an engine as the API shows it.
type engineState struct {
	Name       string        `json:"name"`
	Title      string        `json:"title"`
	Generative bool          `json:"generative"`
	Modes      []retake.Mode `json:"modes"`
	Ready      bool          `json:"ready"`
	Reason     *string       `json:"reason"`
	Models     []string      `json:"models"`
	MaxWindow  float64       `json:"max_window"` // seconds
	StandsIn   bool          `json:"stands_in"`  // may do what a preferred one is not ready for
	Pricing    string        `json:"pricing"`
	Price      *retake.Price `json:"price"`
	Stays      bool          `json:"stays"`
	SendsTo    *string       `json:"sends_to"`
}

// engineReady says whether an engine stands ready.
type engineReady struct {
	Name   string  `json:"name"`
	Ready  bool    `json:"ready"`
	Reason *string `json:"reason"`
}

// readiness asks engines, side by side, whether they are ready. Those that are not installed are left out.
func (s *Server) readiness(ctx context.Context, names []string) []engineReady {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return s.engines.installed[n] == nil })
	list := make([]engineReady, len(names))
	var asked errgroup.Group
	asked.SetLimit(maxChecks)
	for i, name := range names {
		asked.Go(func() error {
			list[i] = engineReady{Name: name, Ready: true}
			if err := s.engines.check(ctx, name); err != nil {
				reason := retake.UserMessage(err)
				list[i].Ready, list[i].Reason = false, &reason
			}
			return nil
		})
	}
	_ = asked.Wait()
	return list
}

// pricedState is what a model says of an engine that serves it.
type pricedState struct {
	engineReady
	Pricing string        `json:"pricing"`
	Price   *retake.Price `json:"price"`
}

// pricedStates tells the readiness of engines with what they cost.
func (s *Server) pricedStates(ctx context.Context, names []string) []pricedState {
	list := []pricedState{}
	for _, e := range s.readiness(ctx, names) {
		info := s.engines.installed[e.Name].Info()
		list = append(list, pricedState{e, info.Pricing(), info.Price})
	}
	return list
}

// does reports whether an installed engine can do a mode.
func (e *engines) does(name string, mode retake.Mode) bool {
	return slices.Contains(e.installed[name].Info().Modes, mode)
}

// maxChecks is how many engines are asked side by side whether they are ready. Each may take a while to answer.
const maxChecks = 8

// listEngines lists the installed engines by name.
func (s *Server) listEngines(x *exchange) error {
	names := slices.Sorted(maps.Keys(s.engines.installed))
	list := make([]engineState, len(names))
	var asked errgroup.Group
	asked.SetLimit(maxChecks)
	for i, name := range names {
		asked.Go(func() error {
			list[i] = s.engineState(x.r.Context(), name)
			return nil
		})
	}
	_ = asked.Wait()
	return x.json(http.StatusOK, map[string]any{"engines": list})
}

func (s *Server) engineState(ctx context.Context, name string) engineState {
	info := s.engines.installed[name].Info()
	e := engineState{Name: name, Title: info.Title, Generative: info.Generative, Modes: info.Modes, Ready: true,
		Models: []string{}, MaxWindow: info.MaxWindow, StandsIn: slices.Contains(s.engines.standIns, name),
		Pricing: info.Pricing(), Price: info.Price, Stays: info.Stays, SendsTo: orNull(info.SendsTo)}
	if err := s.engines.check(ctx, name); err != nil {
		reason := retake.UserMessage(err)
		e.Ready, e.Reason = false, &reason
	}
	for _, m := range s.models.Models() {
		if slices.Contains(m.Engines, name) {
			e.Models = append(e.Models, m.ID)
		}
	}
	return e
}

// getVocabulary lists what an engine understands, if it reads prompts with a vocabulary.
func (s *Server) getVocabulary(x *exchange) error {
	worded, err := s.worded(x.r.PathValue("name"))
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, map[string]any{"groups": worded.Vocabulary()})
}

// worded finds an engine that has a vocabulary.
func (s *Server) worded(name string) (retake.Worded, error) {
	installed, ok := s.engines.installed[name]
	if !ok {
		return nil, notFound("Engine not found: %s", clip(name))
	}
	worded, ok := installed.(retake.Worded)
	if !ok {
		return nil, notFound("The engine %s has no fixed vocabulary: describe what you want in your own words.", clip(name))
	}
	return worded, nil
}
