-- The days on which something about a subject took effect are read from the index alone: its entries
-- lie on as many pages of the table as there are.
DROP INDEX ledger.entry_subject;
CREATE INDEX entry_subject ON ledger.entry (subject, position) INCLUDE (valid_from)
    WHERE subject IS NOT NULL;
