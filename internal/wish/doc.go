// Package wish holds what can be said of an effect or a sound beside its name: in which colour, from where, how fast, when,
// on what. Prompts are read into it, and effects and sounds are made by it. It knows neither.
package wish
