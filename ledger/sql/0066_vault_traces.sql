-- Whoever takes a person out of the vault leaves a row, be it the owner with psql: a statement that deletes
-- is followed by its own entry. `erasures.carry_out` says who asked and why; without it the login is named.
CREATE FUNCTION vault.note_erasure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO vault.access (subject_id, actor, reason, act)
    SELECT subject_id,
           coalesce(nullif(current_setting('dudao.actor', true), ''), 'login ' || session_user),
           coalesce(nullif(current_setting('dudao.reason', true), ''), 'not by dudao'), 'erase'
      FROM gone ORDER BY 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_erasure AFTER DELETE ON vault.person REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION vault.note_erasure();
ALTER TABLE vault.person ENABLE ALWAYS TRIGGER note_erasure;

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON vault.person
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE vault.person ENABLE ALWAYS TRIGGER refuse_truncate;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON vault.spelling
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE vault.spelling ENABLE ALWAYS TRIGGER refuse_truncate;
