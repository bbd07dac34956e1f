-- Messages by recipient: what waits for one digest, and how many were sent on a day.

ALTER TABLE rf_outbox ADD COLUMN recipient TEXT COLLATE "C" NOT NULL DEFAULT '';

UPDATE rf_outbox SET recipient = coalesce(convert_from(data, 'UTF8')::json ->> 'to', '')
    WHERE state IN ('waiting', 'parked');

CREATE INDEX rf_outbox_digest_due ON rf_outbox (notifier, due, id) WHERE state = 'digest';
CREATE INDEX rf_outbox_digest_of ON rf_outbox (notifier, recipient, due) WHERE state = 'digest';
CREATE INDEX rf_outbox_unsent ON rf_outbox (stream)
    WHERE state IN ('waiting', 'digest', 'parked');

-- How many were sent under a name (a recipient, or the digest of one) on a day.
CREATE TABLE rf_grant (
    name TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    used BIGINT NOT NULL,
    last TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (name, day)
);
