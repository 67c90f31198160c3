package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"retake/internal/container"
	"retake/internal/mkv"
	"retake/internal/retake"
)

// contentTypes of results.
var contentTypes = map[container.Kind]string{
	container.MP4: "video/mp4", container.MOV: "video/quicktime", container.Matroska: "video/x-matroska", container.WebM: "video/webm",
}

// KindOf says what kind of file a result is, by what it begins with.
func KindOf(path string) container.Kind {
	f, err := os.Open(path)
	if err != nil {
		return container.MP4
	}
	defer f.Close()
	switch mkv.DocType(f) {
	case "webm":
		return container.WebM
	case "matroska":
		return container.Matroska
	}
	head := make([]byte, 12)
	if n, _ := f.ReadAt(head, 0); n == 12 && string(head[4:]) == "ftypqt  " {
		return container.MOV
	}
	return container.MP4
}

// checkName refuses a name for the result that says it is something else. A name without an extension says nothing.
func (r *run) checkName() error {
	ext, kind := strings.ToLower(filepath.Ext(r.job.Out)), r.src.File.Kind()
	if r.job.AnyKind || ext == "" || slices.Contains(kind.Extensions(), ext) {
		return nil
	}
	return retake.Invalid("out", "the result is a %s file, so its name must end in %s, not in %s", kind, kind.Extensions()[0], ext)
}
