-- Who the pseudonyms are. Outside the tree and mutable: deleting a row is how a person is forgotten.
CREATE SCHEMA vault;
CREATE TABLE vault.person (
    subject_id  text COLLATE "C" PRIMARY KEY,
    identity    bytea NOT NULL UNIQUE CHECK (octet_length(identity) = 32),  -- keyed digest
    wrapped_key bytea NOT NULL,
    box         bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Every look into a box, and every erasure.
CREATE TABLE vault.access (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_id text COLLATE "C" NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    act        text NOT NULL CHECK (act IN ('reveal', 'erase')),
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX access_subject ON vault.access (subject_id, at);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.access
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE vault.access ENABLE ALWAYS TRIGGER refuse_change;

GRANT USAGE ON SCHEMA vault TO dudao_app;
GRANT SELECT, INSERT, DELETE ON vault.person TO dudao_app;
GRANT SELECT, INSERT ON vault.access TO dudao_app;
