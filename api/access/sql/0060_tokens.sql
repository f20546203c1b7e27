-- Tokens that were signed here: for whom, until when, when first used on a day, whether taken back.
CREATE TABLE office.token (
    token_id     text COLLATE "C" PRIMARY KEY,
    account      text COLLATE "C" NOT NULL,  -- a stored one or the name of a script
    role         text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    made_at      timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL CHECK (ends_at > made_at),
    used_at      timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX token_account ON office.token (account, made_at);
GRANT SELECT, INSERT ON office.token TO dudao_app;
GRANT UPDATE (used_at, revoked_at) ON office.token TO dudao_app;
