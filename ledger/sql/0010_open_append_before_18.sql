-- ledger.open_append as before, for servers that cannot compare bytea values by size: min(bytea) exists
-- since PostgreSQL 18. The digest is the same in all entries of a command, so any of them will do.
CREATE OR REPLACE FUNCTION ledger.open_append(
    p_streams text[],          -- streams that will be written or whose version is expected
    p_keys    text[],          -- idempotency keys
    p_tags    text[],          -- tags that decisions rest on
    p_known   bigint,          -- the lowest position up to which any of them was read
    p_lock    boolean,
    OUT size bigint, OUT frontier bytea[], OUT last_recorded_at timestamptz, OUT clock timestamptz,
    OUT versions integer[],    -- last version of each of p_streams, 0 where there is none
    OUT used_keys text[], OUT used_first bigint[], OUT used_count bigint[], OUT used_digest bytea[],
    OUT new_tags text[], OUT new_positions bigint[]  -- those of p_tags with company after p_known
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
    IF p_lock THEN
        PERFORM FROM log_state FOR UPDATE;
    END IF;
    SELECT s.size, s.frontier, s.recorded_at INTO size, frontier, last_recorded_at
      FROM log_state s;
    clock := clock_timestamp();
    IF cardinality(p_streams) > 0 THEN
        SELECT array_agg(coalesce((SELECT max(e.version) FROM entry e
                                    WHERE e.stream = s.stream AND e.version > 0), 0) ORDER BY s.n)
          INTO versions FROM unnest(p_streams) WITH ORDINALITY AS s(stream, n);
    END IF;
    IF cardinality(p_keys) > 0 THEN
        SELECT array_agg(k.key), array_agg(k.first), array_agg(k.count), array_agg(k.digest)
          INTO used_keys, used_first, used_count, used_digest
          FROM (SELECT e.idempotency_key AS key, min(e.position) AS first, count(*) AS count,
                       (array_agg(e.request_digest))[1] AS digest
                  FROM entry e WHERE e.idempotency_key = ANY (p_keys) GROUP BY 1) k;
    END IF;
    IF cardinality(p_tags) > 0 AND p_known < size THEN
        -- Few entries since: look at their tags. Many: ask for each tag, which may name a tag too
        -- many (see entry_tag), never one too few.
        IF size - p_known <= 4 * cardinality(p_tags) + 64 THEN
            SELECT array_agg(t.tag), array_agg(t.position) INTO new_tags, new_positions
              FROM (SELECT u.tag, max(e.position) AS position
                      FROM entry e, unnest(e.tags) AS u(tag)
                     WHERE e.position > p_known AND u.tag = ANY (p_tags) GROUP BY 1) t;
        ELSE
            SELECT array_agg(t.tag), array_agg(t.position) INTO new_tags, new_positions
              FROM (SELECT p.tag, greatest(
                        (SELECT max(e.position) FROM entry_tag e
                          WHERE e.tag_hash = hashtextextended(p.tag, 0)),
                        CASE WHEN starts_with(p.tag, 'stream:') THEN
                            (SELECT e.position FROM entry e
                              WHERE e.stream = substr(p.tag, 8) AND e.version > 0
                              ORDER BY e.version DESC LIMIT 1) END,
                        CASE WHEN starts_with(p.tag, 'subject:') THEN
                            (SELECT max(e.position) FROM entry e
                              WHERE e.subject = substr(p.tag, 9)) END)
                      FROM unnest(p_tags) AS p(tag)) AS t(tag, position)
             WHERE t.position > p_known;
        END IF;
    END IF;
END
$$;
