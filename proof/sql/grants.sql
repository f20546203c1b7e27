-- All that the application may do with checkpoints; carried out after every migration.
REVOKE ALL ON ALL TABLES IN SCHEMA proof FROM PUBLIC, dudao_app;

GRANT USAGE ON SCHEMA proof TO dudao_app;
GRANT SELECT, INSERT ON proof.log_key, proof.checkpoint, proof.cosignature, proof.policy TO dudao_app;
