package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// startEngines is start with further engines: programs in Python, by name. settings is what else the configuration file says.
func startEngines(t *testing.T, settings string, programs map[string]string, env ...string) *server {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	settings += "engine:\n  exec:\n"
	for name, text := range programs {
		settings += fmt.Sprintf("    %s:\n      command: [python3, %s]\n", name, write(name+".py", text))
	}
	return start(t, append(env, "RETAKE_CONFIG="+write("retake.yaml", settings))...)
}
