-- How a record spelt a name, where that differs from how the person was first reported. Readable
-- with the person's own key alone, so it is forgotten with the person.
CREATE TABLE vault.spelling (
    subject_id text COLLATE "C" NOT NULL REFERENCES vault.person ON DELETE CASCADE,
    record     bytea NOT NULL CHECK (octet_length(record) = 32),  -- keyed digest of what names the record
    box        bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject_id, record)
);
GRANT SELECT, INSERT, DELETE ON vault.spelling TO dudao_app;
