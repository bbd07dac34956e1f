-- Times are microseconds since 1970 in UTC, days are ISO text, ids are 16 bytes.

CREATE TABLE rf_schema (
    version INTEGER PRIMARY KEY,
    applied_at INTEGER NOT NULL,
    secret BLOB
) STRICT;

CREATE TABLE rf_stream (
    id BLOB PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    requester TEXT,
    owner TEXT,
    mark TEXT NOT NULL,
    due INTEGER,
    data BLOB NOT NULL
) STRICT;

-- In the order of ids under each label: a page ends when it is full, and reads no row before.
CREATE INDEX rf_stream_owner ON rf_stream (owner, kind, id, state, due)
    WHERE owner IS NOT NULL;
CREATE INDEX rf_stream_requester ON rf_stream (requester, kind, id, state, due)
    WHERE requester IS NOT NULL;
CREATE INDEX rf_stream_due ON rf_stream (kind, id, due) WHERE due IS NOT NULL;

CREATE TABLE rf_event (
    stream BLOB NOT NULL,
    version INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    day TEXT NOT NULL,
    type TEXT NOT NULL,
    was TEXT,
    now TEXT,
    was_mark TEXT NOT NULL,
    mark TEXT NOT NULL,
    requester TEXT,
    owner TEXT,
    command BLOB NOT NULL,
    data BLOB NOT NULL,
    hash BLOB NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (stream, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE rf_words (
    stream BLOB NOT NULL,
    version INTEGER NOT NULL,
    salt BLOB NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (stream, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE rf_command (
    id BLOB PRIMARY KEY NOT NULL,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL,
    ranges BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rf_unique (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    stream BLOB NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX rf_unique_stream ON rf_unique (stream);

CREATE TABLE rf_timer (
    stream BLOB NOT NULL,
    name TEXT NOT NULL,
    due INTEGER NOT NULL,
    lease BLOB,
    lease_until INTEGER,
    PRIMARY KEY (stream, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX rf_timer_due ON rf_timer (due);

CREATE TABLE rf_outbox (
    id BLOB PRIMARY KEY NOT NULL,
    stream BLOB NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    notifier TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    data BLOB NOT NULL,
    tries INTEGER NOT NULL,
    due INTEGER NOT NULL,
    lease BLOB,
    state TEXT NOT NULL,
    error TEXT,
    lease_until INTEGER
) STRICT;

CREATE INDEX rf_outbox_due ON rf_outbox (due, id) WHERE state = 'waiting';
CREATE INDEX rf_outbox_order ON rf_outbox (stream, notifier, version, position)
    WHERE state = 'waiting';
CREATE INDEX rf_outbox_parked ON rf_outbox (id) WHERE state = 'parked';
