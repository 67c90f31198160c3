package webui

import (
	"bytes"
	"fmt"
	"strings"
	texttemplate "text/template"

	"retake/internal/model"
	"retake/internal/retake"
	"retake/internal/snippet"
)

var texts = texttemplate.Must(texttemplate.ParseFS(pages, "pages/*.md", "pages/*.txt"))

// docsView is what a reference page shows.
type docsView struct {
	Site
	Models    []*model.Model
	Model     *model.Model
	Worded    []Words // the engines of the model that have a page of their words
	Engine    Words
	Limits    []string
	Samples   []samples
	Reference *Reference
}

// Words is what an engine understands.
type Words struct {
	Name, Title string
	Groups      []retake.TermGroup
}

// samples are the programs of one language, two for each way to wait.
type samples struct {
	snippet.Language
	Flows []flow
}

type flow struct {
	ID, Title    string
	Minimal, All string
}

// Docs renders the index of the reference pages.
func Docs(models []*model.Model, site Site) ([]byte, error) {
	return renderDocs("docs.html", docsView{Site: site, Models: models})
}

// Models renders the list of models.
func Models(models []*model.Model, site Site) ([]byte, error) {
	return renderDocs("models.html", docsView{Site: site, Models: models})
}

// Index writes the index of the reference pages for programs that read them (llmstxt.org).
func Index(models []*model.Model, site Site) ([]byte, error) {
	return renderText("llms.txt", docsView{Site: site, Models: models})
}

// Vocabulary renders the page of an engine's words.
func Vocabulary(w Words, site Site) ([]byte, error) {
	return renderDocs("vocabulary.html", docsView{Site: site, Engine: w})
}

// Nothing renders the page for an address that has none. why is a sentence.
func Nothing(why string) ([]byte, error) { return render("nothing.html", why) }

// Model renders a model's reference page. worded names the engines that Vocabulary pages are served of, without their groups.
func Model(m *model.Model, worded []Words, site Site) ([]byte, error) {
	v, err := modelView(m, worded, site)
	if err != nil {
		return nil, err
	}
	return renderDocs("model.html", v)
}

// ModelMarkdown writes the same page as Markdown.
func ModelMarkdown(m *model.Model, worded []Words, site Site) ([]byte, error) {
	v, err := modelView(m, worded, site)
	if err != nil {
		return nil, err
	}
	return renderText("model.md", v)
}

// API renders the reference of the routes.
func API(r *Reference, site Site) ([]byte, error) {
	return renderDocs("api.html", docsView{Site: site, Reference: r})
}

// APIMarkdown writes the same page as Markdown.
func APIMarkdown(r *Reference, site Site) ([]byte, error) {
	return renderText("api.md", docsView{Site: site, Reference: r})
}

func renderDocs(name string, v docsView) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func renderText(name string, v docsView) ([]byte, error) {
	var b bytes.Buffer
	if err := texts.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func modelView(m *model.Model, worded []Words, site Site) (docsView, error) {
	n := m.Names()
	params := map[string]any{n.Prompt: "heavy snow, wind howling", n.Input: retake.SampleAddress}
	fewest, err := snippet.Render(m, params, site.Base)
	if err != nil {
		return docsView{}, err
	}
	params[n.Start], params[n.Duration], params[n.Mode] = 4.0, 3.0, string(retake.ReplaceAudioAndVideo)
	params[model.ParamSeed] = 7
	all, err := snippet.Render(m, params, site.Base)
	return docsView{Site: site, Model: m, Worded: worded, Limits: limits(m, site), Samples: group(fewest, all)}, err
}

// group puts together the flows of each language: the minimal program of one list and the one with all parameters of
// the other.
func group(fewest, all []snippet.Snippet) []samples {
	var out []samples
	for _, l := range snippet.Languages() {
		s := samples{Language: l}
		for _, p := range fewest {
			if p.Language == l.ID && p.Parameters == snippet.Minimal {
				s.Flows = append(s.Flows, flow{l.ID + "-" + p.Flow, p.FlowTitle, p.Code, code(all, l.ID, p.Flow, snippet.All)})
			}
		}
		out = append(out, s)
	}
	return out
}

// code finds a program, "" when there is none such.
func code(list []snippet.Snippet, language, flow, parameters string) string {
	for _, p := range list {
		if p.Language == language && p.Flow == flow && p.Parameters == parameters {
			return p.Code
		}
	}
	return ""
}

// limits says in sentences what the model and this server accept.
func limits(m *model.Model, site Site) []string {
	n := m.Names()
	return []string{
		fmt.Sprintf("The segment is %v to %v seconds long (%s). It ends with the clip at the latest, and must keep %[1]v seconds of it.", retake.MinSegment, retake.MaxSegment, n.Duration),
		fmt.Sprintf("The prompt has at most %d characters.", retake.MaxPrompt),
		fmt.Sprintf("An engine is shown at most %v seconds of footage around the segment, at 1080p at most. Longer and larger clips are accepted: the result has the clip's own length, size and rate.", retake.MaxWindow),
		fmt.Sprintf("An uploaded clip has at most %s.", retake.SizeInWords(site.MaxFile)),
		"MP4, M4V, MOV, MKV and WebM with progressive H.264 or HEVC (also of 10 bits, 4:2:2 and HDR), VP8, VP9, AV1, ProRes, DNxHR or Motion JPEG are kept exactly outside the segment, save a few frames before it, those up to the next keyframe after it, and a few sound packets beside it. Sound is kept so with AAC-LC, AC-3, E-AC-3, MP3, Opus, Vorbis, FLAC, ALAC and uncompressed sound. Of other clips whole tracks are re-encoded, or the file is rewritten, which a plan says before and the report after. Interlaced clips can have their sound replaced only. Encrypted and damaged clips, pictures and sound without pictures are refused.",
		fmt.Sprintf("One request of the queue makes 1 to %d takes (num_generations).", retake.MaxTakes),
		"Engines that may serve the model: " + strings.Join(m.Engines, ", ") + ".",
	}
}

// Cell writes a text into a cell of a Markdown table.
func (docsView) Cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

// Fence names the language of a program for a Markdown fence.
func (docsView) Fence(id string) string {
	if id == "curl" || id == "retake" {
		return "sh"
	}
	return id
}
