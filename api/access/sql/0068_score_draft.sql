-- A score sheet that its expert has not handed in: nobody else's, and no record; it goes when the sheet is given.
CREATE TABLE office.score_draft (
    account     text COLLATE "C" NOT NULL,
    application text COLLATE "C" NOT NULL CHECK (length(application) <= 200),
    fields      jsonb NOT NULL CHECK (length(fields::text) <= 40000),
    kept_at     timestamptz NOT NULL,
    PRIMARY KEY (account, application)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON office.score_draft TO dudao_app;
