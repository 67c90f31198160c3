package config

import (
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Print writes c as a file that Load reads, in the order of the sections, with secrets left out.
func Print(w io.Writer, c Config) error {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range Fields(&c) {
		section := root
		names := strings.Split(f.Key, ".")
		for _, n := range names[:len(names)-1] {
			section = child(section, n)
		}
		value := &yaml.Node{}
		if err := value.Encode(f.printed()); err != nil {
			return err
		}
		key := &yaml.Node{Kind: yaml.ScalarNode, Value: names[len(names)-1]}
		if f.Secret && !f.value.IsZero() {
			value.LineComment = "set, not shown"
		}
		section.Content = append(section.Content, key, value)
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return err
	}
	return enc.Close()
}

func (f Field) printed() any {
	if f.Secret {
		return ""
	}
	if d, ok := f.value.Interface().(time.Duration); ok {
		return duration(d)
	}
	return f.value.Interface()
}

// child returns the mapping under name, made where it is missing.
func child(parent *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(parent.Content); i += 2 {
		if parent.Content[i].Value == name {
			return parent.Content[i+1]
		}
	}
	c := &yaml.Node{Kind: yaml.MappingNode}
	parent.Content = append(parent.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, c)
	return c
}
