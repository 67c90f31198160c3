package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"retake/internal/model"
	"retake/internal/retake"
)

// postPlan says what a request would do, without doing it. What is wrong with the request is part of the answer.
func (s *Server) postPlan(x *exchange) error {
	params, _, err := s.readObject(x)
	if err != nil {
		return err
	}
	m, err := s.videoModel(params)
	if err != nil {
		return err
	}
	req, mistakes, err := m.Examine(withoutEngine(params))
	if err != nil {
		return fmt.Errorf("examine the request: %w", err)
	}
	if _, err := readTarget(x, params); err != nil {
		mistakes = append(mistakes, asMistake(err, "target_namespace"))
	}
	plan, err := s.previewClip(x, m, req)
	if err != nil {
		return err
	}
	problems := []retake.Problem{}
	for _, e := range mistakes {
		problems = append(problems, retake.Problem{Field: e.Field, Message: e.Message})
	}
	for _, p := range plan.Problems {
		e := m.InOwnWords(&retake.Error{Field: p.Field, Message: p.Message})
		problems = append(problems, retake.Problem{Field: e.Field, Message: e.Message})
	}
	plan.Problems = problems
	if err := s.explain(x, m, req, params, &plan); err != nil {
		return err
	}
	return x.json(http.StatusOK, plan)
}

// withoutEngine leaves the engines out of parameters: who they are is looked into where they are chosen.
func withoutEngine(params map[string]any) map[string]any {
	rest := maps.Clone(params)
	delete(rest, model.ParamEngine)
	return rest
}

// asMistake is an error for the user as one about a field, if it names none.
func asMistake(err error, field string) *retake.Error {
	e, _ := errors.AsType[*retake.Error](err)
	if e.Field == "" {
		named := *e
		named.Field = field
		return &named
	}
	return e
}

// videoModel finds the model that a request names.
func (s *Server) videoModel(params map[string]any) (*model.Model, error) {
	id, err := requiredString(params, "model")
	if err != nil {
		return nil, err
	}
	m, ok := s.models.Model(id)
	if !ok {
		return nil, notFound("Model not found: %s", clip(id))
	}
	if !m.MakesVideo() {
		return nil, retake.Errorf(retake.CodeUnsupported, ":unsupported_media_type")
	}
	return m, nil
}

// previewClip looks at the request's clip if it is a file of this server that the key may read.
func (s *Server) previewClip(x *exchange, m *model.Model, req retake.Request) (retake.Preview, error) {
	if req.Input == "" {
		return retake.NoPreview(), nil // it is missing, which the mistakes say
	}
	name, ours := s.locate(req.Input)
	if !ours {
		return s.previewElsewhere(m, req.Input), nil
	}
	file, err := s.store.FileAt(x.r.Context(), name.Namespace, name.Repo, name.Branch, name.Path)
	if errors.Is(err, retake.ErrNotFound) || err == nil && !s.readable(x.key, file) {
		none := retake.NoPreview()
		none.Problems = append(none.Problems, retake.Problem{Field: m.InputParam(), Message: fmt.Sprintf(
			"There is no file %s/%s/%s in the branch %s. Upload it first.", clip(name.Namespace), clip(name.Repo), clip(name.Path), clip(name.Branch))})
		return none, nil
	}
	if err != nil {
		return retake.NoPreview(), fmt.Errorf("find the clip: %w", err)
	}
	plan, err := s.clips.Preview(x.r.Context(), file.Hash, file.Path, req)
	if err != nil {
		return retake.NoPreview(), fmt.Errorf("look at the clip: %w", err)
	}
	return plan, nil
}

// previewElsewhere judges the address of a clip that the run would bring here.
func (s *Server) previewElsewhere(m *model.Model, address string) retake.Preview {
	none := retake.NoPreview()
	if err := s.fetcher.Check(address); err != nil {
		none.Problems = append(none.Problems, retake.Problem{Field: m.InputParam(), Message: retake.UserMessage(err)})
		return none
	}
	why := "The clip is not on this server yet: the run fetches it. Import it first to see what an edit would do."
	if strings.HasPrefix(address, "data:") {
		why = "The clip is inside the request. Upload it to this server first to see what an edit would do."
	}
	none.Warnings = append(none.Warnings, why)
	return none
}

// explain adds what the engine says of the request. It fails only by what is no fault of the request.
func (s *Server) explain(x *exchange, m *model.Model, req retake.Request, params map[string]any, plan *retake.Preview) error {
	problem := func(err error, field string) error {
		if retake.CodeOf(err) == retake.CodeInternal {
			return fmt.Errorf("explain the request: %w", err)
		}
		e := m.InOwnWords(asMistake(err, field))
		for _, p := range plan.Problems {
			if p.Field == e.Field {
				return nil // one thing at a time about a field
			}
		}
		plan.Problems = append(plan.Problems, retake.Problem{Field: e.Field, Message: e.Message})
		return nil
	}
	choices, err := s.engines.choose(x.r.Context(), m, params[model.ParamEngine])
	if err != nil {
		return problem(err, model.ParamEngine)
	}
	n, err := count(params, len(choices))
	if err != nil {
		n = 1
		if err := problem(err, "num_generations"); err != nil {
			return err
		}
	}
	plan.Engine = choices[0].name
	if first := s.engines.preferred(m); params[model.ParamEngine] == nil && first != plan.Engine {
		plan.Warnings = append(plan.Warnings, fmt.Sprintf("The engine %s is not ready; %s stands in for it.", first, plan.Engine))
	}
	plan.Estimate = s.estimate(choices, n, plan)
	for _, c := range choices {
		if c.notReady != nil {
			plan.Warnings = append(plan.Warnings, retake.UserMessage(c.notReady))
		}
		if err := s.explainEngine(c.name, req, plan, problem); err != nil {
			return err
		}
	}
	return nil
}

// estimate adds up what the engines take for the segment as it would be edited.
func (s *Server) estimate(choices []choice, takes int, plan *retake.Preview) *retake.Estimate {
	sum := retake.NewEstimate()
	for _, c := range choices {
		info, frames, own := s.engines.installed[c.name].Info(), 0, retake.Rate{}
		if seg := plan.Segment; seg != nil && plan.Clip != nil && plan.Clip.Video != nil {
			own = plan.Clip.Video.Rate
			_, _, frames = info.Span(own, seg.First, seg.First+seg.Frames, plan.Clip.Video.Frames)
		}
		sum.Add(info, takes, frames, own)
	}
	return sum
}

// explainEngine adds what one engine says of the request.
func (s *Server) explainEngine(name string, req retake.Request, plan *retake.Preview, problem func(err error, field string) error) error {
	if !req.Mode.Valid() {
		return nil
	}
	if !s.engines.does(name, req.Mode) {
		return problem(retake.Invalid("mode", "the engine %s does not do %s", name, req.Mode), "mode")
	}
	if seg, info := plan.Segment, s.engines.installed[name].Info(); seg != nil && info.Generative {
		v := plan.Clip.Video
		if err := info.CheckSegment(v.Rate, seg.First, seg.First+seg.Frames, v.Frames); err != nil {
			if err := problem(err, "duration"); err != nil {
				return err
			}
		}
	}
	explainer, ok := s.engines.installed[name].(retake.Explainer)
	if !ok || strings.TrimSpace(req.Prompt) == "" {
		return nil
	}
	reading, err := explainer.Explain(req.Prompt, req.Mode)
	if err != nil {
		return problem(err, "prompt")
	}
	plan.Reading, plan.Plan = &reading.Sentence, reading.Plan
	plan.Warnings = append(plan.Warnings, reading.Warnings...)
	return nil
}
