-- Who brings a set of tables up to the ledger, and whether it still lives.
SET ROLE dudao_app;
CREATE TABLE projections.lease (
    office text COLLATE "C" PRIMARY KEY,  -- schema of the tables
    number bigint NOT NULL,               -- how often it was taken: who was overtaken finds another
    beat   bigint NOT NULL,               -- one more each second while the holder lives
    pid    integer NOT NULL               -- of the holder's session, for whoever looks
);

-- When the views moved last.
ALTER TABLE projections.progress ADD COLUMN moved_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE projections_next.progress
    ADD COLUMN moved_at timestamptz NOT NULL DEFAULT clock_timestamp();
RESET ROLE;
