package builtin

import (
	"fmt"
	"strings"

	"retake/internal/lut"
	"retake/internal/picture"
	"retake/internal/prompt"
	"retake/internal/retake"
)

// named settles which LUTs a plan means. Those that there aren't are left out and told, with those that there are; a plan of which nothing
// is left is refused.
func (e *Engine) named(plan prompt.Plan) (prompt.Plan, error) {
	var looks []prompt.Look
	for _, l := range plan.Picture {
		if picture.Kind(l.Effect) != picture.LUT {
			looks = append(looks, l)
			continue
		}
		said := l.Variant
		if l.Text != "" {
			said = l.Text
		}
		if name := lut.Name(said); e.luts.Has(name) {
			l.Variant, l.Text = name, ""
			looks = append(looks, l)
			continue
		}
		plan.Warnings = append(plan.Warnings, e.noLUT(said))
	}
	left := len(plan.Picture) - len(looks)
	plan.Picture = looks
	if left > 0 && plan.Empty() && plan.Quoted == "" {
		return plan, retake.Invalid("prompt", "%s", plan.Warnings[len(plan.Warnings)-1])
	}
	return plan, nil
}

// noLUT says that there is no such LUT, and which there are.
func (e *Engine) noLUT(said string) string {
	const most = 20
	names := e.luts.Names()
	switch {
	case e.cfg.LUTs == "":
		return "The built-in engine has no LUTs: its operator names a folder of .cube files by engine.builtin.luts."
	case len(names) == 0:
		return "The built-in engine's folder of LUTs is empty."
	}
	first := "Which LUT is meant was not said."
	if said != "" {
		first = fmt.Sprintf("There is no LUT %q.", shortened(said))
	}
	more := ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
	}
	return first + " There are: " + strings.Join(names, ", ") + more + "."
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// look is a plan's look as the chain takes it, with its table where it is a LUT.
func (e *Engine) look(l prompt.Look) (picture.Look, error) {
	out := picture.Look{Kind: picture.Kind(l.Effect), Strength: l.Strength, Detail: l.Detail}
	if out.Kind != picture.LUT {
		return out, nil
	}
	table, err := e.luts.Load(l.Variant)
	if err != nil {
		return out, retake.Errorf(retake.CodeEngine, "The LUT %q can't be read.", l.Variant).Because(err)
	}
	out.Table = table
	return out, nil
}
