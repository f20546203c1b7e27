-- A demonstration's clock runs through the days of what it shows: otherwise everything is learnt within seconds, and
-- nothing is late, old or known later. Such a ledger says so with its first entry (`DemonstrationBegun`), and only while
-- somebody keeps its clock (a lock of their session, given back when they are gone) is it read at all.
CREATE TABLE ledger.demonstration (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    clock timestamptz NOT NULL
);
REVOKE ALL ON ledger.demonstration FROM PUBLIC;
GRANT SELECT ON ledger.demonstration TO dudao_app;

CREATE OR REPLACE FUNCTION ledger.clock() RETURNS timestamptz
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT coalesce(
    (SELECT d.clock FROM ledger.demonstration d
      WHERE NOT EXISTS (SELECT FROM ledger.entry e
                         WHERE e.position = 1 AND NOT e.type ^@ 'demonstration.demonstration-begun/')
        AND EXISTS (SELECT FROM pg_locks l
                     WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = 6078 AND l.granted
                       AND l.database = (SELECT oid FROM pg_database
                                          WHERE datname = current_database()))),
    clock_timestamp())
$$;

-- NULL: the demonstration has shown what it had to show, and time goes on as everywhere. Nobody is granted it.
CREATE FUNCTION ledger.set_demonstration_clock(p_clock timestamptz) RETURNS void
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM entry WHERE position = 1 AND NOT type ^@ 'demonstration.demonstration-begun/') THEN
        RAISE EXCEPTION 'this ledger is no demonstration: nobody sets its clock' USING ERRCODE = 'LG003';
    END IF;
    IF p_clock > clock_timestamp() OR p_clock < (SELECT recorded_at FROM log_state) THEN
        RAISE EXCEPTION 'the clock of a demonstration stands between its last entry and now' USING ERRCODE = 'LG003';
    END IF;
    DELETE FROM demonstration;
    INSERT INTO demonstration (clock) SELECT p_clock WHERE p_clock IS NOT NULL;
END
$$;
REVOKE ALL ON FUNCTION ledger.set_demonstration_clock FROM PUBLIC;
