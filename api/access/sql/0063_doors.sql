-- A demonstration's account is one that anybody may be with a click. The application opens such a door by
-- this function alone, and never where somebody has an account of their own.
CREATE FUNCTION office.open_door(p_account text, p_rank smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM office.account a
                WHERE a.account <> p_account
                  AND NOT EXISTS (SELECT FROM office.demo d WHERE d.account = a.account)) THEN
        RAISE EXCEPTION 'there are accounts of people here: % is no door', p_account
            USING ERRCODE = 'LG002';
    END IF;
    INSERT INTO office.demo (account, rank) VALUES (p_account, p_rank);
END
$$;
REVOKE ALL ON FUNCTION office.open_door FROM PUBLIC;
GRANT EXECUTE ON FUNCTION office.open_door TO dudao_app;
REVOKE INSERT ON office.demo FROM dudao_app;
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON office.demo
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE office.demo ENABLE ALWAYS TRIGGER refuse_change;
