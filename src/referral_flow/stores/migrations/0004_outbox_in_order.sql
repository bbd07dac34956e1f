-- The outbox in the order of its ids, which begin with their time, and one index for a stream.

CREATE TABLE rf_outbox_in_order (
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
    lease_until INTEGER,
    recipient TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

INSERT INTO rf_outbox_in_order
    SELECT id, stream, version, position, notifier, kind, key, data, tries, due, lease, state,
           error, lease_until, recipient
    FROM rf_outbox ORDER BY id;

DROP TABLE rf_outbox;

ALTER TABLE rf_outbox_in_order RENAME TO rf_outbox;

CREATE INDEX rf_outbox_due ON rf_outbox (due, id) WHERE state = 'waiting';
CREATE INDEX rf_outbox_unsent ON rf_outbox (stream, notifier, version, position)
    WHERE state IN ('waiting', 'digest', 'parked');
CREATE INDEX rf_outbox_parked ON rf_outbox (id) WHERE state = 'parked';
CREATE INDEX rf_outbox_digest_due ON rf_outbox (notifier, due, id) WHERE state = 'digest';
CREATE INDEX rf_outbox_digest_of ON rf_outbox (notifier, recipient, due) WHERE state = 'digest';
