-- One index for what a stream has not sent: in its order, and to be withdrawn.

DROP INDEX rf_outbox_order;
DROP INDEX rf_outbox_unsent;

CREATE INDEX rf_outbox_unsent ON rf_outbox (stream, notifier, version, position)
    WHERE state IN ('waiting', 'digest', 'parked');
