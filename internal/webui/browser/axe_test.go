package browser

import (
	"encoding/json"
	"fmt"
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

// axe holds the page as it stands against all rules of axe-core, or against those that are named.
func (p *page) axe(what string, rules ...string) {
	p.t.Helper()
	p.loadAxe()
	options := map[string]any{"resultTypes": []string{"violations"}}
	if len(rules) > 0 {
		options["runOnly"] = map[string]any{"type": "rule", "values": rules}
	}
	arg, err := json.Marshal(options)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := run(p, chromedp.Evaluate[string](
		fmt.Sprintf(`axe.run(document, %s).then(r => JSON.stringify(r.violations))`, arg), chromedp.EvalAwaitPromise))
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

// loadAxe gives the document axe-core, once.
func (p *page) loadAxe() {
	p.t.Helper()
	source, err := os.ReadFile("../../../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		p.t.Fatal("axe-core is not installed: run make web (it needs Node)")
	}
	loaded, err := run(p, chromedp.Evaluate[bool](`!!window.axe`))
	if err == nil && !loaded {
		_, err = run(p, chromedp.Evaluate[bool](string(source)+`;true`))
	}
	if err != nil {
		p.t.Fatalf("load axe-core: %v", err)
	}
}

// No page breaks a rule of accessibility, on a desktop and on a phone, each in both themes.
func TestAccessible(t *testing.T) {
	for _, sc := range screens {
		if sc.theme != "light" {
			continue // it is looked at on the way
		}
		t.Run(strings.TrimSuffix(sc.name, "-light"), func(t *testing.T) {
			tour(t, start(t, "RETAKE_PAUSE_PHASE=splicing"), sc, func(c *camera, state string) {
				c.do(emulateTheme("dark"))
				c.axe(state+", dark", "color-contrast", "link-in-text-block") // all that a theme changes
				c.do(emulateTheme("light"))
				c.axe(state + ", light")
			})
		})
	}
}
