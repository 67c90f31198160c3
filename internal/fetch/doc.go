// Package fetch brings a clip from where a request says it is to a local file: from an http or https address, or
// out of a data: URI.
//
// Requests come from strangers, so an address may point inwards, never end, stall or lie. Every connection is
// checked after its name was resolved (package ssrf), proxies of the environment are not used, redirects are
// followed a few times and checked again, and size and time are limited. Nothing else than http and https is
// fetched. What is stored on this server is not fetched over the network; that is the caller's to recognise.
package fetch
