-- What full verifications of the ledger came to. Kept for ever: a gap between two is information too.
CREATE TABLE office.verification (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at   timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked_by   text COLLATE "C" NOT NULL,
    position   bigint NOT NULL,              -- entries that agree, from the first on
    root       bytea NOT NULL,               -- of the tree over them
    differs_at bigint,                       -- null: everything agrees; 0: the ledger's state
    difference text
);
GRANT SELECT, INSERT ON office.verification TO dudao_app;
