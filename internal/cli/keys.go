package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"retake/internal/app"
	"retake/internal/retake"
)

type keysCommand struct {
	Create keysCreateCommand `cmd:"" help:"Make a key for a namespace and print it, once."`
	List   keysListCommand   `cmd:"" help:"List the keys."`
	Revoke keysRevokeCommand `cmd:"" help:"Revoke a key by its id; it stops working within seconds."`
}

type keysCreateCommand struct {
	configFlag
	dataFlag
	Namespace string   `arg:"" help:"The namespace that the key belongs to, such as ox."`
	Grant     []string `help:"A further namespace that the key may act in; may be repeated." placeholder:"NAMESPACE"`
}

// Help is shown by retake keys create --help.
func (keysCreateCommand) Help() string {
	return `The data folder is that of a server that was started before, running or not.
Only the key goes to stdout. The server keeps no more than its hash, so it can't be shown again.

    export RETAKE_API_KEY=$(retake keys create ox --data ./data)`
}

// Run prints the new key.
func (c keysCreateCommand) Run(env *environment) error {
	cfg, err := settings(env, c.Config, map[string]string{"server.data": c.Data})
	if err != nil {
		return err
	}
	secret, err := app.CreateKey(env.ctx, cfg, c.Namespace, c.Grant)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.Stdout, secret)
	return err
}

type keysListCommand struct {
	configFlag
	dataFlag
	JSON bool `help:"Write JSON."`
}

// keyRow is a key as --json writes it.
type keyRow struct {
	ID        string     `json:"id"`
	Namespace string     `json:"namespace"`
	Grants    []string   `json:"grants"`
	Created   time.Time  `json:"created"`
	LastUsed  *time.Time `json:"last_used"`
	Revoked   bool       `json:"revoked"`
}

// Run prints the keys.
func (c keysListCommand) Run(env *environment) error {
	env.json = c.JSON
	cfg, err := settings(env, c.Config, map[string]string{"server.data": c.Data})
	if err != nil {
		return err
	}
	keys, err := app.ListKeys(env.ctx, cfg)
	if err != nil {
		return err
	}
	rows := make([]keyRow, len(keys))
	for i, k := range keys {
		rows[i] = rowOf(k)
	}
	if c.JSON {
		return writeJSON(env.Stdout, map[string][]keyRow{"keys": rows})
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAMESPACE\tGRANTS\tCREATED\tLAST USED\tSTATE")
	for _, r := range rows {
		used, state, grants := "never", "active", "-"
		if r.LastUsed != nil {
			used = r.LastUsed.Format(time.DateTime)
		}
		if r.Revoked {
			state = "revoked"
		}
		if len(r.Grants) > 0 {
			grants = strings.Join(r.Grants, ",")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Namespace, grants, r.Created.Format(time.DateTime), used, state)
	}
	return w.Flush()
}

func rowOf(k retake.Key) keyRow {
	r := keyRow{ID: k.ID, Namespace: k.Namespace, Grants: k.Namespaces, Created: k.Created.UTC(), Revoked: k.Revoked}
	if r.Grants == nil {
		r.Grants = []string{}
	}
	if !k.LastUsed.IsZero() {
		used := k.LastUsed.UTC()
		r.LastUsed = &used
	}
	return r
}

type keysRevokeCommand struct {
	configFlag
	dataFlag
	ID string `arg:"" help:"The key's id, as keys list shows it."`
}

// Run revokes the key.
func (c keysRevokeCommand) Run(env *environment) error {
	cfg, err := settings(env, c.Config, map[string]string{"server.data": c.Data})
	if err != nil {
		return err
	}
	if err := app.RevokeKey(env.ctx, cfg, c.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stderr, "revoked %s\n", c.ID)
	return err
}
