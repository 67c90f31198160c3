-- +goose Up
-- The clip's namespace, when the key that asked could read it there: the run may read it, too.
ALTER TABLE generations ADD COLUMN input_namespace TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE generations DROP COLUMN input_namespace;
