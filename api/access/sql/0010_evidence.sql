-- Photos and papers that entries name by digest. The application adds and reads: what an entry rests
-- on is never replaced or taken away by it. The owner may delete, because a photo can show people.
CREATE TABLE office.evidence (
    sha256      bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),  -- of the original bytes
    media_type  text COLLATE "C" NOT NULL,
    size        integer NOT NULL CHECK (size > 0),
    stored_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The bytes in pieces, so that no reader holds a whole file. They are compressed already.
CREATE TABLE office.evidence_piece (
    sha256 bytea NOT NULL REFERENCES office.evidence ON DELETE CASCADE,
    number integer NOT NULL,
    octets bytea NOT NULL,
    PRIMARY KEY (sha256, number)
);
ALTER TABLE office.evidence_piece ALTER COLUMN octets SET STORAGE EXTERNAL;

-- Who has sent the bytes, each account once: it may see them, and they count for its quota.
CREATE TABLE office.evidence_upload (
    sha256       bytea NOT NULL REFERENCES office.evidence ON DELETE CASCADE,
    account      text COLLATE "C" NOT NULL,
    role         text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    size         integer NOT NULL,
    sent_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (sha256, account)
);
CREATE INDEX evidence_upload_account ON office.evidence_upload (account, sent_at);

GRANT SELECT, INSERT ON office.evidence, office.evidence_piece, office.evidence_upload TO dudao_app;
