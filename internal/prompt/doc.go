// Package prompt reads what a person asks for into a plan the built-in engine can carry out: effects on the picture,
// sounds, how strong each is, and what was not understood.
//
// It is a small grammar over a fixed English lexicon (lexicon.go), not a language model: the same text always gives
// the same plan. It knows words only; package picture and package sound know how to make what they name.
package prompt
