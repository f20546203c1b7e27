-- Reference data as files, under their SHA-256. What was adopted is read from here by every fold, so
-- nothing of it is ever changed or taken away. `content` is what is read; `original` is what was sent
-- where that was another form (a workbook), and is what the digest is of.
CREATE TABLE ledger.catalogue (
    sha256     bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    kind       text COLLATE "C" NOT NULL,
    file_name  text NOT NULL,
    content    bytea NOT NULL,
    original   bytea,
    rows       integer NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    added_by   text NOT NULL
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.catalogue
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE ledger.catalogue ENABLE ALWAYS TRIGGER refuse_change;

GRANT SELECT, INSERT ON ledger.catalogue TO dudao_app;
