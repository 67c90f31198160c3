-- +goose Up
-- The clip as the request named it, whatever the model calls that parameter. Rows from before have the name that all
-- models of that time used.
ALTER TABLE generations ADD COLUMN input TEXT;
UPDATE generations SET input = params ->> '$.input_video'
WHERE json_type(params, '$.input_video') = 'text' AND length(params ->> '$.input_video') BETWEEN 1 AND 4096;
CREATE INDEX generations_input ON generations (namespace, input) WHERE input IS NOT NULL;

-- Listings count and page in these alone, without reading rows.
DROP INDEX generations_owner;
DROP INDEX generations_target;
CREATE INDEX generations_owner ON generations (namespace, seq, status, model, engine, prompt);
CREATE INDEX generations_target ON generations (target_namespace, namespace, seq, status, model, engine, input, prompt)
WHERE target_namespace <> namespace;

-- The generation whose result a file is. Whoever puts another file in its place takes the mark away.
ALTER TABLE files ADD COLUMN generation TEXT REFERENCES generations (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX files_generation ON files (generation) WHERE generation IS NOT NULL;
CREATE INDEX files_recent ON files (namespace, created, content_type);
CREATE INDEX files_public ON files (created, content_type) WHERE public;
-- A result's name ends in the generation's id and an extension of four letters. A later file took its place.
UPDATE files SET generation = g.id FROM generations g
WHERE g.id = substr(files.path, -40, 36) AND files.created <= g.completed
  AND g.result_file = files.namespace || '/' || files.repo || '/file/' || files.branch || '/' || files.path;

-- +goose Down
DROP INDEX files_public;
DROP INDEX files_recent;
DROP INDEX files_generation;
ALTER TABLE files DROP COLUMN generation;
DROP INDEX generations_owner;
DROP INDEX generations_target;
CREATE INDEX generations_owner ON generations (namespace);
CREATE INDEX generations_target ON generations (target_namespace) WHERE target_namespace <> namespace;
DROP INDEX generations_input;
ALTER TABLE generations DROP COLUMN input;
