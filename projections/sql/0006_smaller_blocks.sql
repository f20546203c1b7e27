-- Sums by smaller blocks: of the rows behind the last of them a quarter as many are read.
SET ROLE dudao_app;

-- Sums that were kept by larger blocks say nothing about these, so the views are filled again from the
-- ledger when the follower starts.
TRUNCATE projections.roster, projections.scope, projections.flags, projections.sessions,
         projections.certificates, projections.cases, projections.tallies;
TRUNCATE projections_next.roster, projections_next.scope, projections_next.flags,
         projections_next.sessions, projections_next.certificates, projections_next.cases,
         projections_next.tallies;
UPDATE projections.progress SET position = 0;
UPDATE projections_next.progress SET position = 0;

COMMENT ON COLUMN projections.tallies.block IS '(position - 1) / 2048';
COMMENT ON COLUMN projections_next.tallies.block IS '(position - 1) / 2048';

-- Certificates that show before the day of their issue: hardly any, and what a list by days of issue
-- later than its own day has to find.
CREATE INDEX certificates_ahead ON projections.certificates (key) WHERE valid_from < day;
CREATE INDEX certificates_ahead ON projections_next.certificates (key) WHERE valid_from < day;
RESET ROLE;
