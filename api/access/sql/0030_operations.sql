-- Imports asked for over HTTP, and the files they take: any server answers for them and goes on with them.
CREATE TABLE office.operation (
    id           uuid PRIMARY KEY,
    turn         bigint NOT NULL,  -- in this order they are carried out
    account      text COLLATE "C" NOT NULL,
    role         text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    stage        text COLLATE "C" NOT NULL,
    asked_at     timestamptz NOT NULL,
    state        bytea NOT NULL  -- sealed: the name of the file and what was refused of it may name people
);
CREATE INDEX operation_account ON office.operation (account, asked_at);
CREATE INDEX operation_waiting ON office.operation (turn) WHERE stage IN ('queued', 'running');

-- Gives the turns: an import that was looked at first takes its place when it is confirmed.
CREATE TABLE office.operation_turn (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation uuid NOT NULL
);

-- What was uploaded, and the list of refused lines with what was sent: sealed, in pieces of a megabyte.
CREATE TABLE office.operation_piece (
    id     uuid NOT NULL REFERENCES office.operation ON DELETE CASCADE,
    kind   text COLLATE "C" NOT NULL CHECK (kind IN ('upload', 'rejects')),
    number integer NOT NULL,
    octets bytea NOT NULL,
    PRIMARY KEY (id, kind, number)
);
ALTER TABLE office.operation_piece ALTER COLUMN octets SET STORAGE EXTERNAL;
