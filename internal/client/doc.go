// Package client is the other side of the HTTP contract: it uploads a clip to a Retake server, queues an edit,
// follows its events and downloads the result. It knows the contract only, nothing of the server's insides, so it
// works against any server that speaks it.
package client
