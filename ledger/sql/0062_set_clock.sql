-- A machine that once started in the future leaves entries of days that have not come, and nothing could
-- be recorded until then. Its way out is an entry that says so, from which on time may be earlier, once:
-- `clock.clock-set`, with the time of the entry before it (`from`) and what the clock reads now (`to`).
-- It goes through a function of its own, which nobody is granted: the owner alone has it.

CREATE OR REPLACE FUNCTION ledger.append_checked(
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
       AND (coalesce(s.recorded_at, '-infinity') <= p_recorded_at OR p_types[1] ^@ 'clock.clock-set/')
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
    IF EXISTS (SELECT FROM unnest(p_types) AS t(type) WHERE t.type ^@ 'clock.clock-set/') THEN
        RAISE EXCEPTION 'append at %: only the owner sets the clock', p_first USING ERRCODE = 'LG003';
    END IF;
    PERFORM append_checked(
        2::smallint, 'dudao/entry/v2', p_first, p_recorded_at, p_frontier, p_streams, p_versions,
        p_types, p_valid_from, p_subjects, p_districts, p_tags, p_keys, p_digests, p_parts,
        p_payloads, p_salts, p_leaves, p_backfill);
END
$$;

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
    IF EXISTS (SELECT FROM unnest(p_types) AS t(type) WHERE t.type ^@ 'clock.clock-set/') THEN
        RAISE EXCEPTION 'append at %: only the owner sets the clock', p_first USING ERRCODE = 'LG003';
    END IF;
    PERFORM append_checked(
        1::smallint, 'dudao/entry/v1', p_first, p_recorded_at, p_frontier, p_streams, p_versions,
        p_types, p_valid_from, p_subjects, p_districts, p_tags, p_keys, p_digests, p_parts,
        p_payloads, p_salts, p_leaves, array_fill(0, ARRAY[cardinality(p_payloads)]));
END
$$;

CREATE FUNCTION ledger.append_clock_set(
    p_first bigint, p_recorded_at timestamptz, p_frontier bytea[],
    p_streams text[], p_versions integer[], p_types text[], p_valid_from date[],
    p_subjects text[], p_districts text[], p_tags text[],
    p_keys text[], p_digests bytea[], p_parts integer[],
    p_payloads bytea[], p_salts bytea[], p_leaves bytea[],
    p_backfill integer[]
) RETURNS void
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
DECLARE
    said jsonb;
    last timestamptz := (SELECT s.recorded_at FROM log_state s);
BEGIN
    IF cardinality(p_payloads) <> 1 OR NOT p_types[1] ^@ 'clock.clock-set/' THEN
        RAISE EXCEPTION 'append at %: one entry that sets the clock, and nothing else', p_first
            USING ERRCODE = 'LG003';
    END IF;
    said := convert_from(p_payloads[1], 'UTF8')::jsonb -> 'data';
    IF (said ->> 'from')::timestamptz IS DISTINCT FROM last
       OR (said ->> 'to')::timestamptz IS DISTINCT FROM p_recorded_at OR p_recorded_at >= last THEN
        RAISE EXCEPTION 'append at %: the clock is not set back from the entry before', p_first
            USING ERRCODE = 'LG003';
    END IF;
    PERFORM append_checked(
        2::smallint, 'dudao/entry/v2', p_first, p_recorded_at, p_frontier, p_streams, p_versions,
        p_types, p_valid_from, p_subjects, p_districts, p_tags, p_keys, p_digests, p_parts,
        p_payloads, p_salts, p_leaves, p_backfill);
END
$$;
REVOKE ALL ON FUNCTION ledger.append_clock_set FROM PUBLIC;
