-- +goose Up
ALTER TABLE generations ADD COLUMN error_field TEXT NOT NULL DEFAULT '';

-- Sign-ins of browsers. hash is the SHA-256 of the cookie's secret, in_use the id of a key.
CREATE TABLE sessions (
    hash    TEXT    PRIMARY KEY,
    in_use  TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_expires ON sessions (expires);

-- place is the order in which the keys of a session were added.
CREATE TABLE session_keys (
    session TEXT    NOT NULL REFERENCES sessions (hash) ON DELETE CASCADE,
    key     TEXT    NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    PRIMARY KEY (session, key)
) WITHOUT ROWID;
CREATE INDEX session_keys_key ON session_keys (key);

-- +goose Down
DROP TABLE session_keys;
DROP TABLE sessions;
ALTER TABLE generations DROP COLUMN error_field;
