package httpapi

import (
	"path"
	"strings"
)

// contentTypes is a fixed table: mime.TypeByExtension depends on the machine. What could run scripts in a browser is
// left out on purpose and served as plain bytes.
var contentTypes = map[string]string{
	".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".mkv": "video/x-matroska",
	".webm": "video/webm", ".avi": "video/x-msvideo", ".ts": "video/mp2t", ".mts": "video/mp2t", ".mpg": "video/mpeg",
	".m4a": "audio/mp4", ".aac": "audio/aac", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".flac": "audio/flac", ".ogg": "audio/ogg", ".opus": "audio/ogg",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".gif": "image/gif",
	".json": jsonType, ".txt": "text/plain; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8",
}

func contentTypeOf(name string) string {
	if t, ok := contentTypes[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

// extensionFor returns the usual extension of a media type, "" for one that is not in the table.
func extensionFor(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); kind {
	case "video/mp4":
		return ".mp4"
	case "image/jpeg":
		return ".jpg"
	}
	best := ""
	for ext, t := range contentTypes {
		if t == kind && (best == "" || ext < best) {
			best = ext
		}
	}
	return best
}
