-- Subjects that the views do not follow past an entry, which this version cannot read or fold.
SET ROLE dudao_app;
CREATE TABLE projections.set_apart (
    position bigint PRIMARY KEY,
    subject  text COLLATE "C",            -- null: an entry about no enterprise, which is left out
    type     text COLLATE "C" NOT NULL,   -- stored name
    reason   text NOT NULL
);
CREATE INDEX set_apart_subject ON projections.set_apart (subject);
CREATE TABLE projections_next.set_apart (LIKE projections.set_apart INCLUDING ALL);
RESET ROLE;
