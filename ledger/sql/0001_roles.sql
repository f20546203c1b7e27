-- The application's role. Roles belong to the whole server, so it may exist already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dudao_app') THEN
        CREATE ROLE dudao_app NOLOGIN;
    END IF;
END
$$;

-- The owner runs some migrations in the application's name (schema projections).
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'dudao_app', 'MEMBER') THEN
        EXECUTE format('GRANT dudao_app TO %I', current_user);
    END IF;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO dudao_app;

-- Read models belong to the application: it may drop and build them again.
CREATE SCHEMA projections AUTHORIZATION dudao_app;
