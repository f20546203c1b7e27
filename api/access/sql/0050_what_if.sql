-- What was asked to be supposed, and what it came to: any server answers for it and goes on with it.
CREATE TABLE office.what_if (
    id           uuid PRIMARY KEY,
    turn         bigint GENERATED ALWAYS AS IDENTITY,  -- in this order they are carried out
    account      text COLLATE "C" NOT NULL,
    role         text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    stage        text COLLATE "C" NOT NULL,
    asked_at     timestamptz NOT NULL,
    asked        bytea NOT NULL,  -- sealed: lines that are supposed may name people
    state        bytea NOT NULL   -- sealed as well
);
CREATE INDEX what_if_account ON office.what_if (account, asked_at);
CREATE INDEX what_if_waiting ON office.what_if (turn) WHERE stage IN ('queued', 'running');

-- What differs and the rows as they would be, of each part that is done: compressed and sealed.
CREATE TABLE office.what_if_piece (
    id     uuid NOT NULL REFERENCES office.what_if ON DELETE CASCADE,
    kind   text COLLATE "C" NOT NULL,
    part   integer NOT NULL,
    octets bytea NOT NULL,
    PRIMARY KEY (id, kind, part)
);
ALTER TABLE office.what_if_piece ALTER COLUMN octets SET STORAGE EXTERNAL;
