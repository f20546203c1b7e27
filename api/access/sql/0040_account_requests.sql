-- What one security administrator asks for and another decides: a role, a link, a reset (0216).
CREATE TABLE office.account_request (
    number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act          text COLLATE "C" NOT NULL CHECK (act IN ('add', 'assign', 'invite', 'reset')),
    account      text COLLATE "C" NOT NULL,
    role         text COLLATE "C",
    organisation text COLLATE "C",
    person       text COLLATE "C",
    code         bytea NOT NULL CHECK (octet_length(code) = 32),  -- digest of the second half of the link
    asked_by     text COLLATE "C" NOT NULL,
    asked_at     timestamptz NOT NULL
);
CREATE TABLE office.account_decision (
    number     bigint PRIMARY KEY REFERENCES office.account_request,  -- decided once
    taken      boolean NOT NULL,
    decided_by text COLLATE "C" NOT NULL,
    decided_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON office.account_request, office.account_decision TO dudao_app;

-- A link that two administrators made opens with what each of them hands over.
ALTER TABLE office.invitation ADD COLUMN code bytea CHECK (octet_length(code) = 32);

-- What others did to an account, for its holder to see.
CREATE TABLE office.account_notice (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text COLLATE "C" NOT NULL REFERENCES office.account,
    at      timestamptz NOT NULL,
    what    text COLLATE "C" NOT NULL,
    by      text COLLATE "C" NOT NULL
);
CREATE INDEX account_notice_account ON office.account_notice (account, number);
GRANT SELECT, INSERT ON office.account_notice TO dudao_app;
