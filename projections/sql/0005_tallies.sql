-- What is counted is summed up beforehand, and every list finds its rows by an index.
SET ROLE dudao_app;

-- The method of a certificate's session cannot be told from the stored columns, so the views are
-- filled again from the ledger when the follower starts.
TRUNCATE projections.roster, projections.scope, projections.flags, projections.sessions,
         projections.certificates, projections.cases;
TRUNCATE projections_next.roster, projections_next.scope, projections_next.flags,
         projections_next.sessions, projections_next.certificates, projections_next.cases;
UPDATE projections.progress SET position = 0;
UPDATE projections_next.progress SET position = 0;
ALTER TABLE projections.certificates ADD COLUMN method text COLLATE "C";
ALTER TABLE projections_next.certificates ADD COLUMN method text COLLATE "C";
COMMENT ON COLUMN projections.certificates.method IS 'Of its session; null where that is not known.';

-- By how much each whole block of positions changes what is counted from a day on. A number on a day,
-- as known at the end of a block, is the sum over that block and those before it, up to that day.
CREATE TABLE projections.tallies (
    counted    text COLLATE "C" NOT NULL,  -- table: sessions, certificates, flags
    told_apart text COLLATE "C" NOT NULL,  -- by which columns beside the district: month, kind, code
    block      bigint NOT NULL,            -- (position - 1) / 8192
    day        date NOT NULL,
    district   text COLLATE "C",
    month      text COLLATE "C",
    occupation text COLLATE "C",
    level      text COLLATE "C",
    method     text COLLATE "C",
    code       text COLLATE "C",
    change     bigint NOT NULL
);
CREATE INDEX tallies_block ON projections.tallies (told_apart, counted, block);
CREATE TABLE projections_next.tallies (LIKE projections.tallies INCLUDING ALL);

-- What became known, or ceased to hold, behind the last whole block.
CREATE INDEX sessions_known_from ON projections.sessions (known_from);
CREATE INDEX sessions_known_to ON projections.sessions (known_to) WHERE known_to IS NOT NULL;
CREATE INDEX certificates_known_from ON projections.certificates (known_from);
CREATE INDEX certificates_known_to ON projections.certificates (known_to)
    WHERE known_to IS NOT NULL;
CREATE INDEX flags_known_from ON projections.flags (known_from);
CREATE INDEX flags_known_to ON projections.flags (known_to) WHERE known_to IS NOT NULL;

-- Lists narrowed to what is rare among all rows.
CREATE INDEX sessions_district ON projections.sessions (district, key);
CREATE INDEX sessions_day ON projections.sessions (day, key);
CREATE INDEX certificates_subject ON projections.certificates (subject, key);
CREATE INDEX certificates_district ON projections.certificates (district, key);
CREATE INDEX certificates_ended ON projections.certificates (state, key) WHERE state <> 'valid';

CREATE INDEX cases_known_to ON projections.cases (kind, known_to);

CREATE INDEX sessions_known_from ON projections_next.sessions (known_from);
CREATE INDEX sessions_known_to ON projections_next.sessions (known_to) WHERE known_to IS NOT NULL;
CREATE INDEX certificates_known_from ON projections_next.certificates (known_from);
CREATE INDEX certificates_known_to ON projections_next.certificates (known_to)
    WHERE known_to IS NOT NULL;
CREATE INDEX flags_known_from ON projections_next.flags (known_from);
CREATE INDEX flags_known_to ON projections_next.flags (known_to) WHERE known_to IS NOT NULL;
CREATE INDEX sessions_district ON projections_next.sessions (district, key);
CREATE INDEX sessions_day ON projections_next.sessions (day, key);
CREATE INDEX certificates_subject ON projections_next.certificates (subject, key);
CREATE INDEX certificates_district ON projections_next.certificates (district, key);
CREATE INDEX certificates_ended ON projections_next.certificates (state, key) WHERE state <> 'valid';
CREATE INDEX cases_known_to ON projections_next.cases (kind, known_to);
RESET ROLE;
