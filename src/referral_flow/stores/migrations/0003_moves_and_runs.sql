-- Streams that move to other labels, and when the runs of a store last ended.

-- The labels that an event left, '' for none; NULL where it left them as they were.
ALTER TABLE rf_event ADD COLUMN left_requester TEXT;
ALTER TABLE rf_event ADD COLUMN left_owner TEXT;

-- Figures read these alone, and in the order in which they are grouped: nothing is sorted.
CREATE INDEX rf_event_requester
    ON rf_event (kind, requester, now, left_requester, was, was_mark, mark, day, recorded_at)
    WHERE now IS NOT NULL;
CREATE INDEX rf_event_owner
    ON rf_event
    (kind, owner, now, left_requester, was, was_mark, mark, day, recorded_at, requester)
    WHERE now IS NOT NULL AND owner IS NOT NULL;
CREATE INDEX rf_event_left_requester ON rf_event (left_requester, kind, day)
    WHERE left_requester IS NOT NULL;
CREATE INDEX rf_event_left_owner ON rf_event (left_owner, kind, day)
    WHERE left_owner IS NOT NULL;

CREATE TABLE rf_run (
    name TEXT PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
