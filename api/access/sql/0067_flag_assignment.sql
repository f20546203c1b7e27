-- Who has taken on which flag of the queue. It is how colleagues share their work, and nobody's act: what is decided
-- of a flag stands in the ledger.
CREATE TABLE office.flag_assignment (
    flag        text COLLATE "C" PRIMARY KEY CHECK (length(flag) <= 100),
    account     text COLLATE "C" NOT NULL,
    assigned_by text COLLATE "C" NOT NULL,
    assigned_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON office.flag_assignment TO dudao_app;
