// Package lut reads tables of colours in .cube files, as grading programs write them, looks colours up in them, and finds the files of a folder by
// name. It knows nothing of pictures.
package lut
