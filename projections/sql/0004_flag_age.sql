-- Flags by how long they have been known, certificates by the day on which they were issued.
SET ROLE dudao_app;

-- The entry since which the flag has been raised. It cannot be told from the stored columns, so the
-- views are filled again from the ledger when the follower starts.
TRUNCATE projections.roster, projections.scope, projections.flags, projections.sessions,
         projections.certificates, projections.cases;
TRUNCATE projections_next.roster, projections_next.scope, projections_next.flags,
         projections_next.sessions, projections_next.certificates, projections_next.cases;
UPDATE projections.progress SET position = 0;
UPDATE projections_next.progress SET position = 0;
ALTER TABLE projections.flags ADD COLUMN since bigint NOT NULL;
ALTER TABLE projections_next.flags ADD COLUMN since bigint NOT NULL;

CREATE INDEX certificates_day ON projections.certificates (day, key);
CREATE INDEX certificates_day ON projections_next.certificates (day, key);
RESET ROLE;
