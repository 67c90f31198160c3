package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"retake/internal/retake"
)

const field = "input_video"

// Reasons to give up a redirect.
var errRedirects = errors.New("too many redirects")

// checkURL judges an address, ours or a redirect's, by how it is written.
func (f *Fetcher) checkURL(u *url.URL) error {
	switch {
	case u.Scheme == "" && u.Host == "":
		return errMalformed()
	case u.Scheme != "http" && u.Scheme != "https":
		return retake.Invalid(field, "%q addresses are not fetched. Give an http or https address, or a data: URI.", shorten(u.Scheme))
	case u.Opaque != "" || u.Hostname() == "":
		return errMalformed()
	}
	host := u.Hostname()
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && f.guard.literal(ip) != nil:
		return errPrivate()
	case err != nil && endsInNumber(host):
		return retake.Invalid(field, "The host of this address is a number. Spell out its name.")
	}
	return nil
}

// redirect judges the next hop. The connection itself is guarded like the first.
func (f *Fetcher) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > f.cfg.MaxRedirects {
		return errRedirects
	}
	req.Header.Del("Referer") // it would tell the next server the signature in the last address
	req.Header.Del("Authorization")
	req.URL.User = nil
	return f.checkURL(req.URL)
}

func (f *Fetcher) checkResponse(resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return unreadable("The server at that address refuses to send the clip (status %d). Give an address that needs no sign-in.", code)
	case code == http.StatusNotFound || code == http.StatusGone:
		return unreadable("There is nothing at that address (status %d). Check it, or whether it has expired.", code)
	case code != http.StatusOK:
		return unreadable("The server at that address answered with status %d instead of the clip.", code)
	}
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return unreadable("The server at that address sent the clip compressed (%s), which it was asked not to do.", shorten(enc))
	}
	if resp.ContentLength > f.cfg.MaxBytes {
		return f.tooLarge()
	}
	return nil
}

// explain turns the network's errors into a sentence. The cause is kept without the address, whose query may hold
// a signature.
func (f *Fetcher) explain(ctx context.Context, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if _, ok := errors.AsType[*retake.Error](err); ok {
		return err // a redirect or the disk: said already
	}
	var (
		dns      *net.DNSError
		unknown  x509.UnknownAuthorityError
		badCert  *tls.CertificateVerificationError
		badHello tls.RecordHeaderError
		network  net.Error
	)
	var e *retake.Error
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errStalled):
		e = unreadable("The server at that address stopped sending. Try again, or put the clip elsewhere.")
	case errors.Is(cause, errTooSlow):
		e = unreadable("Downloading the clip took longer than %s.", f.cfg.Timeout)
	case cause != nil:
		return fmt.Errorf("fetch: %w", cause)
	case errors.Is(err, ssrf.ErrProhibitedPort):
		e = retake.Invalid(field, "Clips are not fetched from that port. Use an address on a usual web port.")
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		e = errPrivate()
	case errors.Is(err, errRedirects):
		e = unreadable("The address redirects more than %d times.", f.cfg.MaxRedirects)
	case errors.As(err, &dns):
		e = unreadable("The host of that address is not known. Check its spelling.")
	case errors.As(err, &unknown), errors.As(err, &badCert), errors.As(err, &badHello):
		e = unreadable("No secure connection to that address is possible: its certificate is not valid.")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF):
		e = unreadable("The server at that address broke off before the clip was complete. Try again.")
	case errors.Is(err, syscall.ECONNREFUSED):
		e = unreadable("The server at that address refuses connections.")
	case errors.As(err, &network) && network.Timeout():
		e = unreadable("The server at that address did not answer in time. Try again, or put the clip elsewhere.")
	default:
		e = unreadable("The clip can't be fetched from that address.")
	}
	e.Field = field
	return e.Because(err)
}

func (f *Fetcher) tooLarge() *retake.Error {
	e := retake.Errorf(retake.CodeTooLarge, "The clip is larger than this server takes (%s). Shorten it or lower its quality.", retake.SizeInWords(f.cfg.MaxBytes))
	e.Field = field
	return e
}

func unreadable(format string, args ...any) *retake.Error {
	e := retake.Errorf(retake.CodeUnreadable, format, args...)
	e.Field = field
	return e
}

func errMalformed() *retake.Error {
	return retake.Invalid(field, "input_video is no address. Give an http or https address, a data: URI or a file of this server.")
}

func errPrivate() *retake.Error {
	return retake.Invalid(field, "That address belongs to a private network, from which clips are not fetched. Upload the clip to this server instead.")
}

func writeError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return retake.Errorf(retake.CodeUnavailable, "The server's disk is full. Try again later.").Because(err)
	}
	return retake.Errorf(retake.CodeInternal, "The server could not store the clip.").Because(err)
}

// shorten keeps what a stranger wrote from filling a message.
func shorten(s string) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) > 20 {
		s = strings.ToValidUTF8(s[:20], "") + "…"
	}
	return s
}
