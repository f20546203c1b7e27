-- Rows say more: items with their grants, measures with their stays, and what a day rests on. So the
-- views are filled again from the ledger when the follower starts.
SET ROLE dudao_app;

TRUNCATE projections.roster, projections.scope, projections.flags, projections.sessions,
         projections.certificates, projections.cases, projections.tallies;
TRUNCATE projections_next.roster, projections_next.scope, projections_next.flags,
         projections_next.sessions, projections_next.certificates, projections_next.cases,
         projections_next.tallies;
UPDATE projections.progress SET position = 0;
UPDATE projections_next.progress SET position = 0;
RESET ROLE;
