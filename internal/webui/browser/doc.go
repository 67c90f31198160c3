// Package browser tests the pages as a person meets them: real Chromium in front of the real program with real ffmpeg.
// It holds nothing but tests; its harness starts a server with a data folder of its own and drives a page by mouse and
// keyboard. Run with -screenshots it writes the pictures of docs/screenshots instead.
package browser
