// Package comfyui has a user's own ComfyUI server make the new segment. It uploads the window, fills a workflow template in
// ComfyUI's API format, queues it, follows it by the server's socket or, where that fails, by asking, and downloads what
// was saved. A job that was queued is noted down before anything can be lost, and picked up after a restart.
//
// The server's routes and messages are those of ComfyUI's server.py and execution.py (0.3 to 0.30). What a template may
// mark is told in docs/comfyui.md.
package comfyui
