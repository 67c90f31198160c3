// Package exec makes an engine of any program that speaks the protocol of docs/engine-protocol.md: JSON lines on its
// standard input and output. It starts the program when there is a job, keeps it while jobs come, watches it, restarts
// it when it fails, and takes nothing that it answers on trust.
//
// It knows nothing of what the program does. An engine that is reached over the network has a package of its own.
package exec
