"""What a filter by occupation takes: the code or the name, of whatever edition the record was reported by.

An empty list must mean that there is nothing: who asks by the code asks for the same as by the name.
"""

from typing import LiteralString

from projections.views.basis import KNOWN

REPORTED: LiteralString = """(occupation = %(occupation)s
        OR (strpos(doc, %(occupation)s) > 0 AND doc::json -> 'occupation' ->> 'code' = %(occupation)s))"""
"""Whether a row of sessions or certificates is of the occupation; few documents are looked into."""

JUDGED: LiteralString = f"""(occupation = %(occupation)s OR record IN (
           SELECT (doc::json ->> 'position')::bigint FROM projections.sessions
            WHERE {KNOWN} AND {REPORTED}
           UNION ALL
           SELECT key::bigint FROM projections.certificates WHERE {KNOWN} AND {REPORTED}))"""
"""Whether a flag stands on a record of the occupation."""
