// Package pipeline carries a retake through its steps:
//
//	fetch → probe → plan → engine → encode → splice → verify → publish
//
// Edit does the steps from probe to verify on local files; Generate puts fetch in front and publish behind for a
// generation of the service. It starts goroutines and child processes, and waits for all of them before it returns.
package pipeline
