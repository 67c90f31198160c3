package httpapi

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"retake/internal/retake"
)

const (
	maxThumbnail     = 4096 // pixels of a side
	thumbnailDefault = 1.0  // seconds
)

// still is one thumbnail's description.
type still struct {
	hash          string
	at            float64 // seconds
	width, height int     // pixels, 0 free
}

func (t still) String() string {
	return fmt.Sprintf("%s-%s-%dx%d", t.hash, strconv.FormatFloat(t.at, 'f', -1, 64), t.width, t.height)
}

func readStill(hash string, q url.Values) (still, error) {
	t := still{hash: hash, at: thumbnailDefault}
	if sent := q.Get("timestamp"); sent != "" {
		at, err := strconv.ParseFloat(sent, 64)
		if err != nil || at < 0 || math.IsNaN(at) || at > 1e6 {
			return t, retake.Invalid("timestamp", "timestamp must be a number of seconds from 0 up, got %q", clip(sent))
		}
		t.at = math.Round(at*1000) / 1000
	}
	var err error
	if t.width, err = wholeNumber(q, "width", 1, maxThumbnail, 0); err != nil {
		return t, err
	}
	t.height, err = wholeNumber(q, "height", 1, maxThumbnail, 0)
	return t, err
}

func (s *Server) sendThumbnail(x *exchange, file *retake.File) error {
	if !strings.HasPrefix(file.ContentType, "video/") {
		return retake.Invalid("thumbnail", "Only a video has thumbnails; this file is %s.", file.ContentType)
	}
	want, err := readStill(file.Hash, x.r.URL.Query())
	if err != nil {
		return err
	}
	return s.sendView(x, "image/jpeg", view{file.Hash, "still", want.String(), func(ctx context.Context, path string) ([]byte, error) {
		return s.views.maker.Thumbnail(ctx, path, want.at, want.width, want.height)
	}})
}
