-- Which keys belong to this ledger. A database with the keys of another one finds no person again and
-- takes every repeated request for a new one, so other keys are refused before anything is read.
CREATE TABLE vault.key_fingerprint (
    name        text COLLATE "C" NOT NULL,
    number      integer NOT NULL CHECK (number > 0),  -- the highest of a name is in use
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, number)
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.key_fingerprint
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE vault.key_fingerprint ENABLE ALWAYS TRIGGER refuse_change;
