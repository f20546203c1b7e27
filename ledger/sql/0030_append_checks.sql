-- The functions by which the application appends believed what they were told: a time in the year 2100,
-- a leaf and a frontier of nothing. Whoever holds the application's login could so end the ledger
-- for everybody. Now what is written is what its bytes say, at the database's own time.

-- The one clock of the ledger: what an entry is recorded at is read here, and nowhere else.
CREATE FUNCTION ledger.clock() RETURNS timestamptz
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT clock_timestamp() $$;
REVOKE ALL ON FUNCTION ledger.clock() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.clock() TO dudao_app;

-- The right edge of the tree of p_size entries after p_leaves were appended. Level by level in sets of
-- rows was tried: a third dearer.
CREATE FUNCTION ledger.frontier_after(p_size bigint, p_frontier bytea[], p_leaves bytea[])
RETURNS bytea[]
LANGUAGE plpgsql IMMUTABLE
SET search_path = ledger, pg_temp
AS $$
DECLARE
    hashes bytea[] := p_frontier;
    top integer := cardinality(p_frontier);
    index bigint := p_size;
    rest bigint;
    node bytea;
BEGIN
    FOREACH node IN ARRAY p_leaves LOOP
        rest := index;
        WHILE rest & 1 = 1 LOOP
            node := sha256('\x01'::bytea || hashes[top] || node);
            top := top - 1;
            rest := rest >> 1;
        END LOOP;
        top := top + 1;
        hashes[top] := node;
        index := index + 1;
    END LOOP;
    RETURN hashes[1:top];
END
$$;
REVOKE ALL ON FUNCTION ledger.frontier_after FROM PUBLIC;

-- Both forms of an append end here. Nobody is granted it.
CREATE FUNCTION ledger.append_checked(
    p_format smallint, p_form text,
    p_first bigint, p_recorded_at timestamptz, p_frontier bytea[],
    p_streams text[], p_versions integer[], p_types text[], p_valid_from date[],
    p_subjects text[], p_districts text[], p_tags text[],
    p_keys text[], p_digests bytea[], p_parts integer[],
    p_payloads bytea[], p_salts bytea[], p_leaves bytea[], p_backfill integer[]
) RETURNS void
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
DECLARE
    count integer := cardinality(p_payloads);
    head bigint := p_first - 1 + count;
    at text := to_char(p_recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    hashes bytea[];
    leaves bytea[];
    wrong bigint;
BEGIN
    IF p_recorded_at > ledger.clock() THEN
        RAISE EXCEPTION 'append at %: recorded_at is ahead of the clock', p_first USING ERRCODE = 'LG003';
    END IF;
    -- Refused with LG001, and decided again: another look, or a process held up for so long that the
    -- time read then is no longer now.
    UPDATE log_state s SET size = head, frontier = p_frontier, recorded_at = p_recorded_at
      FROM log_state before
     WHERE s.size = p_first - 1 AND before.size = p_first - 1
       AND coalesce(s.recorded_at, '-infinity') <= p_recorded_at
       AND p_recorded_at > ledger.clock() - interval '10 minutes'
    RETURNING before.frontier INTO hashes;
    IF NOT FOUND OR count = 0 OR cardinality(p_frontier) <> bit_count(int8send(head)) THEN
        RAISE EXCEPTION 'append at % does not fit the ledger', p_first USING ERRCODE = 'LG001';
    END IF;
    -- The leaf is that of docs/ledger-format.md over the columns that are stored beside it.
    WITH put AS (
        INSERT INTO entry (position, recorded_at, valid_from, version, part, stream, type, subject,
                           district, tags, idempotency_key, request_digest, payload, salt, leaf,
                           backfill, format)
        SELECT p_first - 1 + n, p_recorded_at, valid_from, version, part, stream, type, subject,
               district, string_to_array(tags, E'\n'), key, digest, payload, salt,
               sha256('\x00'::bytea || convert_to(
                   p_form || E'\n'
                   || CASE WHEN stream = '' THEN ''
                           ELSE 'stream ' || stream || E'\nversion ' || version || E'\n' END
                   || 'type ' || type || E'\nrecorded_at ' || at
                   || E'\nvalid_from ' || to_char(valid_from, 'YYYY-MM-DD') || E'\n'
                   || CASE WHEN backfill <> 0 THEN E'backfill yes\n' ELSE '' END
                   || coalesce('subject ' || subject || E'\n', '')
                   || coalesce('district ' || district || E'\n', '')
                   || CASE WHEN tags = '' THEN ''
                           ELSE 'tag ' || replace(tags, E'\n', E'\ntag ') || E'\n' END
                   || coalesce('idempotency_key ' || key || E'\nrequest_digest '
                               || encode(digest, 'hex') || E'\n', '')
                   || 'part ' || part || E'\n\n', 'UTF8') || payload || salt),
               backfill <> 0, p_format
          FROM unnest(p_streams, p_versions, p_types, p_valid_from, p_subjects, p_districts, p_tags,
                      p_keys, p_digests, p_parts, p_payloads, p_salts, p_backfill)
               WITH ORDINALITY
               AS u(stream, version, type, valid_from, subject, district, tags,
                    key, digest, part, payload, salt, backfill, n)
        RETURNING position, leaf)
    SELECT array_agg(put.leaf ORDER BY put.position) INTO leaves FROM put;
    IF leaves IS DISTINCT FROM p_leaves THEN
        RAISE EXCEPTION 'append at %: a leaf is not the hash of its entry', p_first USING ERRCODE = 'LG003';
    END IF;
    -- One line a value, or two entries could have the same bytes.
    IF array_to_string(p_streams || p_types || p_subjects || p_districts || p_keys, '') ~ '[\x01-\x1f\x7f]' THEN
        RAISE EXCEPTION 'append at %: control characters', p_first USING ERRCODE = 'LG003';
    END IF;
    IF frontier_after(p_first - 1, hashes, leaves) IS DISTINCT FROM p_frontier THEN
        RAISE EXCEPTION 'append at %: the frontier is not that of the entries', p_first
            USING ERRCODE = 'LG003';
    END IF;
    -- Versions of a stream have no gap; two of the same are refused by the index.
    IF 1 < ANY (p_versions) THEN
        SELECT min(n) INTO wrong
          FROM unnest(p_streams, p_versions) WITH ORDINALITY AS u(stream, version, n)
         WHERE version > 1 AND NOT EXISTS (
                   SELECT FROM entry e WHERE e.stream = u.stream AND e.version = u.version - 1
                                         AND e.version > 0);
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'append at %: not the next version of its stream', p_first - 1 + wrong
                USING ERRCODE = 'LG003';
        END IF;
    END IF;
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
REVOKE ALL ON FUNCTION ledger.append_checked FROM PUBLIC;

CREATE OR REPLACE FUNCTION ledger.append_2(
    p_first bigint, p_recorded_at timestamptz, p_frontier bytea[],
    p_streams text[], p_versions integer[], p_types text[], p_valid_from date[],
    p_subjects text[], p_districts text[], p_tags text[],
    p_keys text[], p_digests bytea[], p_parts integer[],
    p_payloads bytea[], p_salts bytea[], p_leaves bytea[],
    p_backfill integer[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
BEGIN
    PERFORM append_checked(
        2::smallint, 'dudao/entry/v2', p_first, p_recorded_at, p_frontier, p_streams, p_versions,
        p_types, p_valid_from, p_subjects, p_districts, p_tags, p_keys, p_digests, p_parts,
        p_payloads, p_salts, p_leaves, p_backfill);
END
$$;

-- A process of the release before last may still be recording.
CREATE OR REPLACE FUNCTION ledger.append(
    p_first bigint, p_recorded_at timestamptz, p_frontier bytea[],
    p_streams text[], p_versions integer[], p_types text[], p_valid_from date[],
    p_subjects text[], p_districts text[], p_tags text[],
    p_keys text[], p_digests bytea[], p_parts integer[],
    p_payloads bytea[], p_salts bytea[], p_leaves bytea[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
BEGIN
    PERFORM append_checked(
        1::smallint, 'dudao/entry/v1', p_first, p_recorded_at, p_frontier, p_streams, p_versions,
        p_types, p_valid_from, p_subjects, p_districts, p_tags, p_keys, p_digests, p_parts,
        p_payloads, p_salts, p_leaves, array_fill(0, ARRAY[cardinality(p_payloads)]));
END
$$;

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
    clock := ledger.clock();
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
