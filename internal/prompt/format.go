package prompt

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"retake/internal/wish"
)

// sheet is one file of a language's folder, as docs/lexicon.md describes it. All parts may be left out.
type sheet struct {
	Language string             `yaml:"language"` // the language's name, in one of its files
	Order    int                `yaml:"order"`    // of the group among the others, 0 for last
	Title    string             `yaml:"title"`    // of the group that the terms are shown in
	Terms    []termRow          `yaml:"terms"`
	Details  []detailRow        `yaml:"details"`
	Measures []measureRow       `yaml:"measures"`
	Colours  []colourRow        `yaml:"colours"`
	Objects  []objectRow        `yaml:"objects"`
	Speakers []speakerRow       `yaml:"speakers"`
	Akin     []akinRow          `yaml:"akin"`
	Numbers  map[string]float64 `yaml:"numbers"`
	Endings  phrases            `yaml:"endings"` // what "~" at a word's end stands for, besides nothing
	Grammar  map[string]phrases `yaml:"grammar"`
}

// termRow is one meaning.
type termRow struct {
	Words   phrases     `yaml:"words"`
	Picture wants       `yaml:"picture"`
	Sound   wants       `yaml:"sound"`
	Example string      `yaml:"example"`
	Quotes  bool        `yaml:"quotes"`  // takes the words in quotation marks beside it
	Against *substitute `yaml:"against"` // what the words stand for where the prompt complains of it or takes it away: "the hum is annoying", "less hum"
	Titles  bool        `yaml:"titles"`  // beside a title: how that comes and goes, which it does anyway
	Beside  *detail     `yaml:"beside"`  // what the words mean beside something that takes this detail
	Until   *substitute `yaml:"until"`   // what stands in while the effects or sounds aren't there
}

type substitute struct {
	Picture wants `yaml:"picture"`
	Sound   wants `yaml:"sound"`
}

// want is an effect or a sound that a meaning stands for.
type want struct {
	Name     string
	Strength float64
	Detail   wish.Detail
}

// wants is a name, a mapping, or a list of these.
type wants []want

// UnmarshalYAML reads "snow", "{name: snow, strength: 0.9}" or a list.
func (w *wants) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		for _, one := range n.Content {
			if err := w.UnmarshalYAML(one); err != nil {
				return err
			}
		}
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		*w = append(*w, want{Name: n.Value})
		return nil
	}
	var row struct {
		Name     string  `yaml:"name"`
		Strength float64 `yaml:"strength"`
		detail   `yaml:",inline"`
	}
	if err := strict(n, &row, "name", "strength"); err != nil {
		return err
	}
	if row.Strength < 0 || row.Strength > 1 {
		return fmt.Errorf("line %d: strength must be above 0 and at most 1, got %v", n.Line, row.Strength)
	}
	d, err := row.detail.wish()
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*w = append(*w, want{row.Name, row.Strength, d})
	return nil
}

// phrases is a list, or one string with commas between the phrases.
type phrases []string

// UnmarshalYAML reads either.
func (p *phrases) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]string)(p))
	}
	for _, s := range strings.Split(n.Value, ",") {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			*p = append(*p, s)
		}
	}
	return nil
}

// detail is a wish.Detail as files write it.
type detail struct {
	Variant   string  `yaml:"variant"`
	Object    string  `yaml:"object"`
	Colour    string  `yaml:"colour"` // a name among the colours
	Direction string  `yaml:"direction"`
	Place     string  `yaml:"place"`
	Speed     float64 `yaml:"speed"`
	Amount    float64 `yaml:"amount"`
	Count     int     `yaml:"count"`
	Distance  float64 `yaml:"distance"`
	From      moment  `yaml:"from"`
	To        moment  `yaml:"to"`
	Onset     string  `yaml:"onset"`
}

// detailKeys are the keys of detail, for strict.
var detailKeys = []string{"variant", "object", "colour", "direction", "place", "speed", "amount", "count", "distance", "from", "to", "onset"}

// moment is a share of the segment, and seconds; each number may be "n" for the one in the phrase's {n}.
type moment struct {
	Share   float64 `yaml:"share"`
	Seconds float64 `yaml:"seconds"`
	N       float64 `yaml:"n"` // seconds for each one of {n}
}

type detailRow struct {
	Words  phrases `yaml:"words"`
	detail `yaml:",inline"`
	Counts bool `yaml:"counts"` // {n} is how many
	Times  bool `yaml:"times"`  // {n} is the amount
	Part   bool `yaml:"part"`   // {n} is the amount, in hundredths

	Ends      bool   `yaml:"ends"`      // the time said beside it is when something ends: "stops after 3 seconds"
	Lasts     bool   `yaml:"lasts"`     // {n} is how many seconds something goes on, from the time said beside it
	Titled    string `yaml:"titled"`    // the place that the words stand for beside a title, in the place of a time
	Otherwise string `yaml:"otherwise"` // the onset that the words stand for where nothing takes the detail: "slowly"
}

type measureRow struct {
	Words    phrases `yaml:"words"`
	Strength float64 `yaml:"strength"`
	Alone    string  `yaml:"alone"` // the sound or treatment that the words stand for where there is nothing else
	detail   `yaml:",inline"`
}

// akinRow names phrases of terms that come nearest to what isn't made, for suggestions.
type akinRow struct {
	Words phrases `yaml:"words"`
	Like  phrases `yaml:"like"`
}

type colourRow struct {
	Name  string  `yaml:"name"`
	SRGB  string  `yaml:"srgb"` // "#rrggbb"
	Words phrases `yaml:"words"`
}

type objectRow struct {
	Words  phrases `yaml:"words"`
	Colour string  `yaml:"colour"` // which it usually has
}

type speakerRow struct {
	Words    phrases `yaml:"words"`
	Voice    Voice   `yaml:"voice"`
	Age      Age     `yaml:"age"`
	Manner   Manner  `yaml:"manner"`
	Speed    float64 `yaml:"speed"`
	Pitch    float64 `yaml:"pitch"`
	Says     bool    `yaml:"says"`     // words near it are spoken
	Everyday bool    `yaml:"everyday"` // says this only beside a word that says
}

func (d detail) wish() (wish.Detail, error) {
	w := wish.Detail{Variant: d.Variant, Object: d.Object, Direction: wish.Direction(d.Direction), Place: wish.Place(d.Place), Speed: d.Speed,
		Amount: d.Amount, Count: d.Count, Distance: d.Distance}
	w.When.From, w.When.To = wish.Moment{Share: d.From.Share, Seconds: d.From.Seconds}, wish.Moment{Share: d.To.Share, Seconds: d.To.Seconds}
	w.When.Onset = wish.Onset(d.Onset)
	if d.Colour != "" {
		w.To.Name = d.Colour // its numbers are looked up when all colours are known
	}
	return w, w.Check()
}

// strict decodes n, whose keys must be among those given or in detailKeys.
func strict(n *yaml.Node, into any, keys ...string) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i].Value; !slices.Contains(keys, k) && !slices.Contains(detailKeys, k) {
			return fmt.Errorf("line %d: there is no key %q here", n.Content[i].Line, k)
		}
	}
	return n.Decode(into)
}
