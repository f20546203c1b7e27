-- Questions that somebody gave a name: whose they are, where they are asked, and what the answer was when
-- its owner last looked. What they ask is answered anew each time, with the owner's own rights.
CREATE TABLE office.saved_question (
    id            uuid PRIMARY KEY,
    account       text COLLATE "C" NOT NULL,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    description   text NOT NULL CHECK (length(description) <= 500),
    address       text NOT NULL CHECK (length(address) <= 2000),
    saved_at      timestamptz NOT NULL,
    seen_at       timestamptz NOT NULL,
    seen_position bigint NOT NULL,
    seen_rows     integer NOT NULL,
    seen          bytea NOT NULL,  -- SHA-256 of the answer
    UNIQUE (account, name)
);

GRANT SELECT, INSERT, DELETE ON office.saved_question TO dudao_app;
GRANT UPDATE (seen_at, seen_position, seen_rows, seen) ON office.saved_question TO dudao_app;
