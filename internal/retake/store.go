package retake

import (
	"context"
	"errors"
	"time"
)

// Errors of a Store.
var (
	ErrNotFound    = errors.New("not found")
	ErrStaleFence  = errors.New("the claim is no longer held")
	ErrKeyReused   = errors.New("the idempotency key was used with another body")
	ErrNothingToDo = errors.New("nothing to claim")
	ErrNotEnded    = errors.New("the generation has not ended")
)

// Store keeps the truth: generations, their events, keys and the names of files. Every change of a generation
// and the event that tells of it are one transaction.
type Store interface {
	Generations
	Claims
	Events
	Keys
	Sessions
	Files
	Favorites
	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	Close() error
}

// Generations is the side of the store that requests see.
type Generations interface {
	// Create adds queued generations. With an idempotency key that was used before with the same body it makes
	// nothing and returns the generations made then; with another body ErrKeyReused.
	Create(ctx context.Context, gens []*Generation, once *Idempotency) ([]*Generation, error)
	// Generation returns the row, or ErrNotFound.
	Generation(ctx context.Context, id string) (*Generation, error)
	// Generations lists newest first. total counts all that match, whatever the page.
	Generations(ctx context.Context, f Filter, p Page) (list []*Generation, total int, err error)
	// GenerationSizes is Generations without the rows.
	GenerationSizes(ctx context.Context, f Filter, p Page) (list []RowSize, total int, err error)
	// GenerationsByID returns rows in the order of ids, without those that are not there.
	GenerationsByID(ctx context.Context, ids []string) ([]*Generation, error)
	// QueuePosition counts the queued generations that were enqueued before id on the same engine.
	QueuePosition(ctx context.Context, id string) (int, error)
	// Cancel ends a queued generation at once and marks a processing one, whose worker then stops. It returns
	// the row as it stands; an ended one is left alone. ErrNotFound for an unknown id.
	Cancel(ctx context.Context, id string) (*Generation, error)
	// DeleteGeneration removes an ended row and its events, and with the row the file it made, unless keepFile is set.
	// A file that was put under the result's name by other means is left alone. fileDeleted reports whether a file went.
	// ErrNotFound for an unknown id, ErrNotEnded for one that is queued or processing.
	DeleteGeneration(ctx context.Context, id string, keepFile bool) (fileDeleted bool, err error)
}

// Idempotency makes a request that is sent twice run once within 24 hours.
type Idempotency struct {
	Namespace string
	Key       string
	BodyHash  string
}

// Filter selects generations; zero fields match everything.
type Filter struct {
	Namespaces []string // owner or target
	Model      string
	Statuses   []Status
	MediaType  string // "video" or "image"; this service makes only video
	Repo       string
	Folder     string
	Search     string // in the prompt
	Engine     string
	Request    string
	Input      string // the whole of Generation.Input
}

// RowSize names a generation and says about how much memory its row takes.
type RowSize struct {
	ID    string
	Bytes int64 // of what has no bound: parameters, prompt and report
}

// Page is a window of a listing. Number counts from 1; Size 0 means no limit.
type Page struct{ Number, Size int }

// Claims is the side of the store that workers see.
type Claims interface {
	// Claim gives a worker the fairest queued generation of an engine that has a free slot: highest priority first,
	// then the namespace that runs fewest, then the one whose last turn is longest ago, then the oldest. free maps
	// engine name to free slots. A claim holds until its lease is past; from then on Renew, Finish and Release
	// answer ErrStaleFence, whether or not somebody else has taken it.
	// ErrNothingToDo when there is none.
	Claim(ctx context.Context, worker string, free map[string]int, lease time.Duration) (*Generation, error)
	// Renew extends the lease and stores progress. It reports whether a cancel was asked for.
	// ErrStaleFence when the claim was lost.
	Renew(ctx context.Context, id string, fence int64, lease time.Duration, p Progress) (cancelled bool, err error)
	// Finish ends the generation, if the claim still holds and no cancel was asked for (then it ends as cancelled,
	// whatever the outcome says, and the stored status is returned). ErrStaleFence when the claim was lost.
	Finish(ctx context.Context, id string, fence int64, o Outcome) (Status, error)
	// Release hands a claimed generation back to the queue without counting an attempt.
	Release(ctx context.Context, id string, fence int64) error
	// Postpone is Release of a generation whose engine has no room: it counts a wait, and keeps the reason and until
	// when it waits for who looks at the row.
	Postpone(ctx context.Context, id string, fence int64, reason string, until time.Time) error
	// Remember keeps an engine's note with the row, over releases and lapsed leases until the end. It is on the disk
	// when Remember returns. ErrStaleFence when the claim was lost.
	Remember(ctx context.Context, id string, fence int64, note []byte) error
	// Charge keeps what a generation has cost so far, a decimal and its currency, over releases, lapsed leases and whatever
	// its end is. It is on the disk when Charge returns. ErrStaleFence when the claim was lost.
	Charge(ctx context.Context, id string, fence int64, cost, currency string) error
	// OpenTakes counts the generations of a request that are queued or processing.
	OpenTakes(ctx context.Context, request string) (int, error)
	// ReapLeases puts generations whose lease lapsed back to queued, at most maxAttempts times, then to failed; one
	// whose cancel was asked for ends as cancelled. It returns how many it touched.
	ReapLeases(ctx context.Context, maxAttempts int) (int, error)
}

// Event is something that happened to a generation. Seq grows by commit order within the store. A generation that a store
// reads for it is without its parameters, prompt, report and warnings.
type Event struct {
	Seq        int64
	Namespace  string
	Name       string
	Generation *Generation
	At         time.Time
}

// The names of events. Completions and cancellations are kept; the others are told to who listens, and forgotten.
const (
	EventCompleted = "media_generation_completed"
	EventCancelled = "media_generation_cancelled"
	EventProgress  = "media_generation_progress"
	EventQueued    = "media_generation_queued"
	EventDeleted   = "media_generation_deleted"
)

// Kept reports whether the event is in the store's log.
func (e Event) Kept() bool { return e.Name == EventCompleted || e.Name == EventCancelled }

// Events is the durable log of completions and cancellations.
type Events interface {
	// EventsAfter returns events of the namespaces with Seq > after, oldest first, at most limit. Nil namespaces
	// mean all of them.
	EventsAfter(ctx context.Context, namespaces []string, after int64, limit int) ([]Event, error)
	// EventsSince returns events of the namespaces that are not older than t, oldest first.
	EventsSince(ctx context.Context, namespaces []string, t time.Time) ([]Event, error)
	// LastEvent returns the newest Seq ever given, 0 when there was none.
	LastEvent(ctx context.Context) (int64, error)
}

// Key is an API key. Only its hash is stored.
type Key struct {
	ID         string // short, to name it in listings
	Namespace  string
	Namespaces []string // further namespaces it may act in
	Created    time.Time
	LastUsed   time.Time
	Revoked    bool
}

// Keys stores API keys by the SHA-256 of their secret.
type Keys interface {
	CreateKey(ctx context.Context, k Key, secretHash string) error
	// KeyByHash returns the unrevoked key, or ErrNotFound.
	KeyByHash(ctx context.Context, secretHash string) (*Key, error)
	ListKeys(ctx context.Context) ([]Key, error)
	// RevokeKey returns ErrNotFound for an unknown id.
	RevokeKey(ctx context.Context, id string) error
}

// Session is a sign-in of a browser: some keys, one of them in use.
type Session struct {
	Keys    []Key  // those not revoked, in the order they were added
	Current string // id of the key in use; "" when that one was revoked or taken out
	Expires time.Time
}

// Key returns the session's key with this id, nil when it has none.
func (s *Session) Key(id string) *Key {
	for i := range s.Keys {
		if s.Keys[i].ID == id {
			return &s.Keys[i]
		}
	}
	return nil
}

// Sessions stores sign-ins by the SHA-256 of their secret. A session that has expired, or has no key left that is not
// revoked, does not exist: ErrNotFound.
type Sessions interface {
	// CreateSession makes a session with a key, which is in use. The keys of the session replaces ("" for none) come
	// before it, and that one ends. ErrNotFound for an unknown or revoked key.
	CreateSession(ctx context.Context, hash, key string, expires time.Time, replaces string) (*Session, error)
	Session(ctx context.Context, hash string) (*Session, error)
	// UseSessionKey puts a key of the session in use; ErrNotFound when it has no such key.
	UseSessionKey(ctx context.Context, hash, key string) (*Session, error)
	// RemoveSessionKey takes a key out. Was it in use, the one added last is from now on; was it the only one, the
	// session ends and nil is returned. ErrNotFound when there is no such key.
	RemoveSessionKey(ctx context.Context, hash, key string) (*Session, error)
	// DeleteSession ends a session; an unknown one is no error.
	DeleteSession(ctx context.Context, hash string) error
}

// File is one file of a repository on this server. Its bytes are the blob named Hash.
type File struct {
	Namespace, Repo, Branch, Path string
	Hash                          string // SHA-256 of the content, hex
	Size                          int64
	ContentType                   string
	Public                        bool // readable without a key
	Created                       time.Time
	Generation                    string // the one it is the result of, "" for any other file
	Prompt                        string // of that generation; only RecentFiles tells it
}

// FileFilter selects files. The first two fields say which are seen besides public ones; the others narrow that when
// they are not zero.
type FileFilter struct {
	Namespaces  []string
	PublicRepos []string // NAMESPACE/REPO whose files all are public, each once
	Namespace   string
	Repo        string
	MediaType   string // "video", "image" or "audio"
	Search      string // in the path
}

// Storage is what a namespace keeps.
type Storage struct {
	Files       int
	Bytes       int64 // each content counts once, however many names it has
	ResultFiles int   // of these, the results of generations
	ResultBytes int64
	Generations int
}

// Files names blobs.
type Files interface {
	// PutFile adds or replaces the name.
	PutFile(ctx context.Context, f File) error
	// FileAt returns the file, or ErrNotFound.
	FileAt(ctx context.Context, namespace, repo, branch, path string) (*File, error)
	// ListFiles lists the files whose path starts with prefix, by path.
	ListFiles(ctx context.Context, namespace, repo, branch, prefix string) ([]File, error)
	// RecentFiles lists files newest first. total counts all that match, whatever the page.
	RecentFiles(ctx context.Context, f FileFilter, p Page) (list []File, total int, err error)
	// Storage adds up what a namespace keeps.
	Storage(ctx context.Context, namespace string) (Storage, error)
	// DeleteFile returns ErrNotFound for an unknown name.
	DeleteFile(ctx context.Context, namespace, repo, branch, path string) error
	// BlobReferenced reports whether any file has this hash.
	BlobReferenced(ctx context.Context, hash string) (bool, error)
}

// Favorites remembers the models a namespace marked.
type Favorites interface {
	SetFavorite(ctx context.Context, namespace, model string, on bool) error
	FavoriteModels(ctx context.Context, namespace string) ([]string, error)
}
