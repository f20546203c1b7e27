-- All that the application may do with the ledger and the vault; carried out after every migration.
REVOKE ALL ON ALL TABLES IN SCHEMA ledger, vault FROM PUBLIC, dudao_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger, vault FROM PUBLIC, dudao_app;

-- Append-only is a privilege: the application reads, and writes through functions.
GRANT USAGE ON SCHEMA ledger TO dudao_app;
GRANT SELECT ON ledger.entry, ledger.entry_tag, ledger.log_state, ledger.tile, ledger.demonstration TO dudao_app;
GRANT EXECUTE ON FUNCTION ledger.open_append, ledger.append, ledger.append_2, ledger.tagged,
   ledger.clock, ledger.lay_tiles TO dudao_app;
GRANT SELECT, INSERT ON ledger.catalogue TO dudao_app;
-- Whether the tables are those that this release knows.
GRANT SELECT ON ledger.migration TO dudao_app;

GRANT USAGE ON SCHEMA vault TO dudao_app;
GRANT SELECT, INSERT, DELETE ON vault.person TO dudao_app;
-- A new wrapping key wraps every person's key anew.
GRANT UPDATE (wrapped_key) ON vault.person TO dudao_app;
-- How somebody is found whose document is of another kind.
GRANT UPDATE (alike) ON vault.person TO dudao_app;
GRANT SELECT, INSERT ON vault.access TO dudao_app;
GRANT SELECT, INSERT, DELETE ON vault.spelling TO dudao_app;
GRANT SELECT, INSERT ON vault.key_fingerprint TO dudao_app;
