// Package model holds the models this server offers. A model is a manifest, a YAML file that gives its id, its texts,
// the JSON Schema of its parameters, how those map onto a retake.Request and the engines that may serve it; adding a
// model is adding a file, to this package or to a folder the operator names.
//
// It checks parameters and writes the model object and its reference page. It runs nothing: that is the engines' work.
package model
