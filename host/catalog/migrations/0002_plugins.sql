-- no-transaction
-- A plugin is a principal: its id is that of its securable, and nobody logs in as it.
-- SQLite changes a CHECK by making the table anew; with foreign keys on, dropping the old one would take the grants along.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

CREATE TABLE new_principal (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('user', 'group', 'plugin')),
    -- Of a plugin: its id, for its names change with the plugin's and its schema's.
    name       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL
);
INSERT INTO new_principal (id, kind, name, created_at, created_by)
SELECT id, kind, name, created_at, created_by FROM principal;
INSERT INTO new_principal (id, kind, name, created_at, created_by)
SELECT id, 'plugin', id, created_at, created_by FROM securable WHERE kind = 'plugin';
DROP TABLE principal;
ALTER TABLE new_principal RENAME TO principal;

-- What plugins keep between runs.
CREATE TABLE plugin_state (
    plugin_id TEXT NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    key       TEXT NOT NULL,
    value     BLOB NOT NULL,
    PRIMARY KEY (plugin_id, key)
);

CREATE TABLE tag (
    securable_id TEXT NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    key          TEXT NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (securable_id, key)
);

COMMIT;
PRAGMA foreign_keys = ON;
