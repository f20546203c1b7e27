-- What was brought in from an older system is left out of every age and delay: it is asked for by position.
CREATE INDEX entry_backfill ON ledger.entry (position) WHERE backfill;
