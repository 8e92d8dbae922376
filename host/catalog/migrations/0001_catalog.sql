-- The catalog: what exists and who may touch it.
-- One schema for SQLite and PostgreSQL: text ids (UUID), bigint times (milliseconds since 1970, UTC),
-- JSON kept as text, partial unique indexes; nothing that only one of them knows.

-- One row. The generation grows with every change of names or rights, so that a process sees
-- another's GRANT or REVOKE by reading one number.
CREATE TABLE catalog_state (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    generation BIGINT  NOT NULL
);

-- Users and groups share one namespace, so that GRANT … TO name is never ambiguous.
CREATE TABLE principal (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('user', 'group')),
    name       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL
);

CREATE TABLE membership (
    group_id  TEXT NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX membership_member ON membership (member_id);

CREATE TABLE securable (
    id           TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    -- Kinds that share names share a namespace: tables and views are both 'relation'.
    namespace    TEXT   NOT NULL,
    parent_id    TEXT   REFERENCES securable (id),
    name         TEXT   NOT NULL,
    owner_id     TEXT   NOT NULL REFERENCES principal (id),
    comment      TEXT,
    properties   TEXT   NOT NULL,
    spec         TEXT   NOT NULL,
    -- The normalised location that this securable holds against all others, or null.
    location     TEXT   UNIQUE,
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   TEXT   NOT NULL,
    -- Set by DROP, cleared by UNDROP; the row goes with the purge.
    dropped_at   BIGINT,
    -- The securable whose DROP took this one along.
    dropped_with TEXT
);
CREATE UNIQUE INDEX securable_live_name ON securable (parent_id, namespace, name) WHERE dropped_at IS NULL;
CREATE INDEX securable_parent ON securable (parent_id);
CREATE INDEX securable_owner ON securable (owner_id, parent_id);
CREATE INDEX securable_dropped ON securable (dropped_at) WHERE dropped_at IS NOT NULL;

CREATE TABLE privilege_grant (
    securable_id TEXT   NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    principal_id TEXT   NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    privilege    TEXT   NOT NULL,
    granted_at   BIGINT NOT NULL,
    granted_by   TEXT   NOT NULL,
    PRIMARY KEY (securable_id, principal_id, privilege)
);
CREATE INDEX privilege_grant_principal ON privilege_grant (principal_id);

-- A view reads tables and calls functions; a table's constraints and generated columns call functions.
CREATE TABLE dependency (
    dependant_id  TEXT NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    dependency_id TEXT NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    PRIMARY KEY (dependant_id, dependency_id)
);
CREATE INDEX dependency_of ON dependency (dependency_id);

-- Append only. The id is a UUID of version 7: it sorts by time.
CREATE TABLE audit (
    id           TEXT   NOT NULL PRIMARY KEY,
    at           BIGINT NOT NULL,
    principal    TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    kind         TEXT,
    name         TEXT,
    outcome      TEXT   NOT NULL CHECK (outcome IN ('allowed', 'denied')),
    detail       TEXT   NOT NULL,
    statement_id TEXT
);
CREATE INDEX audit_at ON audit (at);

-- One row a statement that read or wrote tables; target columns are null for a plain query.
CREATE TABLE lineage (
    id             TEXT   NOT NULL PRIMARY KEY,
    statement_id   TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    principal      TEXT   NOT NULL,
    statement      TEXT   NOT NULL,
    target_name    TEXT,
    target_id      TEXT,
    target_version BIGINT
);
CREATE INDEX lineage_at ON lineage (at);
CREATE INDEX lineage_target ON lineage (target_id);
CREATE INDEX lineage_target_name ON lineage (target_name);

CREATE TABLE lineage_source (
    lineage_id TEXT   NOT NULL REFERENCES lineage (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    table_id   TEXT,
    version    BIGINT,
    PRIMARY KEY (lineage_id, position)
);
CREATE INDEX lineage_source_table ON lineage_source (table_id);
CREATE INDEX lineage_source_name ON lineage_source (name);

CREATE TABLE lineage_function (
    lineage_id TEXT NOT NULL REFERENCES lineage (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    PRIMARY KEY (lineage_id, name)
);

CREATE TABLE lineage_column (
    lineage_id    TEXT   NOT NULL REFERENCES lineage (id) ON DELETE CASCADE,
    position      BIGINT NOT NULL,
    source        TEXT   NOT NULL,
    source_column TEXT   NOT NULL,
    target_column TEXT   NOT NULL,
    PRIMARY KEY (lineage_id, position)
);

-- Files that COPY INTO loaded: 'pending' while a load runs, 'loaded' once its Delta commit is known.
CREATE TABLE loaded_file (
    table_id TEXT   NOT NULL REFERENCES securable (id) ON DELETE CASCADE,
    path     TEXT   NOT NULL,
    etag     TEXT,
    size     BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    load_id  TEXT   NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('pending', 'loaded')),
    at       BIGINT NOT NULL,
    PRIMARY KEY (table_id, path)
);
CREATE INDEX loaded_file_load ON loaded_file (load_id);
