-- By which version of the fold the rows were made; a release with a later one makes them anew beside these.
SET ROLE dudao_app;
ALTER TABLE projections.progress ADD COLUMN fold integer NOT NULL DEFAULT 0;
ALTER TABLE projections_next.progress ADD COLUMN fold integer NOT NULL DEFAULT 0;
RESET ROLE;
