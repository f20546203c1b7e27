-- The days of a record are cut where its enterprise moves to another district, so the first day of
-- a row is no longer the day of its record. All rows say who is competent now: they are made anew.
SET ROLE dudao_app;
TRUNCATE projections.roster, projections.scope, projections.flags, projections.sessions,
         projections.certificates, projections.cases,
         projections_next.roster, projections_next.scope, projections_next.flags,
         projections_next.sessions, projections_next.certificates, projections_next.cases;
UPDATE projections.progress SET position = 0;
UPDATE projections_next.progress SET position = 0;

ALTER TABLE projections.sessions ADD COLUMN day date NOT NULL;
ALTER TABLE projections_next.sessions ADD COLUMN day date NOT NULL;
ALTER TABLE projections.certificates ADD COLUMN day date NOT NULL;
ALTER TABLE projections_next.certificates ADD COLUMN day date NOT NULL;
COMMENT ON COLUMN projections.sessions.day IS 'First day on which the session was held.';
COMMENT ON COLUMN projections.certificates.day IS 'Day of issue.';
RESET ROLE;
