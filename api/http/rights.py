"""Which row of the policy each address that is read goes by: the right is judged before the content.

A question that cannot be understood is answered to those alone who may ask it; to others its form
would tell what there is. The endpoint decides again, about the rows. What anybody may read is not here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request

from api.http.caller import Caller
from api.installation import as_if
from api.questions.policy import Action, decide


def _read(resource: str) -> tuple[Action, str]:
    return Action.READ, resource


RIGHTS: Mapping[str, tuple[Action, str]] = MappingProxyType(
    {
        "/metrics": _read("metrics"),
        "/v1/applications": _read("applications"),
        "/v1/applications/{key}": _read("applications"),
        "/v1/assessments": _read("assessments"),
        "/v1/assessments/{key}": _read("assessments"),
        "/v1/backlog": _read("flags"),
        "/v1/catalogues": _read("catalogues"),
        "/v1/catalogues/{sha256}": _read("catalogues"),
        "/v1/catalogues/{sha256}/file": _read("catalogues"),
        "/v1/catalogues/{sha256}/preview": _read("catalogues"),
        "/v1/certificates": _read("certificates"),
        "/v1/complaints": _read("complaints"),
        "/v1/complaints/{key}": _read("complaints"),
        "/v1/coverage": _read("inspections"),
        "/v1/diff": _read("diff"),
        "/v1/delay-distribution": _read("flags"),
        "/v1/delays": _read("flags"),
        "/v1/digest": _read("saved-questions"),
        "/v1/draws": _read("draws"),
        "/v1/draws/{draw_id}": _read("draws"),
        "/v1/enterprises/{uscc}": _read("enterprises"),
        "/v1/enterprises/{uscc}/bundle": _read("events"),
        "/v1/enterprises/{uscc}/certificates": _read("assessments"),
        "/v1/enterprises/{uscc}/history": _read("enterprises"),
        "/v1/enterprises/{uscc}/report.pdf": _read("enterprises"),
        "/v1/enterprises/{uscc}/scope": _read("enterprises"),
        "/v1/enterprises/{uscc}/standing": _read("enterprises"),
        "/v1/enterprises/{uscc}/timeline": _read("enterprises"),
        "/v1/enterprises/{uscc}/units": _read("enterprises"),
        "/v1/events": _read("events"),
        "/v1/events/{position}": _read("events"),
        "/v1/events/{position}/context": _read("events"),
        "/v1/events/{position}/document.pdf": _read("events"),
        "/v1/events/{position}/proof": _read("events"),
        "/v1/evidence/{sha256}": _read("evidence"),
        "/v1/evidence/{sha256}/preview": _read("evidence"),
        "/v1/field/devices": (Action.RECORD, "SpotCheckRecorded"),
        "/v1/field/list": (Action.RECORD, "SpotCheckRecorded"),
        "/v1/findings": _read("findings"),
        "/v1/findings/{key}": _read("findings"),
        "/v1/flags": _read("flags"),
        "/v1/flags/{key}": _read("flags"),
        "/v1/flags/{key}/explanation": _read("flags"),
        "/v1/imports/{import_id}": (Action.IMPORT, "imports"),
        "/v1/imports/{import_id}/errors.xlsx": (Action.IMPORT, "imports"),
        "/v1/imports/{import_id}/marked": (Action.IMPORT, "imports"),
        "/v1/inspections": _read("inspections"),
        "/v1/inspections/{key}": _read("inspections"),
        "/v1/integrity": _read("integrity"),
        "/v1/late": _read("events"),
        "/v1/overview": _read("flags"),
        "/v1/plan-comparisons": _read("plans"),
        "/v1/plans": _read("plans"),
        "/v1/plans/{uscc}/{year}": _read("plans"),
        "/v1/registers": _read("registers"),
        "/v1/registers/{key}": _read("registers"),
        "/v1/requests": _read("requests"),
        "/v1/requests/{request_id}": _read("requests"),
        "/v1/saved-questions": _read("saved-questions"),
        "/v1/stats": _read("stats"),
        "/v1/tables": _read("tables"),
        "/v1/tables/links": _read("tables"),
        "/v1/tables/{name}.parquet": _read("tables"),
        "/v1/templates": (Action.IMPORT, "imports"),
        "/v1/templates/{name}.xlsx": (Action.IMPORT, "imports"),
        "/v1/unvisited": _read("inspections"),
        "/v1/what-if": _read("what-if"),
        "/v1/what-if/{id}": _read("what-if"),
        "/v1/what-if/{id}/diff": _read("what-if"),
        **{f"/v1/what-if/{{id}}/tables/{name}": _read("what-if") for name in as_if.LISTED.values()},
        "/v1/what-if/{id}/tables/{name}.parquet": _read("what-if"),
    }
)
"""Address → action and kind of record in `api.questions.policy`."""
LINKED = frozenset({"/v1/tables/{name}.parquet"})
"""Addresses that a signed link opens too: who it speaks for is found out behind."""


def judged_first(request: Request, actor: Caller) -> None:
    """Refuse who may not read at an address, whatever was asked there.

    Raises:
        Problem: 401, 403.
    """
    path = str(getattr(request.scope.get("route"), "path", ""))
    row = RIGHTS.get(path) if request.method in {"GET", "HEAD"} else None
    if row is not None and not (path in LINKED and "link" in request.query_params):
        decide(actor, *row)
