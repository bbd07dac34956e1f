-- Times are microseconds since 1970 in UTC, days are ISO text, ids are 16 bytes.

CREATE TABLE rf_schema (
    version BIGINT PRIMARY KEY,
    applied_at BIGINT NOT NULL,
    secret BYTEA
);

CREATE TABLE rf_stream (
    id BYTEA PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    requester TEXT COLLATE "C",
    owner TEXT COLLATE "C",
    mark TEXT COLLATE "C" NOT NULL,
    due BIGINT,
    data BYTEA NOT NULL
);

-- In the order of ids under each label: a page ends when it is full, and reads no row before.
CREATE INDEX rf_stream_owner ON rf_stream (owner, kind, id, state, due)
    WHERE owner IS NOT NULL;
CREATE INDEX rf_stream_requester ON rf_stream (requester, kind, id, state, due)
    WHERE requester IS NOT NULL;
-- The planner here knows when few are overdue, and when to walk by id.
CREATE INDEX rf_stream_due ON rf_stream (kind, due) WHERE due IS NOT NULL;

CREATE TABLE rf_event (
    stream BYTEA NOT NULL,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    was TEXT COLLATE "C",
    now TEXT COLLATE "C",
    was_mark TEXT COLLATE "C" NOT NULL,
    mark TEXT COLLATE "C" NOT NULL,
    requester TEXT COLLATE "C",
    owner TEXT COLLATE "C",
    command BYTEA NOT NULL,
    data BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (stream, version)
);

CREATE TABLE rf_words (
    stream BYTEA NOT NULL,
    version BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (stream, version)
);

CREATE TABLE rf_command (
    id BYTEA PRIMARY KEY NOT NULL,
    digest BYTEA NOT NULL,
    at BIGINT NOT NULL,
    ranges BYTEA NOT NULL
);

CREATE TABLE rf_unique (
    kind TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    stream BYTEA NOT NULL,
    PRIMARY KEY (kind, value)
);

CREATE INDEX rf_unique_stream ON rf_unique (stream);

CREATE TABLE rf_timer (
    stream BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    lease BYTEA,
    lease_until BIGINT,
    PRIMARY KEY (stream, name)
);

CREATE INDEX rf_timer_due ON rf_timer (due);

CREATE TABLE rf_outbox (
    id BYTEA PRIMARY KEY NOT NULL,
    stream BYTEA NOT NULL,
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    notifier TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    data BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    due BIGINT NOT NULL,
    lease BYTEA,
    state TEXT COLLATE "C" NOT NULL,
    error TEXT COLLATE "C",
    lease_until BIGINT
);

CREATE INDEX rf_outbox_due ON rf_outbox (due, id) WHERE state = 'waiting';
CREATE INDEX rf_outbox_order ON rf_outbox (stream, notifier, version, position)
    WHERE state = 'waiting';
CREATE INDEX rf_outbox_parked ON rf_outbox (id) WHERE state = 'parked';
