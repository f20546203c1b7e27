-- Entries of the second form (docs/ledger-format.md). Those that are there keep theirs, which is
-- what the constant default says, without a table being written.
ALTER TABLE ledger.entry
    ADD COLUMN backfill boolean NOT NULL DEFAULT false,
    ADD COLUMN format smallint NOT NULL DEFAULT 1;

-- The function of the first form stays: a process of the release before may still be recording.
CREATE FUNCTION ledger.append_2(
    p_first bigint, p_recorded_at timestamptz, p_frontier bytea[],
    p_streams text[], p_versions integer[], p_types text[], p_valid_from date[],
    p_subjects text[], p_districts text[], p_tags text[],  -- the tags of one entry, a line each
    p_keys text[], p_digests bytea[], p_parts integer[],
    p_payloads bytea[], p_salts bytea[], p_leaves bytea[],
    p_backfill integer[]                                   -- 1: history brought in, 0: not
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
DECLARE
    head bigint := p_first - 1 + cardinality(p_payloads);
BEGIN
    UPDATE log_state SET size = head, frontier = p_frontier, recorded_at = p_recorded_at
     WHERE size = p_first - 1 AND coalesce(recorded_at, '-infinity') <= p_recorded_at;
    IF NOT FOUND OR cardinality(p_payloads) = 0
       OR cardinality(p_frontier) <> bit_count(int8send(head)) THEN
        RAISE EXCEPTION 'append at % does not fit the ledger', p_first USING ERRCODE = 'LG001';
    END IF;
    INSERT INTO entry (position, recorded_at, valid_from, version, part, stream, type, subject,
                       district, tags, idempotency_key, request_digest, payload, salt, leaf,
                       backfill, format)
    SELECT p_first - 1 + n, p_recorded_at, valid_from, version, part, stream, type, subject,
           district, string_to_array(tags, E'\n'), key, digest, payload, salt, leaf,
           backfill <> 0, 2
      FROM unnest(p_streams, p_versions, p_types, p_valid_from, p_subjects, p_districts, p_tags,
                  p_keys, p_digests, p_parts, p_payloads, p_salts, p_leaves, p_backfill)
           WITH ORDINALITY
           AS u(stream, version, type, valid_from, subject, district, tags,
                key, digest, part, payload, salt, leaf, backfill, n);
    -- In order of the index, so that one page of it is visited once.
    INSERT INTO entry_tag (tag_hash, position)
    SELECT hashtextextended(t.tag, 0), p_first - 1 + u.n
      FROM unnest(p_tags, p_streams, p_subjects) WITH ORDINALITY AS u(tags, stream, subject, n),
           string_to_table(u.tags, E'\n') AS t(tag)
     WHERE t.tag <> 'stream:' || u.stream AND t.tag IS DISTINCT FROM 'subject:' || u.subject
     GROUP BY 1, 2 ORDER BY 1, 2;
    PERFORM pg_notify('dudao_ledger', head::text);
END
$$;
REVOKE ALL ON FUNCTION ledger.append_2 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.append_2 TO dudao_app;

-- History that is brought in is not late: it was known elsewhere.
DROP INDEX ledger.entry_late;
CREATE INDEX entry_late ON ledger.entry (position) INCLUDE (recorded_at, valid_from, district)
    WHERE (recorded_at AT TIME ZONE 'Asia/Shanghai')::date - valid_from > 7 AND NOT backfill;

-- Requests and decisions on them are few among millions.
CREATE INDEX entry_request ON ledger.entry (position) WHERE stream ^@ 'request/';
