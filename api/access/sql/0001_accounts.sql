-- Who may be given tokens. Accounts are never deleted: an entry names its account for ever.
CREATE SCHEMA office;
CREATE TABLE office.account (
    account      text COLLATE "C" PRIMARY KEY,
    role         text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    disabled_at  timestamptz
);

GRANT USAGE ON SCHEMA office TO dudao_app;
GRANT SELECT, INSERT ON office.account TO dudao_app;
GRANT UPDATE (disabled_at) ON office.account TO dudao_app;
