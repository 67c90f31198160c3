// Package httpapi is the HTTP face of the service: routes, authentication, decoding and checking of requests, the
// encoding of rows, errors and events, and files with their signed links.
//
// It decides nothing about an edit. It puts generations into the store, tells the queue that there is work, and shows
// what the store says. What it needs of others it states as the narrow interfaces in deps.go. Handlers return errors;
// writeError alone turns them into responses.
package httpapi
