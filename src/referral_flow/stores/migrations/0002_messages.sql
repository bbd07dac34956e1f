-- Messages by recipient: what waits for one digest, and how many were sent on a day.

ALTER TABLE rf_outbox ADD COLUMN recipient TEXT NOT NULL DEFAULT '';

UPDATE rf_outbox SET recipient = coalesce(json_extract(CAST(data AS TEXT), '$.to'), '')
    WHERE state IN ('waiting', 'parked');

CREATE INDEX rf_outbox_digest_due ON rf_outbox (notifier, due, id) WHERE state = 'digest';
CREATE INDEX rf_outbox_digest_of ON rf_outbox (notifier, recipient, due) WHERE state = 'digest';
CREATE INDEX rf_outbox_unsent ON rf_outbox (stream)
    WHERE state IN ('waiting', 'digest', 'parked');

-- How many were sent under a name (a recipient, or the digest of one) on a day.
CREATE TABLE rf_grant (
    name TEXT NOT NULL,
    day TEXT NOT NULL,
    used INTEGER NOT NULL,
    last TEXT NOT NULL,
    PRIMARY KEY (name, day)
) STRICT, WITHOUT ROWID;
