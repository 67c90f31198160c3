-- +goose Up
-- Why a generation waits that its engine had no room for, until when, and how often that was so.
ALTER TABLE generations ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE generations ADD COLUMN wait_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE generations ADD COLUMN wait_until INTEGER NOT NULL DEFAULT 0;
-- What the engine wrote down to go on from, such as the number of a job that runs elsewhere.
ALTER TABLE generations ADD COLUMN note BLOB;

-- +goose Down
ALTER TABLE generations DROP COLUMN note;
ALTER TABLE generations DROP COLUMN wait_until;
ALTER TABLE generations DROP COLUMN wait_reason;
ALTER TABLE generations DROP COLUMN waits;
