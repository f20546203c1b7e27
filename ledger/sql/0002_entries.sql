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
-- keep than all the other indexes together. A row holds hashtextextended(tag, 0), half the size of
-- the text; readers drop the odd entry that only shares the hash. The tags `stream:…` and
-- `subject:…` that repeat the entry's own columns have no rows: the indexes above serve them.
CREATE TABLE ledger.entry_tag (
    tag_hash bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (tag_hash, position)
);

-- Positions of entries that may carry one of the tags; none that does is left out.
-- OFFSET 0 keeps each probe a probe, whatever the planner believes about the sizes.
CREATE FUNCTION ledger.tagged(p_tags text[], p_upto bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
    SELECT e.position FROM unnest(p_tags) AS t(tag) CROSS JOIN LATERAL (
        SELECT position FROM ledger.entry_tag
         WHERE tag_hash = hashtextextended(t.tag, 0) AND position <= p_upto OFFSET 0) e
    UNION
    SELECT e.position FROM unnest(p_tags) AS t(tag) CROSS JOIN LATERAL (
        SELECT position FROM ledger.entry
         WHERE stream = substr(t.tag, 8) AND version > 0 AND position <= p_upto OFFSET 0) e
     WHERE starts_with(t.tag, 'stream:')
    UNION
    SELECT e.position FROM unnest(p_tags) AS t(tag) CROSS JOIN LATERAL (
        SELECT position FROM ledger.entry
         WHERE subject = substr(t.tag, 9) AND position <= p_upto OFFSET 0) e
     WHERE starts_with(t.tag, 'subject:')
$$;

-- The right edge of the Merkle tree. Locking this one row is the append lock: order of locking is
-- order of positions is order of commit. The low fillfactor keeps its updates within one page.
CREATE TABLE ledger.log_state (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    size        bigint NOT NULL,
    frontier    bytea[] NOT NULL,
    recorded_at timestamptz
) WITH (fillfactor = 10);
INSERT INTO ledger.log_state (size, frontier) VALUES (0, '{}');
