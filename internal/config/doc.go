// Package config puts the settings of all parts together: defaults, then a YAML file, then the environment, then
// flags, the later winning over the earlier.
//
// Each part owns its own Config with its defaults and its Validate; this package only assembles them, so a new
// setting is a field in the package that reads it and a line in docs/configuration.md. A setting media.threads is
// RETAKE_MEDIA_THREADS in the environment. A key of the file that is no setting is an error, for a slip there would
// otherwise pass unseen.
package config
