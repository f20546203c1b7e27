-- Who may come in, how, and what is remembered about it.
ALTER TABLE office.account
    ADD COLUMN person       text COLLATE "C",            -- staff number or name: who holds it
    ADD COLUMN epoch        integer NOT NULL DEFAULT 0,  -- a session of an earlier epoch is over
    ADD COLUMN signed_in_at timestamptz,
    ADD COLUMN subject      text COLLATE "C" UNIQUE;     -- issuer and sub at the identity provider
GRANT UPDATE (role, organisation, person, epoch, signed_in_at, subject) ON office.account TO dudao_app;

-- A password as argon2id writes it, and the second factor, sealed with a key outside the database.
CREATE TABLE office.credential (
    account     text COLLATE "C" PRIMARY KEY REFERENCES office.account,
    password    text NOT NULL CHECK (password LIKE '$argon2id$%'),
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    factor      bytea,
    factor_step bigint  -- the last step that was used: no code is good twice
);

-- One-time links. Only the digest is kept: whoever reads this table cannot use them.
CREATE TABLE office.invitation (
    digest  bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    account text COLLATE "C" UNIQUE REFERENCES office.account,  -- null: the first account of all
    made_by text NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE TABLE office.session (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    account    text COLLATE "C" NOT NULL REFERENCES office.account,
    epoch      integer NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    address    text NOT NULL,
    agent      text NOT NULL,
    way        text COLLATE "C" NOT NULL CHECK (way IN ('password', 'provider', 'demo', 'invitation'))
);
CREATE INDEX session_account ON office.session (account, number);
CREATE INDEX session_end ON office.session (ends_at);

-- Attempts to sign in: per account and per address, under digests, since people type passwords
-- into the wrong field.
CREATE TABLE office.attempt (
    key      bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    tries    integer NOT NULL,
    since    timestamptz NOT NULL
);
CREATE INDEX attempt_since ON office.attempt (since);

-- The accounts of a demonstration: whoever reaches the server may be any of them with one click.
CREATE TABLE office.demo (
    account text COLLATE "C" PRIMARY KEY REFERENCES office.account,
    rank    smallint NOT NULL UNIQUE
);

-- Who came, what they saw and took away, what was refused. Not even the owner changes it.
CREATE TABLE office.access_log (
    number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    account      text COLLATE "C" NOT NULL,
    role         text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    address      text COLLATE "C" NOT NULL,
    action       text COLLATE "C" NOT NULL,
    object       text NOT NULL,
    outcome      text COLLATE "C" NOT NULL CHECK (outcome IN ('done', 'refused')),
    request_id   text COLLATE "C" NOT NULL
);
CREATE INDEX access_log_at ON office.access_log (at, number);
CREATE INDEX access_log_account ON office.access_log (account, number);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON office.access_log
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE office.access_log ENABLE ALWAYS TRIGGER refuse_change;

GRANT SELECT, INSERT, UPDATE, DELETE
   ON office.credential, office.invitation, office.session, office.attempt TO dudao_app;
GRANT SELECT, INSERT ON office.demo TO dudao_app;
GRANT SELECT ON office.access_log TO dudao_app;
-- Without `number` and `at`: the application cannot say when something happened.
GRANT INSERT (account, role, organisation, address, action, object, outcome, request_id)
   ON office.access_log TO dudao_app;
