// Package hosted is what the engines have in common that hand a job in at somebody else's server: the window is sent, the
// job is handed in once, its number is remembered before it is asked after, and its result is fetched at once. Each provider
// is a Service; Engine makes a retake.Engine of it.
//
// What may cost money is never repeated blindly. A job that was handed in without an answer is in doubt: it is looked for where the
// provider has a list, else the generation fails and says so. Cut connections while asking after a job lose nothing: the
// generation goes back to the queue with its note and picks the same job up again.
package hosted
