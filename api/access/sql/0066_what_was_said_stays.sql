-- The application adds to these tables and does nothing else; their owner could still rewrite what earlier
-- verifications found, who asked for an account and who allowed it, to whom that was told, and bytes under a
-- digest. Now the owner is refused too, as with entries; who takes a trigger away is named (guards.txt).
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON office.verification
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON office.account_request
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON office.account_decision
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON office.account_notice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON office.draw_seed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
-- The owner may take a photo away, because it can show people; nobody puts another in its place.
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON office.evidence
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON office.evidence_piece
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON office.evidence_upload
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE office.verification ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.account_request ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.account_decision ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.account_notice ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.draw_seed ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.evidence ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.evidence_piece ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE office.evidence_upload ENABLE ALWAYS TRIGGER refuse_change;
