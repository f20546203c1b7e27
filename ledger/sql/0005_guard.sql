-- Append-only is a privilege: the application reads, and writes through two functions.
GRANT SELECT ON ledger.entry, ledger.entry_tag, ledger.log_state TO dudao_app;
REVOKE ALL ON FUNCTION ledger.open_append, ledger.append, ledger.tagged FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.open_append, ledger.append, ledger.tagged TO dudao_app;

-- Even the owner is refused, whatever session_replication_role says. Only a superuser can take
-- these away, and only a witness outside notices that.
CREATE FUNCTION ledger.refuse() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'LG002';
END
$$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry_tag
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON ledger.log_state
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.migration
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.entry_tag ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.log_state ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.migration ENABLE ALWAYS TRIGGER refuse_change;
