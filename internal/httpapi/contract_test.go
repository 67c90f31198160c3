package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite golden files")

// spec is an OpenAPI 3.0 description that responses are held against.
type spec struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
}

func loadSpec(data []byte) (*spec, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	doc := asJSONSchema(v).(map[string]any)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return &spec{doc: doc, compiler: c}, c.AddResource("spec.json", doc)
}

// asJSONSchema turns OpenAPI's nullable into JSON Schema's null type.
func asJSONSchema(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = asJSONSchema(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = asJSONSchema(v[k])
		}
		if kind, ok := v["type"].(string); ok && v["nullable"] == true {
			v["type"] = []any{kind, "null"}
		}
	}
	return v
}

var (
	hubSpec = sync.OnceValues(func() (*spec, error) {
		data, err := os.ReadFile("testdata/hub-openapi.json")
		if err != nil {
			return nil, err
		}
		return loadSpec(data)
	})
	ownSpec = sync.OnceValues(func() (*spec, error) { return loadSpec(openAPI) })
)

// operation finds the description of a request, the path with the fewest parameters first. nil: there is none.
func (s *spec) operation(method, path string) (template string, op map[string]any) {
	paths := s.doc["paths"].(map[string]any)
	best := 100
	for t, item := range paths {
		n := strings.Count(t, "{")
		if n >= best || !fits(t, path) {
			continue
		}
		if o, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any); ok {
			template, op, best = t, o, n
		}
	}
	return template, op
}

func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	for i, w := range want {
		switch {
		case w == "{path}":
			return i < len(got)
		case i >= len(got) || w != got[i] && !strings.HasPrefix(w, "{"):
			return false
		}
	}
	return len(want) == len(got)
}

func pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		p = strings.NewReplacer("~", "~0", "/", "~1").Replace(p)
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// check holds a JSON body against what the description says of this answer.
func (s *spec) check(method, path string, r reply, strict bool) error {
	template, op := s.operation(method, path)
	if op == nil {
		return nil
	}
	status := strconv.Itoa(r.status)
	response, ok := op["responses"].(map[string]any)[status].(map[string]any)
	if !ok {
		if strict {
			return fmt.Errorf("%s %s may not answer %s", method, template, status)
		}
		return nil
	}
	at := pointer("paths", template, strings.ToLower(method), "responses", status)
	if ref, ok := response["$ref"].(string); ok {
		at = strings.TrimPrefix(ref, "#")
		response = s.doc["components"].(map[string]any)["responses"].(map[string]any)[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
	}
	content, _ := response["content"].(map[string]any)
	kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	if _, ok := content[kind]; !ok || kind != jsonType {
		if strict && len(content) > 0 && !ok && content["*/*"] == nil && kind != "text/markdown" {
			return fmt.Errorf("%s %s may not answer with %q", method, template, kind)
		}
		return nil
	}
	return s.validate(at+pointer("content", jsonType, "schema"), r.body)
}

func (s *spec) validate(at string, body []byte) error {
	s.mu.Lock()
	schema, err := s.compiler.Compile("spec.json#" + at)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// holdToContract checks every answer that the tests get against the hub's description and our own.
func holdToContract(t testing.TB, method, path string, r reply) {
	t.Helper()
	if method == http.MethodHead {
		return
	}
	path, _, _ = strings.Cut(path, "?")
	hub, err := hubSpec()
	must(t, err)
	own, err := ownSpec()
	must(t, err)
	if err := hub.check(method, path, r, false); err != nil {
		t.Errorf("%s %s %d breaks the hub's contract: %v\n%s", method, path, r.status, err, r.body)
	}
	if err := own.check(method, path, r, true); err != nil {
		t.Errorf("%s %s %d breaks our own contract: %v\n%.500s", method, path, r.status, err, r.body)
	}
	if r.status >= 400 && !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		if err := own.validate("/components/schemas/Error", r.body); err != nil {
			t.Errorf("%s %s %d is not an error body: %v\n%.500s", method, path, r.status, err, r.body)
		}
		var e errorBody
		must(t, json.Unmarshal(r.body, &e))
		if e.Error.Detail != e.Error.Message || e.StatusMessage != e.Error.Type {
			t.Errorf("the two shapes of the error differ: %s", r.body)
		}
	}
}

// TestOpenAPIGolden fails when the published description changes; -update says that it was meant.
func TestOpenAPIGolden(t *testing.T) {
	var doc map[string]any
	must(t, json.Unmarshal(openAPI, &doc))
	var b strings.Builder
	paths := doc["paths"].(map[string]any)
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		item := paths[p].(map[string]any)
		for _, m := range slices.Sorted(maps.Keys(item)) {
			op := item[m].(map[string]any)
			fmt.Fprintf(&b, "%s %s: %s\n", strings.ToUpper(m), p, strings.Join(slices.Sorted(maps.Keys(op["responses"].(map[string]any))), " "))
			params, _ := op["parameters"].([]any)
			for _, q := range params {
				fmt.Fprintf(&b, "  %s %s\n", q.(map[string]any)["in"], q.(map[string]any)["name"])
			}
		}
	}
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for _, n := range slices.Sorted(maps.Keys(schemas)) {
		props, _ := schemas[n].(map[string]any)["properties"].(map[string]any)
		fmt.Fprintf(&b, "%s: %s\n", n, strings.Join(slices.Sorted(maps.Keys(props)), " "))
	}
	canonical, err := json.Marshal(doc)
	must(t, err)
	fmt.Fprintf(&b, "all of it: %x\n", sha256.Sum256(canonical))
	golden(t, "testdata/openapi.golden", b.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", path, diff)
	}
}

// Every route is described, and what is described is routed.
func TestOpenAPIMatchesRoutes(t *testing.T) {
	own, err := ownSpec()
	must(t, err)
	described := map[string]bool{}
	for p, item := range own.doc["paths"].(map[string]any) {
		for m := range item.(map[string]any) {
			described[strings.ToUpper(m)+" "+p] = true
		}
	}
	routed := map[string]bool{}
	for _, m := range []string{"GET", "PUT", "DELETE"} {
		routed[m+" /api/repos/{namespace}/{repo}/file/{branch}/{path}"] = true
	}
	for _, r := range newWorld(t).s.table() {
		routed[r.pattern] = true
	}
	for _, internal := range []string{"GET /{$}", "GET /ai/assets/{name}", "/api/ai/images/", "/api/ai/chat/"} {
		delete(routed, internal)
	}
	if diff := cmp.Diff(described, routed); diff != "" {
		t.Error(diff)
	}
}

// The hub's own schemas must not be looser than this test believes: a wrong body has to fail.
func TestContractNoticesBreaches(t *testing.T) {
	hub, err := hubSpec()
	must(t, err)
	own, err := ownSpec()
	must(t, err)
	good := newWorld(t)
	id := good.enqueue("")
	r := good.do("GET", "/api/ai/queue/"+id, "")
	for _, breach := range []struct{ old, new string }{
		{`"media_type":"video"`, `"media_type":"film"`},
		{`"generation_id":"` + id + `"`, `"generation_id":7`},
		{`"enqueued_at":`, `"enqueued":`},
	} {
		bad := r
		bad.body = bytes.Replace(r.body, []byte(breach.old), []byte(breach.new), 1)
		if hub.check("GET", "/api/ai/queue/"+id, bad, false) == nil {
			t.Errorf("the hub's contract lets %s pass", breach.new)
		}
		if own.check("GET", "/api/ai/queue/"+id, bad, true) == nil {
			t.Errorf("our contract lets %s pass", breach.new)
		}
	}
}
