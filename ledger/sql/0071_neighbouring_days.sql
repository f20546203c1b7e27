-- The days before and after one on which something about a subject took effect are found at their place: read along
-- its positions, an enterprise with 125,000 entries gave every page about it 50 ms to wait.
DROP INDEX ledger.entry_subject;
CREATE INDEX entry_subject ON ledger.entry (subject, position) WHERE subject IS NOT NULL;
CREATE INDEX entry_subject_day ON ledger.entry (subject, valid_from, position) WHERE subject IS NOT NULL;
