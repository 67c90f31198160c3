package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
)

// Sources are the places settings come from, the later one winning over the earlier.
type Sources struct {
	File    string            // a YAML file; "" for none
	Environ []string          // as os.Environ gives it
	Flags   map[string]string // by key: "server.listen"
}

// Load puts the layers together: defaults, file, environment, flags. The error joins every mistake found, so that
// they can be mended in one go. Warnings name variables that look like settings but are none.
func Load(src Sources) (c Config, warnings []string, err error) {
	c = Default()
	l := loader{k: koanf.New("."), config: &c, fields: Fields(&c), origin: map[string]string{}}
	l.file(src.File)
	l.environment(src.Environ)
	l.flags(src.Flags)
	for _, f := range l.fields {
		if !l.k.Exists(f.Key) {
			continue
		}
		if err := f.set(l.k.Get(f.Key)); err != nil {
			l.fail("%s %w", l.origin[f.Key], err)
		}
	}
	if len(l.errs) == 0 {
		l.errs = append(l.errs, c.Validate())
	}
	return c, l.warnings, errors.Join(l.errs...)
}

// loader lays one layer over the other.
type loader struct {
	k        *koanf.Koanf
	config   *Config
	fields   []Field
	origin   map[string]string // key → how to name the place its value came from
	warnings []string
	errs     []error
}

func (l *loader) fail(format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf(format, args...))
}

func (l *loader) file(path string) {
	if path == "" {
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err // without the path, which is said already
		}
		l.fail("configuration file %s: %w", path, err)
		return
	}
	values, err := yaml.Parser().Unmarshal(data)
	if err != nil {
		l.fail("configuration file %s is not valid YAML: %w", path, err)
		return
	}
	if err := l.k.Load(confmap.Provider(values, ""), nil); err != nil {
		l.fail("configuration file %s: %w", path, err)
		return
	}
	l.addNamed(path)
	for _, key := range l.k.Keys() {
		if l.known(key) {
			l.origin[key] = fmt.Sprintf("%s (%s) in %s", key, envName(key), path)
		} else if !l.emptySection(key) {
			l.fail("%s in %s is not a setting%s", key, path, l.suggest(key))
		}
	}
}

// addNamed makes room for the parts of named sections that the file has.
func (l *loader) addNamed(path string) {
	sections := map[string]named{}
	namedSections(reflect.ValueOf(l.config).Elem(), "", sections)
	for _, key := range slices.Sorted(maps.Keys(sections)) {
		for _, name := range l.k.MapKeys(key) {
			if err := sections[key].Add(name); err != nil {
				l.fail("%s in %s: %w", key, path, err)
			}
		}
	}
	l.fields = Fields(l.config)
}

func (l *loader) known(key string) bool {
	return slices.ContainsFunc(l.fields, func(f Field) bool { return f.Key == key })
}

// emptySection reports whether key is a section that the file names without settings in it.
func (l *loader) emptySection(key string) bool {
	switch v := l.k.Get(key).(type) {
	case nil:
	case map[string]any:
		if len(v) > 0 {
			return false
		}
	default:
		return false
	}
	return slices.ContainsFunc(l.fields, func(f Field) bool { return strings.HasPrefix(f.Key, key+".") })
}

func (l *loader) suggest(key string) string {
	keys := make([]string, len(l.fields))
	for i, f := range l.fields {
		keys[i] = f.Key
		// A setting in no section, or in the wrong one, is meant by its last word.
		if last(f.Key) == last(key) {
			return "; did you mean " + f.Key + "?"
		}
	}
	if n := nearest(key, keys); n != "" {
		return "; did you mean " + n + "?"
	}
	return ""
}

func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// Variables of the command line that begin like settings.
var notSettings = []string{"RETAKE_API_KEY", "RETAKE_SERVER", "RETAKE_CONFIG"}

func (l *loader) environment(environ []string) {
	keys, names := map[string]string{}, []string{}
	for _, f := range l.fields {
		keys[f.Env] = f.Key
		names = append(names, f.Env)
	}
	toKey := func(name, value string) (string, any) {
		key, ok := keys[name]
		if !ok && !slices.Contains(notSettings, name) {
			// No error: the environment may hold variables of others.
			warning := name + " is not a setting and is ignored"
			if n := nearest(name, names); n != "" {
				warning += "; did you mean " + n + "?"
			}
			l.warnings = append(l.warnings, warning)
		}
		if ok {
			l.origin[key] = name
		}
		return key, value
	}
	provider := env.Provider(".", env.Opt{
		Prefix: EnvPrefix, TransformFunc: toKey, EnvironFunc: func() []string { return environ },
	})
	if err := l.k.Load(provider, nil); err != nil {
		l.fail("read the environment: %w", err)
	}
}

func (l *loader) flags(flags map[string]string) {
	values := map[string]any{}
	for key, v := range flags {
		values[key] = v
		l.origin[key] = "--" + last(key)
	}
	if err := l.k.Load(confmap.Provider(values, "."), nil); err != nil {
		l.fail("read the flags: %w", err)
	}
}
