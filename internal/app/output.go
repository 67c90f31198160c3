package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"retake/internal/container"
	"retake/internal/pipeline"
	"retake/internal/retake"
)

// output is the file that an edit makes. It is written under a temporary name beside its own, so that it appears
// whole or not at all.
type output struct {
	path    string
	temp    *os.File
	replace bool
}

// writable reports whether an edit can write a file of that name.
func writable(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return slices.ContainsFunc(container.Kinds(), func(k container.Kind) bool { return slices.Contains(k.Extensions(), ext) })
}

// createOutput fails early for what could not be kept in the end: a file that is there already, a folder that is not.
func createOutput(path string, replace bool, input string) (*output, error) {
	if err := checkReplaceable(path); err != nil {
		return nil, err
	}
	if !writable(path) {
		return nil, retake.Invalid("out", "The result is of the clip's own kind where that is MP4, MOV, MKV or WebM and an MP4 file otherwise, so the name of the output must end in .mp4, .m4v, .mov, .mkv or .webm; %q does not.", filepath.Base(path))
	}
	if info, err := os.Stat(path); err == nil {
		if in, err := os.Stat(input); err == nil && os.SameFile(info, in) {
			return nil, retake.Invalid("out", "The output would be the input itself, which must stay as it is. Give another name with -o.")
		}
		if !replace {
			return nil, exists(path)
		}
	}
	sweepLeft(filepath.Dir(path), func(e os.DirEntry) bool {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !e.Type().IsRegular() {
			return false
		}
		info, err := e.Info()
		return err == nil && info.Size() == 0
	})
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*"+filepath.Ext(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, retake.Invalid("out", "The folder %s does not exist.", filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("create the output: %w", err)
	}
	lockQuietly(f) // empty until the edit is done: nobody sweeps it meanwhile
	return &output{path: path, temp: f, replace: replace}, nil
}

// checkReplaceable refuses what a rename would destroy, or put a file in the place of: devices, pipes, links.
func checkReplaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular():
		return nil
	case err != nil:
		return retake.Invalid("out", "The output can't be written: %v.", err)
	case info.IsDir():
		return retake.Invalid("out", "%s is a folder. Give the name of a file.", path)
	case info.Mode()&fs.ModeSymlink != 0:
		return retake.Invalid("out", "%s is a symbolic link, which the output does not replace. Give the name of the file itself with -o.", path)
	}
	return retake.Invalid("out", "%s is not a regular file, and the output does not replace it. Give another name with -o.", path)
}

func exists(path string) error {
	return retake.Invalid("out", "%s exists already. Give another name with -o, or --force to replace it.", path)
}

// reopen takes up the file that another wrote under the temporary name, perhaps as a new file.
func (o *output) reopen() error {
	f, err := os.OpenFile(o.temp.Name(), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open the output: %w", err)
	}
	err = o.temp.Close()
	o.temp = f
	return err
}

// rename gives a file that nobody named the extension of what it came to be.
func (o *output) rename() {
	old := filepath.Ext(o.path)
	if known := pipeline.KindOf(o.temp.Name()).Extensions(); !slices.Contains(known, strings.ToLower(old)) {
		o.path = strings.TrimSuffix(o.path, old) + known[0]
	}
}

// keep puts the finished file under its name.
func (o *output) keep() error {
	err := o.temp.Sync()
	if err == nil {
		err = o.temp.Chmod(0o644) // a temporary file is private
	}
	if err = errors.Join(err, o.temp.Close()); err != nil {
		return fmt.Errorf("write the output: %w", fullDisk(err))
	}
	if o.replace {
		if err := checkReplaceable(o.path); err != nil {
			return err
		}
		err = os.Rename(o.temp.Name(), o.path)
	} else {
		err = renameNew(o.temp.Name(), o.path)
	}
	if errors.Is(err, fs.ErrExist) {
		return exists(o.path)
	}
	return err
}

// discard removes the temporary file unless it was kept.
func (o *output) discard() {
	o.temp.Close()
	os.Remove(o.temp.Name())
}

// renameNew renames without replacing: a link fails where the name is taken, a rename would not. File systems
// without links get a check instead.
func renameNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

// StoredPrefix begins the name of a file that a server has, as the input of an edit there.
const StoredPrefix = "/api/repos/"

// defaultOutput names the result after the input: beside a file, in the current folder for an address.
func defaultOutput(input string) string {
	if !IsAddress(input) && !strings.HasPrefix(input, StoredPrefix) {
		ext := filepath.Ext(input)
		name := strings.TrimSuffix(input, ext) + "-retake"
		switch strings.ToLower(ext) {
		case ".mov", ".mkv", ".webm":
			return name + ext // as does what it holds, where it can
		}
		return name + ".mp4"
	}
	name := input
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	name = filepath.Base(name)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if name == "" || name == "." || name == string(filepath.Separator) || strings.HasPrefix(strings.ToLower(input), "data:") {
		name = "clip"
	}
	return name + "-retake.mp4"
}

// IsAddress reports whether an input is an address rather than a file of this machine.
func IsAddress(input string) bool {
	scheme, _, ok := strings.Cut(input, ":")
	if !ok {
		return false
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "data":
		return true
	}
	return strings.Contains(input, "://")
}
