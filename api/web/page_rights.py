"""Which rows of the policy each page goes by: the right is judged before the content, and before what was sent.

What a form asks for decides which act it is, so an address may go by several rows; who has none of them
is told so, whatever was asked or sent. The page decides again, about the act and the rows.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fastapi import Request

from api.http.caller import Caller, signed_in
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.web.casework import application_acts, finding_acts, listings
from api.web.casework.duty_forms import PAPERS

Rows = tuple[tuple[Action, str], ...]
"""One of these is enough."""
ANYBODY: Rows = ()
"""Published, or nothing of the business."""
WHO_IS_SIGNED_IN: Rows = ((Action.READ, "own account"),)
"""No row of the policy: whoever has signed in has an account of their own, a token has none."""


def _read(*resources: str) -> Rows:
    return tuple((Action.READ, each) for each in resources)


def _record(events: Iterable[str]) -> Rows:
    return tuple((Action.RECORD, each) for each in dict.fromkeys(events))


_IMPORT: Rows = ((Action.IMPORT, "imports"),)
_SPOT_CHECK = _record(["SpotCheckRecorded"])
_FLAGS = _record(["FlagReviewed"])
_CATALOGUES = _record(["CatalogueAdopted"])
_LISTINGS = _record(each.event for each in listings.CHANGES.values())
_REGISTERS = _record(each.event for path, each in PAPERS.items() if path.startswith("/registers/"))

PAGES: Mapping[tuple[str, str], Rows] = MappingProxyType(
    {
        ("GET", "/"): ANYBODY,
        ("GET", "/access-log"): _read("access-log"),
        ("GET", "/access-log.csv"): _read("access-log"),
        ("GET", "/account"): WHO_IS_SIGNED_IN,
        ("GET", "/account/password"): WHO_IS_SIGNED_IN,
        ("GET", "/account/second-factor"): WHO_IS_SIGNED_IN,
        ("POST", "/account/keys"): WHO_IS_SIGNED_IN,
        ("POST", "/account/keys/revoke"): WHO_IS_SIGNED_IN,
        ("POST", "/account/password"): WHO_IS_SIGNED_IN,
        ("POST", "/account/second-factor"): WHO_IS_SIGNED_IN,
        ("POST", "/account/second-factor/remove"): WHO_IS_SIGNED_IN,
        ("POST", "/account/sessions/end"): WHO_IS_SIGNED_IN,
        ("POST", "/account/sessions/end-all"): WHO_IS_SIGNED_IN,
        ("GET", "/accounts"): _read("accounts"),
        ("GET", "/accounts/of"): _read("accounts"),
        ("POST", "/accounts"): ((Action.ADMINISTER, "accounts"),),
        ("POST", "/accounts/of"): ((Action.ADMINISTER, "accounts"),),
        ("POST", "/accounts/requests"): ((Action.ADMINISTER, "accounts"),),
        ("GET", "/applications"): _read("applications"),
        ("GET", "/applications/new"): _record(["ApplicationSubmitted"]),
        ("POST", "/applications/new"): _record(["ApplicationSubmitted"]),
        ("GET", "/applications/{application_id}"): _read("applications"),
        ("POST", "/applications/{application_id}/{slug}"): _record(
            each.event for each in application_acts.ACTS.values()
        ),
        ("GET", "/applications/{application_id}/materials/{sha256}"): _read("materials"),
        ("GET", "/approvals"): _read("requests"),
        ("POST", "/approvals/{request_id}"): _record(["ActDecided", "CorrectionDecided"]),
        ("GET", "/assessments"): _read("assessments"),
        ("GET", "/assessments/new"): _record(["AssessmentHeld"]),
        ("POST", "/assessments/new"): _record(["AssessmentHeld"]),
        ("GET", "/assessments/{assessment_id}"): _read("assessments"),
        ("GET", "/catalogues"): _read("catalogues"),
        ("POST", "/catalogues"): _CATALOGUES,
        ("GET", "/catalogues/{sha256}"): _read("catalogues"),
        ("POST", "/catalogues/{sha256}"): _CATALOGUES,
        ("GET", "/certificates"): ANYBODY,
        ("POST", "/certificates"): ANYBODY,
        ("GET", "/certificates/{number:path}"): ANYBODY,
        ("GET", "/compare"): _read("diff"),
        ("GET", "/complaints"): _read("complaints"),
        ("GET", "/complaints/new"): _record(["ComplaintReceived"]),
        ("POST", "/complaints/new"): _record(["ComplaintReceived"]),
        ("GET", "/coverage"): _read("inspections"),
        ("GET", "/delays"): _read("flags"),
        ("GET", "/digest"): _read("saved-questions"),
        ("GET", "/docs"): ANYBODY,
        ("GET", "/docs/shapes"): ANYBODY,
        ("GET", "/draws"): _read("draws"),
        ("GET", "/draws/new"): _record(["InspectionDrawn"]),
        ("POST", "/draws/new"): _record(["InspectionDrawn"]),
        ("GET", "/draws/{draw_id}"): _read("draws"),
        ("POST", "/draws/{draw_id}"): _record(["InspectionDrawn"]),
        ("GET", "/enterprises"): ANYBODY,
        ("GET", "/enterprises/{uscc}"): ANYBODY,
        ("GET", "/enterprises/{uscc}/certificates"): _read("assessments"),
        ("GET", "/enterprises/{uscc}/flags"): _read("flags"),
        ("GET", "/enterprises/{uscc}/history"): _read("enterprises"),
        ("GET", "/enterprises/{uscc}/plans"): _read("plans"),
        ("GET", "/enterprises/{uscc}/sessions"): _read("assessments"),
        ("GET", "/enterprises/{uscc}/supervision"): _read("findings"),
        ("GET", "/entries/{position}"): _read("events"),
        ("GET", "/favicon.ico"): ANYBODY,
        ("GET", "/field"): _SPOT_CHECK,
        ("GET", "/field/devices"): _SPOT_CHECK,
        ("GET", "/field/record"): _SPOT_CHECK,
        ("POST", "/field/record"): _SPOT_CHECK,
        ("GET", "/field/today"): _SPOT_CHECK,
        ("GET", "/findings"): _read("findings"),
        ("GET", "/findings/new"): _record(["FindingRaised"]),
        ("POST", "/findings/new"): _record(["FindingRaised"]),
        ("GET", "/findings/{finding_id}"): _read("findings"),
        ("POST", "/findings/{finding_id}/{slug}"): _record(
            each.event for each in finding_acts.ACTS.values()
        ),
        ("GET", "/flags"): _read("flags"),
        ("POST", "/flags"): _FLAGS,
        ("GET", "/flags/triage"): _FLAGS,
        ("POST", "/flags/triage"): _FLAGS,
        ("POST", "/flags/triage/assignment"): _FLAGS,
        ("GET", "/flags/{key}"): _read("flags"),
        ("POST", "/flags/{key}/answer"): _record(["FlagAnswered"]),
        ("POST", "/flags/{key}/convert"): _FLAGS,
        ("POST", "/flags/{key}/correction"): _record(["CorrectionDecided"]),
        ("POST", "/flags/{key}/review"): _FLAGS,
        ("POST", "/following"): _read("saved-questions"),
        ("GET", "/imports"): _IMPORT,
        ("POST", "/imports"): _IMPORT,
        ("GET", "/imports/{import_id}"): _IMPORT,
        ("POST", "/imports/{import_id}/confirmation"): _IMPORT,
        ("POST", "/imports/{import_id}/discarding"): _IMPORT,
        ("GET", "/inspections"): _read("inspections"),
        ("GET", "/inspections/new"): _record(["InspectionDispatched"]),
        ("POST", "/inspections/new"): _record(["InspectionDispatched"]),
        ("GET", "/inspections/{inspection_id}"): _read("inspections"),
        ("POST", "/inspections/{inspection_id}/session"): _SPOT_CHECK,
        ("GET", "/integrity"): _read("integrity"),
        ("POST", "/integrity"): _read("integrity"),
        ("GET", "/invitations/{secret}"): ANYBODY,
        ("POST", "/invitations/{secret}"): ANYBODY,
        ("GET", "/issued"): _read("certificates"),
        ("GET", "/late"): _read("events"),
        ("GET", "/listings/{uscc}"): _record(["ScopeChanged"]),
        ("POST", "/listings/{uscc}/{slug}"): _LISTINGS,
        ("GET", "/manifest.webmanifest"): ANYBODY,
        ("GET", "/overview"): _read("flags"),
        ("GET", "/plans"): _read("plans"),
        ("GET", "/plans/compared"): _read("plans"),
        ("GET", "/plans/new"): _record(["AnnualPlanFiled"]),
        ("POST", "/plans/new"): _record(["AnnualPlanFiled"]),
        ("GET", "/plans/{uscc}/{year}"): _read("plans"),
        ("GET", "/plans/{uscc}/{year}/revision"): _record(["AnnualPlanRevised"]),
        ("POST", "/plans/{uscc}/{year}/revision"): _record(["AnnualPlanRevised"]),
        ("POST", "/preferences"): ANYBODY,
        ("GET", "/publications/new"): _record(["RosterPublished"]),
        ("POST", "/publications/new"): _record(["RosterPublished"]),
        ("GET", "/registers"): _read("registers"),
        ("GET", "/registers/{kind}/{step}"): _REGISTERS,
        ("POST", "/registers/{kind}/{step}"): _REGISTERS,
        ("GET", "/results/new"): _record(["ResultsPublished"]),
        ("POST", "/results/new"): _record(["ResultsPublished"]),
        ("GET", "/roster"): ANYBODY,
        ("GET", "/saved-questions"): _read("saved-questions"),
        ("POST", "/saved-questions"): _read("saved-questions"),
        ("POST", "/saved-questions/{id_}/removal"): _read("saved-questions"),
        ("POST", "/saved-questions/{id_}/seen"): _read("saved-questions"),
        ("GET", "/search"): ANYBODY,
        ("GET", "/sign-in"): ANYBODY,
        ("POST", "/sign-in"): ANYBODY,
        ("POST", "/sign-in/demo"): ANYBODY,
        ("GET", "/sign-in/provider"): ANYBODY,
        ("GET", "/sign-in/return"): ANYBODY,
        ("POST", "/sign-out"): ANYBODY,
        ("GET", "/static/{digest}/{name:path}"): ANYBODY,
        ("GET", "/statistics"): _read("stats"),
        ("GET", "/suggestions/enterprises"): ANYBODY,
        ("GET", "/suggestions/occupations"): _read("catalogues"),
        ("GET", "/suggestions/places"): ANYBODY,
        ("GET", "/sw.js"): ANYBODY,
        ("GET", "/system"): _read("system"),
        ("GET", "/todo"): _read("applications", "enterprises"),
        ("GET", "/verify"): ANYBODY,
        ("GET", "/what-if"): _read("what-if"),
        ("POST", "/what-if"): _read("what-if"),
        ("GET", "/what-if/{id_}"): _read("what-if"),
        ("POST", "/what-if/{id_}/cancellation"): _read("what-if"),
    }
)
"""Method and address → rows in `api.questions.policy`, of which one is needed."""


async def page_judged_first(request: Request, actor: Caller) -> None:
    """Refuse who has no business at a page, whatever was asked or sent there.

    Raises:
        Problem: 401, 403.
    """
    path = str(getattr(request.scope.get("route"), "path", ""))
    method = "GET" if request.method == "HEAD" else request.method
    rows = PAGES.get((method, path), ANYBODY)
    if rows is WHO_IS_SIGNED_IN:
        await signed_in(request, actor)
        return
    refused: Problem | None = None
    for action, resource in rows:
        try:
            decide(actor, action, resource)
        except Problem as problem:
            refused = problem
        else:
            return
    if refused is not None:
        raise refused
