"""Writes the schema `analysis` from the declaration of the tables: columns, types, heads, who sees which.

`projections/analysis/sql/grants.sql` makes all of it after every migration. Run
`python -m docs.generate_analysis` after changing a table or an item; a test compares.
"""  # noqa: INP001 - a script among documents, not a package

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from api.words.authority_words import DISTRICTS
from domain.checks import CHECKS, OF_SUPERVISORS
from domain.registry import EVENTS, STORED
from domain.terms.identifiers import COMPOUND_SURNAMES
from domain.terms.vocabulary import Level
from ledger.roles import ANALYST
from projections.analysis.schema import ANALYSIS
from projections.items import persons
from projections.items.flags import DelayItem
from projections.items.parts import Actor
from projections.items.persons import LEFT_OUT as NOT_SHOWN
from projections.items.shape import MASKED, WRITTEN, Audience, Field, Kind, Shape, shape_of
from projections.items.tables import KINDS, TABLES, Table
from projections.views.basis import holds
from replay.lake.rows import ACTIONS

GRANTS = ANALYSIS.folder / "grants.sql"
TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        "text": "text",
        "day": "date",
        "instant": "timestamptz",
        "integer": "bigint",
        "number": "float8",
        "boolean": "boolean",
        "record": "jsonb",
        "json": "jsonb",
        "any": "jsonb",
    }
)
KEPT: Mapping[str, str] = MappingProxyType({"occupations": "occupation", "catalogues": "adopted"})
"""Tables of reference whose rows the follower keeps beside the views → where."""
RECTANGLE = 7
"""Columns before those of the item."""


def views() -> str:
    """Return the statements that make the views, or bind those that are there anew."""
    head = (
        "-- Written by docs/generate_analysis.py from the declaration of the tables; do not edit.\n"
    )
    return head + "\n".join(_view(table) for table in TABLES.values())


def grants() -> str:
    """Return the script that makes the whole schema, where it is not there as it must be."""
    body = "\n".join((_functions(), views(), *_asking(), *_comments()))
    digest = sha256(body.encode()).hexdigest()
    names = ", ".join(f"analysis.{name}" for name in TABLES)
    return _GRANTS.format(digest=digest, body=body, names=names, analyst=ANALYST)


def _functions() -> str:
    named = {
        "surnames": COMPOUND_SURNAMES,
        "written": persons.WRITTEN,
        "names": persons.NAMES,
        "people": persons.PEOPLE,
        "dropped": persons.DROPPED,
        "quantities": _quantities(),
    }
    return _FUNCTIONS.format(
        not_shown=NOT_SHOWN, **{name: _words(words) for name, words in named.items()}
    )


def _words(words: Collection[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def _quantities() -> frozenset[str]:
    """Return the members of events that are exact quantities: stored as text, shown as numbers.

    None of these names is something else elsewhere.
    """
    exact: set[str] = set()
    others: set[str] = set()
    seen: set[Any] = set()

    def walk(hint: Any, name: str) -> None:  # noqa: ANN401 - any type hint
        if is_dataclass(hint):
            if hint not in seen:
                seen.add(hint)
                for member, inner in get_type_hints(hint).items():
                    walk(inner, member)
        elif arguments := get_args(hint):
            for each in arguments:
                walk(each, name)
        elif hint is not type(None):
            (exact if hint is Decimal else others).add(name)

    for kind in EVENTS.values():
        walk(kind.cls, "")
    if both := exact & others:
        raise ValueError(f"quantities in one event, something else in another: {sorted(both)}")
    return frozenset(exact)


_FUNCTIONS = r"""
-- What the login may see: a district, '*' for the whole city, nothing where it was not admitted.
CREATE OR REPLACE FUNCTION analysis.seat() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $f$ SELECT coalesce(district, '*') FROM analysis.reader WHERE login = session_user $f$;

-- As `domain.terms.identifiers` masks names; a test compares. The functions below find what they call whatever
-- path the asker has set: nobody's own function is given a name to look at.
CREATE OR REPLACE FUNCTION analysis.masked(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT left(name, surname) || repeat('*', greatest(1, length(name) - surname))
  FROM (SELECT CASE WHEN length(name) > 2 AND left(name, 2) IN ({surnames}) THEN 2 ELSE 1 END) s(surname));

-- As `projections.items.persons` takes people out of what has no fixed members; a test compares every entry.
CREATE OR REPLACE FUNCTION analysis.masked_names(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(value)
    WHEN 'string' THEN to_jsonb(analysis.masked(value #>> '{{}}'))
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(to_jsonb(analysis.masked(e.one #>> '{{}}')) ORDER BY e.n), '[]')
                         FROM jsonb_array_elements(value) WITH ORDINALITY e(one, n))
    ELSE value END;

CREATE OR REPLACE FUNCTION analysis.without_persons(value jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$
DECLARE
    kept jsonb;
BEGIN
    IF jsonb_typeof(value) = 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(analysis.without_persons(e.one) ORDER BY e.n), '[]')
                  FROM jsonb_array_elements(value) WITH ORDINALITY e(one, n));
    ELSIF jsonb_typeof(value) IS DISTINCT FROM 'object' THEN
        RETURN value;
    END IF;
    SELECT coalesce(jsonb_object_agg(m.name, CASE
               WHEN m.name IN ({quantities}) AND m.one #>> '{{}}' ~ '^-?[0-9]+(\.[0-9]+)?$'
               THEN to_jsonb((m.one #>> '{{}}')::numeric)
               ELSE analysis.at_path(m.name, m.one) END), '{{}}')
      INTO kept
      FROM jsonb_each(value) m(name, one)
     WHERE analysis.last_of(m.name) NOT IN ({dropped});
    IF value ? 'staff_id' THEN
        kept := kept - 'staff_id';
        IF jsonb_typeof(value -> 'name') = 'string' THEN
            kept := kept || jsonb_build_object('name', analysis.masked_names(value -> 'name'));
        END IF;
    END IF;
    -- Elsewhere an outcome is the id of what a check found, and a subject a USCC.
    IF value ? 'finding_id' AND NOT value ?| ARRAY['flag', 'verdict']
       AND jsonb_typeof(value -> 'outcome') = 'string' THEN
        kept := kept || jsonb_build_object('outcome', '{not_shown}');
    END IF;
    IF value ? 'complaint_id' AND jsonb_typeof(value -> 'subject') = 'string' THEN
        kept := kept || jsonb_build_object('subject', '{not_shown}');
    END IF;
    RETURN kept;
END
$f$;

-- The member that a path ends at; of an element, the list that holds it.
CREATE OR REPLACE FUNCTION analysis.last_of(path text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN strpos(path, '.') = 0 THEN path
            ELSE coalesce(substring(path FROM '([^.]*[^.0-9][^.]*)(?:\.[0-9]+)*$'), path) END;

CREATE OR REPLACE FUNCTION analysis.at_path(path text, value jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$
DECLARE
    name text := analysis.last_of(path);
BEGIN
    IF name IN ({written}) AND jsonb_typeof(value) = 'string' THEN
        RETURN to_jsonb('{not_shown}'::text);
    ELSIF name IN ({names}) OR name = 'name' AND string_to_array(path, '.') && ARRAY[{people}] THEN
        RETURN analysis.masked_names(value);
    ELSIF name IN ({people}) AND jsonb_typeof(value) = 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(p.one -> 'name') = 'string'
                    THEN p.one || jsonb_build_object('name', analysis.masked_names(p.one -> 'name'))
                    ELSE p.one END ORDER BY p.n), '[]')
                  FROM (SELECT analysis.without_persons(e.one), e.n
                          FROM jsonb_array_elements(value) WITH ORDINALITY e(one, n)) p(one, n));
    END IF;
    RETURN analysis.without_persons(value);
END
$f$;

-- What an entry says, as it was stored (its column `schema` says in which shape): what a correction or an act
-- that was asked for holds as text is read, as everywhere.
CREATE OR REPLACE FUNCTION analysis.told(type text, data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$
BEGIN
    IF type IN ('RecordCorrected', 'CorrectionRequested') THEN
        RETURN jsonb_build_object('position', data -> 'position', 'fields', (
            SELECT coalesce(jsonb_object_agg(f.path, analysis.at_path(f.path, f.value::jsonb)), '{{}}')
              FROM jsonb_to_recordset(data -> 'fields') f(path text, value text)));
    ELSIF type = 'ActRequested' THEN
        RETURN analysis.without_persons(data || jsonb_build_object('data', (data ->> 'data')::jsonb));
    END IF;
    RETURN analysis.without_persons(data);
END
$f$;
"""

_GRANTS = """\
-- Written by docs/generate_analysis.py from the declaration of the tables; do not edit.
SET LOCAL ROLE dudao_app;
DO $dudao$
BEGIN
    IF obj_description('analysis'::regnamespace, 'pg_namespace') IS NOT DISTINCT FROM '{digest}' THEN
        RETURN;
    END IF;
    DROP VIEW IF EXISTS {names} CASCADE;
    DROP FUNCTION IF EXISTS analysis.diff(text, date, bigint, date, bigint);
    DROP FUNCTION IF EXISTS analysis.delays_at(date, bigint);
{body}
    COMMENT ON SCHEMA analysis IS '{digest}';
END
$dudao$;
REVOKE ALL ON ALL TABLES IN SCHEMA analysis FROM PUBLIC;
-- Where an administrator has made the role (docs/analysts.md); plain owners may not.
DO $dudao$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{analyst}') THEN
        GRANT USAGE ON SCHEMA analysis TO {analyst};
        GRANT SELECT ON {names} TO {analyst};
    END IF;
END
$dudao$;
SET LOCAL ROLE dudao_ledger;
"""


def _view(table: Table) -> str:
    made = {"entries": _entries, "actions": _actions, "cases": _cases}.get(table.name)
    if made is not None:
        return made(table)
    return _reference(table) if table.view is None else _of_view(table)


SEEN = "(SELECT analysis.seat()) IN ('*', t.district)"
_RECTANGLE = "t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to"


def _create(table: Table, shown: Iterable[str], rows: str) -> str:
    listed = ",\n       ".join(shown)
    return (
        f"CREATE OR REPLACE VIEW analysis.{table.name} WITH (security_barrier) AS\n"
        f"SELECT {listed}\n{rows};\n"
    )


def _of_view(table: Table) -> str:
    """Return the view of a table of the views: its documents taken apart, member by member."""
    back = {here: field for field, here in table.renamed.items()}
    own = [(field, back.get(field.name, field.name)) for field in table.fields[RECTANGLE:]]
    declared = ", ".join(f'"{member}" {_stored(field)}' for field, member in own)
    values = [(field, _top(field, f'd."{member}"')) for field, member in own]
    shown = [f'{value} AS "{field.name}"' for field, value in values]
    rows = (
        f"  FROM projections.{table.view} t\n"
        f" CROSS JOIN LATERAL jsonb_to_record(t.doc::jsonb) AS d({declared})\n"
        f" WHERE {SEEN}"
    )
    return _create(table, [_RECTANGLE, *shown], rows)


def _stored(field: Field) -> str:
    one = TYPES[field.kind]
    return f"{one}[]" if field.many and field.shape is None else one


def _top(field: Field, value: str) -> str:
    """Return a column from a member that was read in its type."""
    if field.shape is not None:
        return _member(field, value, 1)
    if field.kind in {"json", "any"}:
        return _nobody(value)
    if field.see is WRITTEN:
        return _left_out(value)
    if field.see is not MASKED:
        return value
    if not field.many:
        return f"analysis.masked({value})"
    return (
        f"CASE WHEN {value} IS NOT NULL THEN ARRAY(SELECT analysis.masked(u.name) "  # noqa: S608 - of declared names
        f"FROM unnest({value}) WITH ORDINALITY u(name, n) ORDER BY u.n) END"
    )


def _nobody(value: str) -> str:
    return f"analysis.without_persons({value})"


def _left_out(value: str) -> str:
    """Return that somebody wrote something, where they did."""
    return f"CASE WHEN {value} IS NOT NULL THEN '{NOT_SHOWN}' END"


def _record(shape: Shape, value: str, depth: int) -> str:
    """Return a record as analysts see it: its declared members and no others."""
    within = [(f.name, _member(f, f"({value} -> '{f.name}')", depth)) for f in shape.fields]
    members = ", ".join(f"'{name}', {one}" for name, one in within)
    return f"CASE WHEN jsonb_typeof({value}) = 'object' THEN jsonb_build_object({members}) END"


def _member(field: Field, value: str, depth: int) -> str:
    each = f"x{depth}"
    if field.shape is not None:
        if not field.many:
            return _record(field.shape, value, depth)
        return _listed(value, _record(field.shape, f"{each}.e", depth + 1), each)
    if field.kind in {"json", "any"}:
        return _nobody(value)
    if field.see is WRITTEN:
        there = f"{value} IS NOT NULL AND jsonb_typeof({value}) <> 'null'"
        return f"CASE WHEN {there} THEN to_jsonb('{NOT_SHOWN}'::text) ELSE {value} END"
    return f"analysis.masked_names({value})" if field.see is MASKED else value


def _listed(value: str, one: str, each: str) -> str:
    return (
        f"CASE WHEN jsonb_typeof({value}) = 'array' THEN (SELECT coalesce(jsonb_agg({one} "  # noqa: S608 - as above
        f"ORDER BY {each}.n), '[]') FROM jsonb_array_elements({value}) WITH ORDINALITY {each}(e, n)) END"
    )


def _cases(table: Table) -> str:
    shown = ["t.kind", "t.stage"]
    for kind, (column, item) in KINDS.items():
        record = _record(shape_of(item).seen_by(Audience.READERS), "d.doc", 1)
        shown.append(f"CASE WHEN t.kind = '{kind}' THEN {record} END AS {column}")
    rows = (
        "  FROM projections.cases t\n"
        " CROSS JOIN LATERAL (SELECT t.doc::jsonb AS doc OFFSET 0) d\n"
        f" WHERE {SEEN}"
    )
    return _create(table, [_RECTANGLE, *shown], rows)


_OF_ENTRY = (
    "t.position::text AS key, t.subject, t.district, t.valid_from, NULL::date AS valid_to, "
    "t.position AS known_from, NULL::bigint AS known_to"
)
_ENTRY_ROWS = """\
  FROM ledger.entry t
 CROSS JOIN LATERAL (SELECT convert_from(t.payload, 'UTF8')::jsonb AS doc OFFSET 0) p
  LEFT JOIN (VALUES {names}) AS k(stored, name) ON k.stored = t.type
 WHERE (SELECT analysis.seat()) IN ('*', t.district)"""
_STAMP = "(p.doc -> 'stamps' ->> '{}')"


_DATA = (
    "CASE WHEN k.name IS NULL THEN jsonb_build_object('stored', t.type, 'reason', 'unknown type') "
    "ELSE analysis.told(k.name, p.doc -> 'data') END"
)


def _entries(table: Table) -> str:
    told = {
        "position": "t.position",
        "stream": "t.stream",
        "version": "t.version::bigint",
        "type": "coalesce(k.name, 'Unreadable')",
        "schema": "split_part(t.type, '/', 2)::bigint",
        "recorded_at": "t.recorded_at",
        "leaf": "encode(t.leaf, 'hex')",
        "data": _DATA,
        **_TOLD,
    }
    shown = [f'{told[field.name]} AS "{field.name}"' for field in table.fields[RECTANGLE:]]
    return _create(table, [_OF_ENTRY, *shown], _ENTRY_ROWS.format(names=_names(STORED)))


def _actor(value: str) -> str:
    return _record(shape_of(Actor), value, 1)


_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "actor": _actor("(p.doc -> 'actor')"),
        **{name: f"(p.doc ->> '{name}')" for name in ("document_no", "correlation", "causation")},
        "reason": _left_out("(p.doc ->> 'reason')"),
        **{name: f"{_STAMP.format(name)}::date" for name in ("received_on", "claimed_on")},
        **{
            name: _actor(f"(p.doc -> 'stamps' -> '{name}')")
            for name in ("received_by", "approved_by")
        },
        "entered_by": _STAMP.format("entered_by"),
        "backfill": f"coalesce({_STAMP.format('backfill')}::boolean, false)",
    }
)


def _names(stored: Iterable[str]) -> str:
    return ", ".join(f"('{name}', '{STORED[name].name}')" for name in stored)


def _actions(table: Table) -> str:
    decisions = ("decision", "opinion", "recommended", "passed", "taken")
    decided = ", ".join(f"p.doc -> 'data' ->> '{each}'" for each in decisions)
    day = "(t.recorded_at AT TIME ZONE 'Asia/Shanghai')::date"
    told = {
        "position": "t.position",
        "type": "k.name",
        "concerns": "split_part(t.stream, '/', 1)",
        "concerns_id": "substr(t.stream, strpos(t.stream, '/') + 1)",
        "decision": f"coalesce({decided})",
        "finding_id": "p.doc -> 'data' ->> 'finding_id'",
        "recorded_on": day,
        "days_late": f"({day} - t.valid_from)::bigint",
        **_TOLD,
    }
    shown = [f'{told[field.name]} AS "{field.name}"' for field in table.fields[RECTANGLE:]]
    rows = _ENTRY_ROWS.replace("LEFT JOIN", "JOIN").format(names=_names(ACTIONS))
    return _create(table, [_OF_ENTRY, *shown], rows)


def _reference(table: Table) -> str:
    if table.name in KEPT:
        shown = [f't."{field.name}"' for field in table.fields]
        return _create(table, shown, f"  FROM analysis.{KEPT[table.name]} t")
    rows = {
        "districts": [(code, words.zh, words.en) for code, words in DISTRICTS.items()],
        "checks": [
            (c.code, c.zh, c.en, c.clause.number, c.severity.value, c.version, c.of_enterprise)
            for c in CHECKS.values()
        ],
        "levels": [(level.value, level.rank, level.zh, level.en) for level in Level],
        "event_types": [
            (name, *_event_words(name), kind.stem.partition(".")[0], kind.schema, kind.ever_stored)
            for name, kind in EVENTS.items()
        ],
    }[table.name]
    listed = ",\n    ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    names = ", ".join(f'"{field.name}"' for field in table.fields)
    shown = [f'v."{field.name}"::{_stored(field)}' for field in table.fields]
    return _create(table, shown, f"  FROM (VALUES\n    {listed}) AS v({names})")


def _event_words(name: str) -> tuple[str, str]:
    from api.words.event_words import EVENT_NAMES  # noqa: PLC0415 - beside its one use

    words = EVENT_NAMES[name]
    return words.zh, words.en


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "ARRAY[" + ", ".join(map(_literal, value)) + "]"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


AT = """\
CREATE FUNCTION analysis.{name}_at(day date, "position" bigint) RETURNS SETOF analysis.{name}
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.{name} t
        WHERE {holds} $f$;
"""
DIFF = """\
-- What two days, each as known at an entry, show differently; the ends of what was known aside.
CREATE FUNCTION analysis.diff(
    "of" text, day_before date, position_before bigint, day_after date, position_after bigint)
RETURNS TABLE (change text, key text, before jsonb, after jsonb)
LANGUAGE plpgsql STABLE
AS $f$
BEGIN
    IF "of" NOT IN ({names}) THEN
        RAISE EXCEPTION 'there is no table % in two times', "of" USING ERRCODE = '22023';
    END IF;
    RETURN QUERY EXECUTE format($q$
        SELECT CASE WHEN b.doc IS NULL THEN 'added' WHEN a.doc IS NULL THEN 'removed'
                    ELSE 'changed' END, coalesce(b.key, a.key), b.doc, a.doc
          FROM (SELECT r.key, to_jsonb(r) - ARRAY['valid_from', 'valid_to', 'known_from', 'known_to'] AS doc
                  FROM analysis.%1$I($1, $2) r) b
          FULL JOIN (SELECT r.key, to_jsonb(r) - ARRAY['valid_from', 'valid_to', 'known_from', 'known_to'] AS doc
                  FROM analysis.%1$I($3, $4) r) a ON a.key = b.key
         WHERE b.doc IS DISTINCT FROM a.doc ORDER BY 2 $q$, "of" || '_at')
    USING day_before, position_before, day_after, position_after;
END
$f$;
"""
DELAYS = """\
-- How long it took from a breach to what followed: the rows of /v1/delays, of `projections.counts.delays`.
-- It reads with its owner's rights, since an entry that taught of a breach may be about another district; who asks sees
-- their own breaches and findings alone.
CREATE FUNCTION analysis.delays_at(day date, "position" bigint)
RETURNS TABLE ({columns})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $f$
WITH breach AS (
    SELECT t.key, t.code, t.subject, t.district, t.day AS first, t.since, e.backfill,
           CASE WHEN NOT e.backfill
                THEN greatest((e.recorded_at AT TIME ZONE 'Asia/Shanghai')::date, t.day) END AS known_on,
           r.valid_from AS reviewed_on,
           CASE WHEN t.review = 'converted' THEN t.doc::json ->> 'finding_id' END AS converted
      FROM projections.flags t
      JOIN ledger.entry e ON e.position = t.since
      LEFT JOIN ledger.entry r
        ON r.position = CASE WHEN t.review IS NOT NULL THEN (t.doc::json ->> 'review_position')::bigint END
     WHERE {holds}
       AND t.verdict = 'breach' AND t.code NOT IN ({of_supervisors}) AND {seen}
), finding AS MATERIALIZED (
    SELECT d.doc ->> 'finding_id' AS finding_id, (d.doc ->> 'raised_on')::date AS raised_on,
           (SELECT min((o.one ->> 'ordered')::date) FROM jsonb_array_elements(d.doc -> 'orders') o(one)) AS ordered_on,
           CASE WHEN t.stage = 'closed' THEN (d.doc ->> 'ended_on')::date END AS closed_on,
           d.doc -> 'flags' AS flags
      FROM projections.cases t
     CROSS JOIN LATERAL (SELECT t.doc::jsonb AS doc OFFSET 0) d
     WHERE {holds}
       AND t.kind = 'findings' AND t.stage <> 'withdrawn' AND {seen}
), named AS (
    SELECT f.key, finding.* FROM finding CROSS JOIN LATERAL jsonb_array_elements_text(finding.flags) f(key)
    UNION ALL
    SELECT breach.key, finding.* FROM breach JOIN finding ON finding.finding_id = breach.converted
)
SELECT DISTINCT ON (b.key) b.key, b.code, b.subject, b.district, b.first, b.since, b.backfill,
       b.known_on, b.reviewed_on, n.finding_id, n.raised_on, n.ordered_on, n.closed_on,
       (b.known_on - b.first)::bigint, (b.reviewed_on - b.first)::bigint, (n.raised_on - b.first)::bigint,
       (n.ordered_on - b.first)::bigint, (n.closed_on - b.first)::bigint
  FROM breach b LEFT JOIN named n ON n.key = b.key AND n.raised_on >= b.first
 ORDER BY b.key, n.raised_on, n.finding_id
$f$;
"""


def _delays() -> str:
    listed = ", ".join(
        f'"{field.name}" {_stored(field)}'
        for field in shape_of(DelayItem).seen_by(Audience.READERS).fields
    )
    return DELAYS.format(
        columns=listed,
        holds=holds("$2", "$1", "t.").replace("\n", "\n    "),
        of_supervisors=_words(OF_SUPERVISORS),
        seen=SEEN,
    )


def _asking() -> Iterator[str]:
    named = [table.name for table in TABLES.values() if table.view is not None]
    condition = holds("$2", "$1", "t.").replace("\n", "\n       ")
    yield from (AT.format(name=name, holds=condition) for name in named)
    yield _delays()
    yield DIFF.format(names=", ".join(f"'{name}'" for name in named))


def _comments() -> Iterator[str]:
    for table in TABLES.values():
        yield f"COMMENT ON VIEW analysis.{table.name} IS {_literal(f'{table.zh} / {table.en}')};"
        for field in table.fields:
            head = _literal(f"{field.head.zh} / {field.head.en}")
            yield f'COMMENT ON COLUMN analysis.{table.name}."{field.name}" IS {head};'


def generate() -> None:
    """Write the script."""
    GRANTS.write_text(grants(), "utf-8")


if __name__ == "__main__":
    generate()
