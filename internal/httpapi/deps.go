package httpapi

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"retake/internal/model"
	"retake/internal/retake"
)

// Store is what the HTTP side needs of a retake.Store.
type Store interface {
	Create(ctx context.Context, gens []*retake.Generation, once *retake.Idempotency) ([]*retake.Generation, error)
	Generation(ctx context.Context, id string) (*retake.Generation, error)
	GenerationSizes(ctx context.Context, f retake.Filter, p retake.Page) (list []retake.RowSize, total int, err error)
	GenerationsByID(ctx context.Context, ids []string) ([]*retake.Generation, error)
	QueuePosition(ctx context.Context, id string) (int, error)
	DeleteGeneration(ctx context.Context, id string, keepFile bool) (fileDeleted bool, err error)
	FileAt(ctx context.Context, namespace, repo, branch, path string) (*retake.File, error)
	PutFile(ctx context.Context, f retake.File) error
	DeleteFile(ctx context.Context, namespace, repo, branch, path string) error
	RecentFiles(ctx context.Context, f retake.FileFilter, p retake.Page) (list []retake.File, total int, err error)
	Storage(ctx context.Context, namespace string) (retake.Storage, error)
	retake.Favorites
	KeyByHash(ctx context.Context, secretHash string) (*retake.Key, error)
	retake.Sessions
	LastEvent(ctx context.Context) (int64, error)
}

// Queue is told of changes, so that workers need not poll.
type Queue interface {
	// Wake says that there may be something to claim.
	Wake()
	// Cancel cancels a generation in the store and stops it if it runs. retake.ErrNotFound for an unknown id.
	Cancel(ctx context.Context, id string) (*retake.Generation, error)
	// Paused returns until when an engine is left alone that had no room, or a time that is past.
	Paused(engine string) time.Time
}

// Message is an event for those who subscribed. Bytes returns it as EventEncoder.Encode wrote it.
type Message struct {
	Event retake.Event
	Bytes func() []byte
}

// Subscription is one listener's view of the events.
type Subscription interface {
	// Next waits for the next event. After an error that is ctx's, it may be called again; after any other the
	// subscription is over.
	Next(ctx context.Context) (Message, error)
	Close()
}

// Hub hands out events as they happen.
type Hub interface {
	// Tell passes an event that is not kept on to who listens now. It returns at once.
	Tell(e retake.Event)
	// Subscribe begins to listen to the namespaces. With last, the number of the last event the client has seen, the
	// ones it missed come first; without it the completions of the last while.
	Subscribe(ctx context.Context, namespaces []string, last *int64) (Subscription, error)
}

// Models finds models.
type Models interface {
	Model(id string) (*model.Model, bool)
	Models() []*model.Model
	Featured() []*model.Model
	ByDeveloper(name string) []*model.Model
	Search(query string) []*model.Model
}

// Thumbnailer makes small views of a clip at a local path.
type Thumbnailer interface {
	// Thumbnail returns a JPEG of the picture at the given time (seconds), scaled to width and height in pixels. One
	// of them 0 keeps the proportions, both 0 leaves the choice to the implementation. A time past the end gives the last picture.
	Thumbnail(ctx context.Context, path string, at float64, width, height int) ([]byte, error)
	// Filmstrip returns a JPEG of count pictures side by side, evenly spaced over the clip, each height pixels high.
	Filmstrip(ctx context.Context, path string, count, height int) ([]byte, error)
	// Waveform measures how loud the clip is at points evenly spaced over it.
	Waveform(ctx context.Context, path string, points int) (retake.Waveform, error)
}

// Clips says what clips are, by the hash of their content. A name's extension tells formats apart that share a
// container. What is no clip is a *retake.Error with CodeUnreadable.
type Clips interface {
	Clip(ctx context.Context, hash, name string) (*retake.Clip, error)
	// Check is Clip for a local file that is no blob yet.
	Check(ctx context.Context, path, name string) (*retake.Clip, error)
	// Preview says what a request would do to a clip, but for what the engine and the model say of it. A clip that
	// can't be edited is a problem of the preview.
	Preview(ctx context.Context, hash, name string, req retake.Request) (retake.Preview, error)
}

// Fetcher downloads a clip, and refuses addresses that a stranger may not make this server reach.
type Fetcher interface {
	// Check says what is wrong with an address as far as can be told without connecting.
	Check(address string) error
	Fetch(ctx context.Context, address string, dst *os.File, progress func(done, total int64)) error
}

// Deps is what a Server is built from. Everything but Registry, Checks and Now is required.
type Deps struct {
	Store      Store
	Blobs      retake.Blobs
	Queue      Queue
	Hub        Hub
	Models     Models
	Engines    map[string]retake.Engine // those this server has, by name
	StandIns   []string                 // those of them that may stand in for one that is not ready
	Thumbnails Thumbnailer
	Clips      Clips
	Fetcher    Fetcher
	Locate     func(address string) (FileName, bool) // the file that an address of this server names
	WorkDir    string                                // for files under way
	Signer     *Signer
	Log        *slog.Logger
	Version    string
	Sample     string                                     // address path of the clip that the Workbench starts with; "" for none
	Registry   *prometheus.Registry                       // nil: one of its own
	Checks     map[string]func(ctx context.Context) error // what has to work for the server to be ready, by name
	Now        func() time.Time                           // nil: time.Now
}
