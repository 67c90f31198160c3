package pipeline

import (
	"path/filepath"
	"strings"

	"retake/internal/media"
)

// containerName says what people call a file like this. ffprobe names a family of formats.
func containerName(info *media.Info, path string) string {
	family, _, _ := strings.Cut(info.Format, ",")
	switch family {
	case "mov":
		if strings.TrimSpace(info.Brand) == "qt" || info.Brand == "" && strings.EqualFold(filepath.Ext(path), ".mov") {
			return "MOV"
		}
		return "MP4"
	case "matroska":
		if strings.EqualFold(filepath.Ext(path), ".webm") {
			return "WebM"
		}
		return "Matroska"
	case "mpegts":
		return "MPEG-TS"
	case "mpeg":
		return "MPEG-PS"
	case "asf":
		return "WMV"
	}
	return strings.ToUpper(family)
}

// formatNames spells the sample formats of MP4 and MOV files, which reasons quote, as people know them.
var formatNames = strings.NewReplacer(
	`"sowt"`, "PCM", `"twos"`, "PCM", `"lpcm"`, "PCM", `"ipcm"`, "PCM", `"fpcm"`, "PCM", `"in24"`, "PCM", `"in32"`, "PCM",
	`"fl32"`, "PCM", `"fl64"`, "PCM", `"raw "`, "PCM", `".mp3"`, "MP3", `"ac-3"`, "AC-3", `"ec-3"`, "E-AC-3", `"alac"`, "ALAC",
	`"Opus"`, "Opus", `"fLaC"`, "FLAC", `"samr"`, "AMR",
)

// ahead words a reason of an edit's report for the time before the edit.
func ahead(reason string) string {
	reason = formatNames.Replace(reason)
	if after, ok := strings.CutPrefix(reason, "The rewritten file leaves out "); ok {
		return "The rewritten file would leave out " + after
	}
	// The first verb is that of the edit; the clause after "because" is about the clip.
	said, why, _ := strings.Cut(reason, ", because ")
	said = strings.Replace(said, " was ", " would be ", 1)
	if why == "" {
		return said
	}
	return said + ", because " + why
}
