package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionsCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"One of bash, zsh, fish."`
}

// Help is shown by retake completions --help.
func (completionsCommand) Help() string {
	return `Write the script where the shell looks for it:

    retake completions bash > /etc/bash_completion.d/retake
    retake completions zsh  > "${fpath[1]}/_retake"
    retake completions fish > ~/.config/fish/completions/retake.fish`
}

// Run prints the script.
func (c completionsCommand) Run(env *environment, k *kong.Context) error {
	write := map[string]func(io.Writer, []completion) error{"bash": writeBash, "zsh": writeZsh, "fish": writeFish}[c.Shell]
	return write(env.Stdout, completionsOf(k.Model.Node))
}

// completion is what can follow one command: the words typed so far select it.
type completion struct {
	Path     []string // "keys", "create"; empty for the program itself
	Commands []word
	Flags    []flagWord
	Words    []string // a closed set of first arguments
	Files    bool     // an argument is a file
}

type word struct{ Name, Help string }

type flagWord struct {
	word
	Short  rune
	Value  bool     // takes a value
	Values []string // a closed set of values
	Files  bool     // its value is a file
}

// completionsOf flattens the command tree, parents first.
func completionsOf(node *kong.Node) []completion {
	var c completion
	for n := node; n.Parent != nil; n = n.Parent {
		c.Path = slices.Insert(c.Path, 0, n.Name)
	}
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			c.Flags = append(c.Flags, flagOf(f))
		}
	}
	for _, p := range node.Positional {
		if p.Enum != "" {
			c.Words = append(c.Words, p.EnumSlice()...)
		}
		c.Files = c.Files || p.Tag.Get("complete") == "file"
	}
	all := []completion{}
	for _, child := range node.Children {
		if child.Hidden {
			continue
		}
		c.Commands = append(c.Commands, word{child.Name, child.Help})
		all = append(all, completionsOf(child)...)
	}
	return append([]completion{c}, all...)
}

func flagOf(f *kong.Flag) flagWord {
	w := flagWord{word: word{f.Name, f.Help}, Short: f.Short, Value: !f.IsBool(), Files: f.Tag.Get("complete") == "file"}
	if f.Enum != "" {
		w.Values = slices.DeleteFunc(f.EnumSlice(), func(s string) bool { return s == "" })
	}
	return w
}

func (c completion) key() string { return strings.Join(c.Path, " ") }

// writeBash writes a function that finds the command among the words before the cursor, then offers what follows.
func writeBash(w io.Writer, all []completion) error {
	var commands, values, offers strings.Builder
	for _, c := range all {
		for _, sub := range c.Commands {
			fmt.Fprintf(&commands, "            %q) path=%q ;;\n", c.key()+":"+sub.Name, strings.TrimSpace(c.key()+" "+sub.Name))
		}
		var words []string
		for _, f := range c.Flags {
			words = append(words, "--"+f.Name)
			switch pattern := fmt.Sprintf("%q", c.key()+":--"+f.Name); {
			case len(f.Values) > 0:
				fmt.Fprintf(&values, "        %s) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", pattern, strings.Join(f.Values, " "))
			case f.Files:
				fmt.Fprintf(&values, "        %s) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", pattern)
			case f.Value:
				fmt.Fprintf(&values, "        %s) return ;;\n", pattern)
			}
		}
		var plain []string
		for _, sub := range c.Commands {
			plain = append(plain, sub.Name)
		}
		plain = append(plain, c.Words...)
		fmt.Fprintf(&offers, "        %q) flags=%q; words=%q; files=%q ;;\n", c.key(), strings.Join(words, " "), strings.Join(plain, " "), yes(c.Files))
	}
	_, err := fmt.Fprintf(w, bashScript, commands.String(), values.String(), offers.String())
	return err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

const bashScript = `# bash completion for retake
_retake() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path="" i flags words files
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path:${COMP_WORDS[i]}" in
%s        esac
    done
    case "$path:$prev" in
%s    esac
    case "$path" in
%s    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    elif [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    elif [[ -n $files ]]; then
        compopt -o filenames
        COMPREPLY=($(compgen -f -- "$cur"))
    fi
}
complete -F _retake retake
`
