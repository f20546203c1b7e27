-- One row for each entry; every column but position and leaf stands in the bytes under the leaf.
CREATE TABLE ledger.entry (
    position        bigint PRIMARY KEY CHECK (position > 0),
    recorded_at     timestamptz NOT NULL,
    valid_from      date NOT NULL,
    version         integer NOT NULL,
    part            integer NOT NULL,
    stream          text COLLATE "C" NOT NULL,
    type            text COLLATE "C" NOT NULL,
    subject         text COLLATE "C",
    district        text COLLATE "C",
    tags            text[] COLLATE "C" NOT NULL,
    idempotency_key text COLLATE "C",
    request_digest  bytea,
    payload         bytea NOT NULL,
    salt            bytea NOT NULL CHECK (octet_length(salt) = 16),
    leaf            bytea NOT NULL CHECK (octet_length(leaf) = 32),
    CHECK ((stream = '') = (version = 0)),
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL))
);

-- Events of the generic recorder have no stream; theirs would all be version 0 of ''.
CREATE UNIQUE INDEX entry_stream ON ledger.entry (stream, version) WHERE version > 0;
CREATE UNIQUE INDEX entry_command ON ledger.entry (idempotency_key, part)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX entry_subject ON ledger.entry (subject, position) WHERE subject IS NOT NULL;

-- Tags are read by value, so they have rows of their own: a GIN index over entry.tags is dearer to
-- keep than all the other indexes together.
CREATE TABLE ledger.entry_tag (
    tag      text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (tag, position)
);

-- The right edge of the Merkle tree. Locking this one row is the append lock: order of locking is
-- order of positions is order of commit. The low fillfactor keeps its updates within one page.
CREATE TABLE ledger.log_state (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    size        bigint NOT NULL,
    frontier    bytea[] NOT NULL,
    recorded_at timestamptz
) WITH (fillfactor = 10);
INSERT INTO ledger.log_state (size, frontier) VALUES (0, '{}');
