package httpapi

import (
	"net/url"
	"path"
	"strings"
)

const (
	signInPage = "/ai/signin"
	startPage  = "/ai/workbench"
)

// nextPage returns where a sign-in leads to: the page of this server that was asked for, or the start page. It comes
// from an address that anybody can make up, so whatever browsers could take for another host or another part of the
// server is dropped.
func nextPage(asked string) string {
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || strings.ContainsAny(asked, "\\\x00\t\r\n") {
		return startPage
	}
	// u.Path is without percent escapes, so dots and slashes in disguise are seen here.
	p := u.Path
	if strings.ContainsAny(p, "\\%\x00\t\r\n") || path.Clean(p) != strings.TrimSuffix(p, "/") {
		return startPage
	}
	if !strings.HasPrefix(p, "/ai/") && p != "/docs" && !strings.HasPrefix(p, "/docs/") {
		return startPage
	}
	if strings.HasPrefix(p, "/ai/sign") {
		return startPage // no circles
	}
	return (&url.URL{Path: p, RawQuery: u.RawQuery, Fragment: u.Fragment}).String()
}
