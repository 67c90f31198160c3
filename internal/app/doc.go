// Package app is the wiring: it builds every part from the settings, starts them in order and stops them in reverse.
// It is the only package that knows all the others; none of them knows it.
//
// Serve runs the server. The other functions do one command's work with as few parts as it needs.
package app
