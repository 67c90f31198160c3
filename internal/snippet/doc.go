// Package snippet writes the call that makes a retake as programs to paste: curl in a shell, Python with requests,
// JavaScript for Node and pages, Go with its standard library alone, and the retake command. Each waits for the result
// in one of three ways: the blocking request, the queue and polling, the queue and the event stream.
//
// A program reads the key from OXEN_API_KEY, prints the address of each result on stdout (the retake command: where
// it put the clip), and ends with a status other than 0 and the server's sentence on stderr when something fails.
//
// The programs are the files of templates. What is put into them goes through one quoting function for each language.
package snippet
