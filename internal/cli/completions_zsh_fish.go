package cli

import (
	"fmt"
	"io"
	"strings"
)

// writeZsh writes one function for each command, in the form that _arguments takes.
func writeZsh(w io.Writer, all []completion) error {
	var b strings.Builder
	b.WriteString("#compdef retake\n")
	for _, c := range all {
		fmt.Fprintf(&b, "\n%s() {\n", zshName(c.Path))
		if len(c.Commands) > 0 {
			b.WriteString("    local line state\n    local -a commands=(\n")
			for _, sub := range c.Commands {
				fmt.Fprintf(&b, "        %s\n", single(sub.Name+":"+sub.Help))
			}
			b.WriteString("    )\n")
		}
		b.WriteString("    _arguments -C -s \\\n")
		for _, f := range c.Flags {
			zshFlag(&b, f)
		}
		switch {
		case len(c.Commands) > 0:
			b.WriteString("        '1: :->command' '*:: :->rest'\n    case $state in\n")
			b.WriteString("        command) _describe command commands ;;\n        rest) case $line[1] in\n")
			for _, sub := range c.Commands {
				fmt.Fprintf(&b, "            %s) %s ;;\n", sub.Name, zshName(append(c.Path[:len(c.Path):len(c.Path)], sub.Name)))
			}
			b.WriteString("        esac ;;\n    esac\n")
		case len(c.Words) > 0:
			fmt.Fprintf(&b, "        '1: :(%s)'\n", strings.Join(c.Words, " "))
		case c.Files:
			b.WriteString("        '*: :_files'\n")
		default:
			b.WriteString("        '*: :'\n")
		}
		b.WriteString("}\n")
	}
	// The file is sourced by some set-ups and autoloaded as a function by others.
	b.WriteString("\nif [ \"$funcstack[1]\" = _retake ]; then _retake \"$@\"; else compdef _retake retake; fi\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func zshName(path []string) string {
	return strings.Join(append([]string{"_retake"}, path...), "_")
}

func zshFlag(b *strings.Builder, f flagWord) {
	help := strings.NewReplacer("[", "(", "]", ")", ":", " -").Replace(f.Help)
	value := ""
	switch {
	case len(f.Values) > 0:
		value = ":value:(" + strings.Join(f.Values, " ") + ")"
	case f.Files:
		value = ":file:_files"
	case f.Value:
		value = ":value: "
	}
	equals := ""
	if f.Value {
		equals = "="
	}
	fmt.Fprintf(b, "        %s \\\n", single("--"+f.Name+equals+"["+help+"]"+value))
	if f.Short != 0 {
		fmt.Fprintf(b, "        %s \\\n", single("-"+string(f.Short)+"["+help+"]"+value))
	}
}

// single quotes s for bash, zsh and fish alike: no backslash, no quote inside.
func single(s string) string {
	return "'" + strings.NewReplacer("'", "’", `\`, "/").Replace(s) + "'"
}

// writeFish writes one complete line for each thing that can be completed.
func writeFish(w io.Writer, all []completion) error {
	var b strings.Builder
	b.WriteString("# fish completion for retake\ncomplete -c retake -f\n")
	for _, c := range all {
		when := fishCondition(c)
		for _, sub := range c.Commands {
			fmt.Fprintf(&b, "complete -c retake -n %s -a %s -d %s\n", single(when), sub.Name, single(sub.Help))
		}
		for _, v := range c.Words {
			fmt.Fprintf(&b, "complete -c retake -n %s -a %s\n", single(when), v)
		}
		if c.Files {
			fmt.Fprintf(&b, "complete -c retake -n %s -F\n", single(when))
		}
		for _, f := range c.Flags {
			fmt.Fprintf(&b, "complete -c retake -n %s -l %s", single(when), f.Name)
			if f.Short != 0 {
				fmt.Fprintf(&b, " -s %c", f.Short)
			}
			switch {
			case len(f.Values) > 0:
				fmt.Fprintf(&b, " -x -a %s", single(strings.Join(f.Values, " ")))
			case f.Files:
				b.WriteString(" -r -F")
			case f.Value:
				b.WriteString(" -x")
			}
			fmt.Fprintf(&b, " -d %s\n", single(f.Help))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fishCondition holds where the words typed so far select c and none of its subcommands.
func fishCondition(c completion) string {
	if len(c.Path) == 0 {
		return "__fish_use_subcommand"
	}
	parts := []string{}
	for _, p := range c.Path {
		parts = append(parts, "__fish_seen_subcommand_from "+p)
	}
	if len(c.Commands) > 0 {
		names := []string{}
		for _, sub := range c.Commands {
			names = append(names, sub.Name)
		}
		parts = append(parts, "not __fish_seen_subcommand_from "+strings.Join(names, " "))
	}
	return strings.Join(parts, "; and ")
}
