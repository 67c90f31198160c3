// Package builtin is the engine that works on any machine: a deterministic editor that reads the prompt with a
// documented vocabulary and changes the clip's own pictures and sound. It is no generative model and says what it did
// not understand. It only wires: package prompt reads, package picture and package sound do the work.
package builtin
