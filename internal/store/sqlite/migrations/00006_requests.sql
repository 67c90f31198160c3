-- +goose Up
-- What the generations of one request have in common, '' of a lone one; and of which currency a cost is.
ALTER TABLE generations ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE generations ADD COLUMN currency TEXT NOT NULL DEFAULT '';
CREATE INDEX generations_request ON generations (request) WHERE request <> '';

-- +goose Down
DROP INDEX generations_request;
ALTER TABLE generations DROP COLUMN currency;
ALTER TABLE generations DROP COLUMN request;
