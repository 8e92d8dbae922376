-- Secrets of connections, each sealed with the key that lies beside the database.
CREATE TABLE connection_secret (
    connection_id TEXT NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    sealed        BLOB NOT NULL,
    PRIMARY KEY (connection_id, name)
);
