package model

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

//go:embed manifests/*.yaml
var embedded embed.FS

// Config is where models come from besides those built in.
type Config struct {
	Dir string `koanf:"dir"` // a folder of manifests; "" for none. One with the id of a built-in model replaces it.
	// Prefer names engines that serve every model, before those of its manifest.
	Prefer []string `koanf:"prefer"`
	// StandIns names engines that may do what a preferred one is not ready for. What goes to whom is a matter of money and of
	// privacy, so none does unasked.
	StandIns []string `koanf:"stand_ins"`
}

// DefaultConfig names no folder.
func DefaultConfig() Config { return Config{} }

// Validate reports a folder that is not there.
func (c Config) Validate() error {
	if c.Dir == "" {
		return nil
	}
	if info, err := os.Stat(c.Dir); err != nil || !info.IsDir() {
		return fmt.Errorf("dir: %q is not a folder", c.Dir)
	}
	return nil
}

// Catalog is the set of models, read-only once loaded.
type Catalog struct {
	list []*Model // by id
	byID map[string]*Model
}

// Load reads the built-in manifests and those of the operator's folder. All mistakes are reported at once, each
// naming its file.
func Load(cfg Config) (*Catalog, error) {
	c := &Catalog{byID: map[string]*Model{}}
	sub, err := fs.Sub(embedded, "manifests")
	if err != nil {
		return nil, fmt.Errorf("open built-in manifests: %w", err)
	}
	errs := []error{c.add(sub, cfg.Prefer)}
	if cfg.Dir != "" {
		errs = append(errs, c.add(os.DirFS(cfg.Dir), cfg.Prefer))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("load models: %w", err)
	}
	for _, m := range c.byID {
		c.list = append(c.list, m)
	}
	slices.SortFunc(c.list, func(a, b *Model) int { return cmp.Compare(a.ID, b.ID) })
	return c, nil
}

func (c *Catalog) add(dir fs.FS, prefer []string) error {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return err
	}
	var errs []error
	seen := map[string]string{}
	for _, e := range entries {
		// YAML contains JSON, so one reader serves both.
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			continue
		}
		data, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			errs = append(errs, err)
			continue
		}
		m, err := parse(data, prefer)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", e.Name(), err))
			continue
		}
		if other, ok := seen[m.ID]; ok {
			errs = append(errs, fmt.Errorf("%s: %s already has the id %q", e.Name(), other, m.ID))
			continue
		}
		seen[m.ID] = e.Name()
		c.byID[m.ID] = m
	}
	return errors.Join(errs...)
}

// Model returns the model with this id.
func (c *Catalog) Model(id string) (*Model, bool) {
	m, ok := c.byID[id]
	return m, ok
}

// Models lists all models by id. The slice must not be changed.
func (c *Catalog) Models() []*Model { return c.list }

// Featured lists the models put first on pages.
func (c *Catalog) Featured() []*Model {
	return c.filter(func(m *Model) bool { return m.Featured })
}

// ByDeveloper lists the models of a developer, whatever the case of the name.
func (c *Catalog) ByDeveloper(name string) []*Model {
	return c.filter(func(m *Model) bool { return strings.EqualFold(m.Developer, name) })
}

// Search lists the models whose texts hold every word of query, whatever its case.
func (c *Catalog) Search(query string) []*Model {
	query = strings.ToLower(query)
	return c.filter(func(m *Model) bool { return m.matches(query) })
}

func (c *Catalog) filter(keep func(*Model) bool) []*Model {
	var out []*Model
	for _, m := range c.list {
		if keep(m) {
			out = append(out, m)
		}
	}
	return out
}
