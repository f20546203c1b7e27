-- All that the application may do with accounts, sessions and evidence; carried out after every migration.
REVOKE ALL ON ALL TABLES IN SCHEMA office FROM PUBLIC, dudao_app;

GRANT USAGE ON SCHEMA office TO dudao_app;
-- Accounts are never deleted: an entry names its account for ever.
GRANT SELECT, INSERT ON office.account TO dudao_app;
GRANT UPDATE (disabled_at, role, organisation, person, epoch, signed_in_at, subject)
   ON office.account TO dudao_app;
GRANT SELECT, INSERT, UPDATE, DELETE
   ON office.credential, office.invitation, office.session, office.attempt TO dudao_app;
GRANT SELECT ON office.demo TO dudao_app;
GRANT EXECUTE ON FUNCTION office.open_door TO dudao_app;
-- What was asked for, decided and told stays as it was.
GRANT SELECT, INSERT
   ON office.account_request, office.account_decision, office.account_notice TO dudao_app;
GRANT SELECT ON office.access_log TO dudao_app;
-- Without `number` and `at`: the application cannot say when something happened.
GRANT INSERT (account, role, organisation, address, action, object, outcome, request_id)
   ON office.access_log TO dudao_app;

-- What an entry rests on is never replaced or taken away by the application.
GRANT SELECT, INSERT ON office.evidence, office.evidence_piece, office.evidence_upload TO dudao_app;
GRANT SELECT, INSERT ON office.evidence_preview TO dudao_app;
GRANT SELECT, INSERT ON office.verification TO dudao_app;
GRANT SELECT, INSERT ON office.draw_seed TO dudao_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON office.pace TO dudao_app;

-- A credential of a machine is taken back, never deleted: entries and the access log name it.
GRANT SELECT, INSERT ON office.access_key TO dudao_app;
GRANT UPDATE (used_at, revoked_at) ON office.access_key TO dudao_app;
GRANT SELECT, INSERT ON office.token TO dudao_app;
GRANT UPDATE (used_at, revoked_at) ON office.token TO dudao_app;
GRANT SELECT, INSERT ON office.first_use TO dudao_app;
GRANT UPDATE (day) ON office.first_use TO dudao_app;
GRANT SELECT, INSERT ON office.device TO dudao_app;
GRANT UPDATE (agent, sequence, unsent, told_at) ON office.device TO dudao_app;
GRANT SELECT, INSERT ON office.device_record TO dudao_app;

-- An upload holds names of holders: it goes when it was carried out or given up.
GRANT SELECT, INSERT ON office.operation TO dudao_app;
GRANT UPDATE (turn, stage, state) ON office.operation TO dudao_app;
GRANT SELECT, INSERT ON office.operation_turn TO dudao_app;
GRANT SELECT, INSERT, DELETE ON office.operation_piece TO dudao_app;

-- What was supposed goes after a while; what it came to goes with it.
GRANT SELECT, INSERT, DELETE ON office.what_if TO dudao_app;
GRANT UPDATE (stage, state) ON office.what_if TO dudao_app;
GRANT SELECT, INSERT ON office.what_if_piece TO dudao_app;

-- A question belongs to its owner, who may forget it; only what they last saw of its answer changes.
GRANT SELECT, INSERT, DELETE ON office.saved_question TO dudao_app;
GRANT UPDATE (seen_at, seen_position, seen_rows, seen) ON office.saved_question TO dudao_app;

-- Whoever reviews flags gives one to a colleague, takes it back, or lets it go.
GRANT SELECT, INSERT, UPDATE, DELETE ON office.flag_assignment TO dudao_app;

-- An expert keeps a score sheet as a draft, writes it anew, and hands it in or lets it go.
GRANT SELECT, INSERT, UPDATE, DELETE ON office.score_draft TO dudao_app;
