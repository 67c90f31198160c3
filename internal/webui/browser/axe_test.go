package browser

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// violation is a breach that axe-core found.
type violation struct {
	ID, Help string
	Nodes    []struct {
		Target  []any
		Summary string `json:"failureSummary"`
	}
}

// axe holds the page as it stands against all rules of axe-core.
func (p *page) axe(what string) {
	p.t.Helper()
	source, err := os.ReadFile("../../../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		p.t.Fatal("axe-core is not installed: run make web (it needs Node)")
	}
	text, err := run(p, chromedp.Evaluate[string](string(source)+
		`;axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	var found []violation
	if err == nil {
		err = json.Unmarshal([]byte(text), &found)
	}
	if err != nil {
		p.t.Fatalf("axe on %s: %v", what, err)
	}
	for _, v := range found {
		for _, n := range v.Nodes {
			p.t.Errorf("%s: %s (%s) at %v\n%s", what, v.ID, v.Help, n.Target, strings.TrimSpace(n.Summary))
		}
	}
}

// No page breaks a rule of accessibility, on a desktop and on a phone, each in both themes.
func TestAccessible(t *testing.T) {
	for _, sc := range screens {
		if sc.theme != "light" {
			continue // it is looked at on the way
		}
		t.Run(strings.TrimSuffix(sc.name, "-light"), func(t *testing.T) {
			tour(t, sc, func(c *camera, state string) {
				for _, theme := range []string{"dark", "light"} {
					c.do(emulateTheme(theme))
					c.axe(state + ", " + theme)
				}
			})
		})
	}
}
