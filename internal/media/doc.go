// Package media runs ffmpeg and ffprobe: it finds them, starts them with bounded pipes, limits and a sandbox, and
// reads what a clip holds.
//
// Every run is a child process of its own with a context, a process group that is killed as a whole, a time limit
// and resource limits. On Linux the program's own binary is started again first (see [Main]); it confines itself
// with Landlock to the files the command names, sets the limits and then becomes ffmpeg. Inputs can only be files
// and pipes, in containers that cannot point to other files.
//
// It knows nothing of segments, prompts or splices. Bytes inside MP4 files are read elsewhere.
package media
