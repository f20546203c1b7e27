-- How fast an address may look certificates up: when what it has asked for so far is paid off.
CREATE TABLE office.pace (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    due timestamptz NOT NULL
);
CREATE INDEX pace_due ON office.pace (due);
GRANT SELECT, INSERT, UPDATE, DELETE ON office.pace TO dudao_app;
