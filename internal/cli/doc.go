// Package cli is the command line: commands, flags, what is written where, and exit codes.
//
// A command parses, then calls app or client, then prints. Results go to stdout, everything else (progress, logs,
// warnings, mistakes) to stderr, so that stdout can be piped. What a command does is not in here.
package cli
