-- The tree in tiles of 256 hashes, whole ones only, in the layout of C2SP tlog-tiles: tile (0, n) holds
-- the leaves 256 n to 256 n + 255, tile (l, n) the roots of the tiles 256 n to 256 n + 255 of the level
-- below. Of the right edge the leaves stand in ledger.entry and the roots in the row of their tile, so a
-- proof reads a few rows, however long the ledger is. Compressing hashes gains nothing, and a slice of
-- what is not compressed is read without the rest.
CREATE TABLE ledger.tile (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 6),
    number bigint NOT NULL CHECK (number >= 0),
    root   bytea NOT NULL CHECK (octet_length(root) = 32),      -- of the tree over the hashes
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (level, number)
);
ALTER TABLE ledger.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE FUNCTION ledger.tile_root(p_hashes bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
DECLARE
    layer bytea := p_hashes;
BEGIN
    WHILE octet_length(layer) > 32 LOOP
        SELECT string_agg(sha256('\x01'::bytea || substr(layer, 1 + 64 * n, 64)), ''::bytea
                          ORDER BY n)
          INTO layer FROM generate_series(0, octet_length(layer) / 64 - 1) AS g(n);
    END LOOP;
    RETURN layer;
END
$$;

-- Lays whole tiles that are not there yet, at most p_most, and returns how many. Whoever needs them
-- calls it: a tile follows from its leaves, so it does not matter who, nor how often. Not called while
-- appending: the hashes of a tile take PL/pgSQL as long as appending a tenth of its entries.
CREATE FUNCTION ledger.lay_tiles(p_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
    height smallint := 0;
    below  bigint := (SELECT size FROM log_state);  -- hashes there are on this level
    next   bigint;
    laid   integer := 0;
    joined bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(6077002130);
    WHILE below >= 256 LOOP
        next := coalesce((SELECT max(number) + 1 FROM tile WHERE level = height), 0);
        WHILE next < below >> 8 LOOP
            IF laid = p_most THEN
                RETURN laid;
            END IF;
            IF height = 0 THEN
                SELECT string_agg(e.leaf, ''::bytea ORDER BY e.position) INTO joined FROM entry e
                 WHERE e.position > next * 256 AND e.position <= (next + 1) * 256;
            ELSE
                SELECT string_agg(t.root, ''::bytea ORDER BY t.number) INTO joined FROM tile t
                 WHERE t.level = height - 1 AND t.number >= next * 256
                   AND t.number < (next + 1) * 256;
            END IF;
            INSERT INTO tile (level, number, root, hashes)
            VALUES (height, next, tile_root(joined), joined);
            next := next + 1;
            laid := laid + 1;
        END LOOP;
        below := next;
        height := height + 1;
    END LOOP;
    RETURN laid;
END
$$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.tile
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
ALTER TABLE ledger.tile ENABLE ALWAYS TRIGGER refuse_change;

GRANT SELECT ON ledger.tile TO dudao_app;
REVOKE ALL ON FUNCTION ledger.tile_root, ledger.lay_tiles FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.lay_tiles TO dudao_app;

-- What a ledger of an earlier release holds.
SELECT ledger.lay_tiles(2147483647);
