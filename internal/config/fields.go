package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// EnvPrefix begins every environment variable that is a setting.
const EnvPrefix = "RETAKE_"

// Field is one setting.
type Field struct {
	Key    string // as in the file: "media.threads"
	Env    string // RETAKE_MEDIA_THREADS
	Secret bool   // never printed
	value  reflect.Value
}

// Fields lists every setting of c in the order of the structs. A Field's value is that of c.
func Fields(c *Config) []Field {
	var list []Field
	walk(reflect.ValueOf(c).Elem(), "", &list)
	return list
}

// squash is the name of an embedded struct whose settings stand among those around it.
const squash = ",squash"

func walk(v reflect.Value, prefix string, list *[]Field) {
	t := v.Type()
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("koanf")
		if name == squash {
			walk(v.Field(i), prefix, list)
			continue
		}
		if name == "" || name == "-" || !t.Field(i).IsExported() {
			continue
		}
		key := prefix + name
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			walk(f, key+".", list)
		case reflect.Map:
			if named, ok := f.Interface().(named); ok {
				for _, n := range named.Names() {
					walk(f.MapIndex(reflect.ValueOf(n)).Elem(), key+"."+n+".", list)
				}
			} // else filled in by app from other settings
		case reflect.Func, reflect.Interface:
		default:
			env := t.Field(i).Tag.Get("env")
			if env == "" {
				env = envName(key)
			}
			*list = append(*list, Field{Key: key, Env: env, Secret: f.Kind() == reflect.String && secret(name), value: f})
		}
	}
}

// named is a section whose parts have names that the file gives: a map of pointers to structs.
type named interface {
	Names() []string
	// Add adds a part with the default settings.
	Add(name string) error
}

// namedSections finds them by key.
func namedSections(v reflect.Value, prefix string, found map[string]named) {
	t := v.Type()
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("koanf")
		if name == "" || name == "-" || !t.Field(i).IsExported() {
			continue
		}
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			namedSections(f, prefix+name+".", found)
		case reflect.Map:
			if n, ok := f.Interface().(named); ok {
				found[prefix+name] = n
			}
		}
	}
}

func envName(key string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// secret goes by the name, so that a setting added later is hidden without anybody having to think of it.
func secret(name string) bool {
	switch name[strings.LastIndexByte(name, '_')+1:] {
	case "key", "secret", "token", "password":
		return true
	}
	return false
}

// String writes the field's value as it would stand in an environment variable.
func (f Field) String() string {
	switch v := f.value.Interface().(type) {
	case time.Duration:
		return duration(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if f.value.Kind() != reflect.Slice {
		return fmt.Sprint(f.value.Interface())
	}
	items := make([]string, f.value.Len())
	for i := range items {
		items[i] = Field{value: f.value.Index(i)}.String()
	}
	return strings.Join(items, ",")
}

// duration drops the zero parts that time.Duration writes: 1m rather than 1m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
