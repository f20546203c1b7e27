-- Credentials of machines and links: what each was made for, all that it may do, until when, and
-- whether it was taken back. Only the digest of the secret is kept; `key_id` names it in lists.
CREATE TABLE office.access_key (
    key_id     text COLLATE "C" PRIMARY KEY,
    purpose    text COLLATE "C" NOT NULL,                             -- 'field-device', …
    scope      text[] NOT NULL CHECK (cardinality(scope) > 0),        -- and nothing else
    account    text COLLATE "C" NOT NULL REFERENCES office.account,   -- in whose name
    epoch      integer NOT NULL,                                      -- of an earlier epoch it is none
    holder     text COLLATE "C" NOT NULL,                             -- the device that has it
    digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_at    timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > made_at),
    used_at    timestamptz,
    revoked_at timestamptz
);
CREATE INDEX access_key_account ON office.access_key (account, made_at);

-- What a device has said of itself while its owner was signed in: the number of its last record,
-- and how many have not been sent.
CREATE TABLE office.device (
    device_id text COLLATE "C" NOT NULL,
    account   text COLLATE "C" NOT NULL REFERENCES office.account,
    agent     text NOT NULL,
    sequence  integer NOT NULL CHECK (sequence >= 0),
    unsent    integer NOT NULL CHECK (unsent >= 0),
    told_at   timestamptz NOT NULL,
    PRIMARY KEY (device_id, account)
);

-- The heads of the device records that lie in the evidence (decision 0088): each names the one
-- before it. The bytes decide; this only finds them, and `dudao verify` reads the bytes.
CREATE TABLE office.device_record (
    sha256    bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    device_id text COLLATE "C" NOT NULL,
    sequence  integer NOT NULL CHECK (sequence > 0),
    previous  bytea CHECK (octet_length(previous) = 32),
    account   text COLLATE "C" NOT NULL
);
CREATE INDEX device_record_device ON office.device_record (device_id, sequence);
CREATE INDEX evidence_device_record ON office.evidence (sha256) WHERE media_type = 'application/json';
