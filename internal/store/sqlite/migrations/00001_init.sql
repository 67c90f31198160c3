-- +goose Up
-- Times are microseconds since 1970 (UTC), 0 for "not yet". seq is the order of creation.
CREATE TABLE generations (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL UNIQUE,
    namespace        TEXT    NOT NULL,
    username         TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    params           TEXT    NOT NULL,
    prompt           TEXT    NOT NULL,
    engine           TEXT    NOT NULL,
    priority         INTEGER NOT NULL,
    target_namespace TEXT    NOT NULL,
    target_repo      TEXT    NOT NULL,
    target_directory TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status IN ('queued', 'processing', 'succeeded', 'failed', 'cancelled')),
    phase            TEXT    NOT NULL DEFAULT '',
    fraction         REAL    NOT NULL DEFAULT 0,
    eta              REAL    NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    fence            INTEGER NOT NULL DEFAULT 0,
    worker           TEXT    NOT NULL DEFAULT '',
    lease            INTEGER NOT NULL DEFAULT 0,
    cancel_asked     INTEGER NOT NULL DEFAULT 0,
    result_file      TEXT    NOT NULL DEFAULT '',
    error            TEXT    NOT NULL DEFAULT '',
    error_code       TEXT    NOT NULL DEFAULT '',
    segment_start    REAL,
    segment_end      REAL,
    report           BLOB,
    warnings         TEXT,
    cost             TEXT,
    enqueued         INTEGER NOT NULL,
    started          INTEGER NOT NULL DEFAULT 0,
    completed        INTEGER NOT NULL DEFAULT 0
);

-- The partial indexes stay as small as the queue, however long the history grows.
CREATE INDEX generations_lane ON generations (engine, priority, namespace, seq) WHERE status = 'queued';
CREATE INDEX generations_line ON generations (engine, seq) WHERE status = 'queued';
CREATE INDEX generations_running ON generations (namespace) WHERE status = 'processing';
CREATE INDEX generations_active ON generations (namespace) WHERE status IN ('queued', 'processing');
CREATE INDEX generations_owner ON generations (namespace);
CREATE INDEX generations_target ON generations (target_namespace) WHERE target_namespace <> namespace;

-- When a namespace was last given a slot, as a counter: those that waited longest go first.
CREATE TABLE turns (
    namespace TEXT PRIMARY KEY,
    turn      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX turns_turn ON turns (turn);

-- AUTOINCREMENT keeps a number from being given twice, also after old events were pruned.
CREATE TABLE events (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    generation INTEGER NOT NULL REFERENCES generations (seq) ON DELETE CASCADE,
    at         INTEGER NOT NULL
);
CREATE INDEX events_namespace ON events (namespace, seq);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_generation ON events (generation);

CREATE TABLE idempotency (
    namespace TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    body_hash TEXT    NOT NULL,
    ids       TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (namespace, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE keys (
    id          TEXT    PRIMARY KEY,
    hash        TEXT    NOT NULL UNIQUE,
    namespace   TEXT    NOT NULL,
    namespaces  TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    last_used   INTEGER NOT NULL DEFAULT 0,
    revoked     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE files (
    namespace    TEXT    NOT NULL,
    repo         TEXT    NOT NULL,
    branch       TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    public       INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    PRIMARY KEY (namespace, repo, branch, path)
) WITHOUT ROWID;
CREATE INDEX files_hash ON files (hash);

CREATE TABLE favorites (
    namespace TEXT NOT NULL,
    model     TEXT NOT NULL,
    PRIMARY KEY (namespace, model)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE favorites;
DROP TABLE files;
DROP TABLE keys;
DROP TABLE idempotency;
DROP TABLE events;
DROP TABLE turns;
DROP TABLE generations;
