package comfyui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"retake/internal/engine/outside"
)

// tries is how often a file is sent or fetched whose way is cut.
const tries = 5

// again runs a transfer until it is done, refused or was cut too often.
func (e *Engine) again(ctx context.Context, what string, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.MoveWithin)
	defer cancel()
	for n := 1; ; n++ {
		err := do(ctx)
		if err == nil || n == tries || !errors.Is(err, errUnreachable) || ctx.Err() != nil {
			return err
		}
		e.log.Warn("a transfer was cut and is tried again", "what", what, "error", err)
		if outside.Sleep(ctx, time.Duration(n)*e.cfg.PollEvery/4) != nil {
			return err
		}
	}
}

// upload sends the window to the server's folder of temporary files, which it empties itself, and returns the name that
// nodes know it by.
func (e *Engine) upload(ctx context.Context, file, name string) (known string, err error) {
	err = e.again(ctx, "upload", func(ctx context.Context) error {
		known, err = e.uploadOnce(ctx, file, name)
		return err
	})
	return known, err
}

func (e *Engine) uploadOnce(ctx context.Context, file, name string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	var head, tail bytes.Buffer
	form := multipart.NewWriter(&head)
	for _, field := range [][2]string{{"type", "temp"}, {"subfolder", "retake"}, {"overwrite", "true"}} {
		if err := form.WriteField(field[0], field[1]); err != nil {
			return "", err
		}
	}
	if _, err := form.CreateFormFile("image", name); err != nil {
		return "", err
	}
	fmt.Fprintf(&tail, "\r\n--%s--\r\n", form.Boundary())
	size := int64(head.Len()+tail.Len()) + info.Size()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.client.address(nil, "upload", "image"), io.MultiReader(&head, f, &tail))
	if err != nil {
		return "", err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := e.client.send(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct{ Name, Subfolder, Type string }
	if err := decode(resp.Body, &answer); err != nil {
		return "", err
	}
	if answer.Name == "" || len(answer.Name)+len(answer.Subfolder) > 1000 {
		return "", fmt.Errorf("%w: an upload without a name", errForeign)
	}
	known := path.Join(answer.Subfolder, answer.Name)
	if answer.Type != "" && answer.Type != "input" {
		known += " [" + answer.Type + "]"
	}
	return known, nil
}

// download fetches a file into the job's folder. A cut download goes on where it was.
func (e *Engine) download(ctx context.Context, s saved, dir string) (string, error) {
	dst, err := os.Create(filepath.Join(dir, "answer"+s.kind()))
	if err != nil {
		return "", err
	}
	defer dst.Close()
	var have int64
	err = e.again(ctx, "download", func(ctx context.Context) error {
		have, err = e.downloadFrom(ctx, s, dst, have)
		return err
	})
	if err == nil && have == 0 {
		err = fmt.Errorf("%w: an empty file", errForeign)
	}
	return dst.Name(), errors.Join(err, dst.Close())
}

// downloadFrom fetches a file from where it is known, and returns how much is known then.
func (e *Engine) downloadFrom(ctx context.Context, s saved, dst *os.File, have int64) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	query := url.Values{"filename": {s.Name}, "subfolder": {s.Folder}, "type": {s.Type}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.client.address(query, "view"), nil)
	if err != nil {
		return have, err
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	stalled := time.AfterFunc(e.cfg.AnswerWithin, func() { cancel(fmt.Errorf("%w: nothing came for %s", errUnreachable, e.cfg.AnswerWithin)) })
	defer stalled.Stop()
	resp, err := e.client.send(req)
	if err != nil {
		return have, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusPartialContent || !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)) {
		have = 0
		if err := dst.Truncate(0); err != nil {
			return 0, err
		}
	}
	if resp.ContentLength > e.cfg.AnswerLimit-have {
		return have, fmt.Errorf("%w: an answer of %d bytes", errForeign, resp.ContentLength)
	}
	if _, err := dst.Seek(have, io.SeekStart); err != nil {
		return have, err
	}
	body := &watched{io.LimitReader(resp.Body, e.cfg.AnswerLimit-have+1), func() { stalled.Reset(e.cfg.AnswerWithin) }}
	n, err := io.Copy(dst, body)
	have += n
	if have > e.cfg.AnswerLimit {
		return have, fmt.Errorf("%w: an answer of more than %d bytes", errForeign, e.cfg.AnswerLimit)
	}
	switch {
	case errors.As(err, new(*fs.PathError)): // the file's
		return have, fmt.Errorf("write the answer: %w", err)
	case err != nil:
		return have, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return have, nil
}

// watched tells of each piece that is read.
type watched struct {
	io.Reader
	seen func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.seen()
	}
	return n, err
}
