-- The same person with another kind of document: a keyed digest of folded name and number, made by who has
-- the keys (`ledger.vault`). Rows of before get theirs when somebody new is looked for the first time; of two
-- rows that were one person all along the first keeps it, and the other stays without.
ALTER TABLE vault.person ADD COLUMN alike bytea CHECK (octet_length(alike) = 32);
CREATE UNIQUE INDEX person_alike ON vault.person (alike) WHERE alike IS NOT NULL;
CREATE INDEX person_before_alike ON vault.person (subject_id) WHERE alike IS NULL;
GRANT UPDATE (alike) ON vault.person TO dudao_app;
