"""Who may do what and see which rows: one function, `decide`, that denies by default.

Reading: a role sees a kind of record or not, and of those it sees all rows or only its own
district's, enterprise's or applications'. The restriction becomes a condition of the query, so
that neither pages nor counts tell what else there is. Recording: the role must be one that may
record the event at all; whether the enterprise and the district are its own depends on the facts
and is judged in `domain.permissions` when the command is decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from api.questions.problems import Problem
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from projections.items.shape import Audience

R = Role


class Action(StrEnum):
    """What is asked for."""

    READ = "read"
    RECORD = "record"
    IMPORT = "import"
    ADMINISTER = "administer"
    UPLOAD = "upload"


class Withheld(NamedTuple):
    """What is not for the enterprise that it is about, yet (`api.questions.withheld`)."""

    positions: frozenset[int] = frozenset()
    """Entries."""
    streams: frozenset[str] = frozenset()
    """Their streams: visits to come (`inspection/…`), applications that are being scored."""

    @property
    def visits(self) -> list[str]:
        """Keys of the visits among the cases."""
        named = (each.partition("/") for each in self.streams)
        return sorted(f"inspections/{name}" for kind, _, name in named if kind == "inspection")


NOTHING_WITHHELD = Withheld()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows are visible: those that agree with every field that is set."""

    district: str | None = None
    uscc: str | None = None
    expert: str | None = None
    none: bool = False
    """Nothing at all."""
    withheld: Withheld = NOTHING_WITHHELD
    """What is left out of these, as known at the position that is asked for."""

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return self == ALL

    @property
    def limits(self) -> dict[str, str] | None:
        """What the rows are limited to, as it is shown; None if nothing is hidden."""
        if self.none:
            return {"standing": "published"}
        named = {"district": self.district, "uscc": self.uscc, "expert": self.expert}
        return {k: v for k, v in named.items() if v is not None} or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave to do what was asked for, within `rows`.

    `persons`: names of people may be shown. `public`: anyone would be answered the same.
    """

    rows: Rows
    persons: bool = True
    public: bool = False

    @property
    def audience(self) -> Audience:
        """Whom the fields of an item are shown to."""
        if self.public:
            return Audience.ANYONE
        return Audience.OFFICES if self.persons else Audience.READERS


ALL = Rows()
NOTHING = Rows(none=True)
ANYONE = Actor(account="anonymous", role=Role.PUBLIC, organisation="public")
"""Who comes without a token."""

PUBLIC = frozenset({"roster", "certificate", "certificate-lookup"})
"""Published facts: readable by anyone, with or without a token."""
BUSINESS = frozenset(
    {
        "enterprises",
        "flags",
        "assessments",
        "applications",
        "inspections",
        "findings",
        "plans",
        "registers",
        "complaints",
        "certificates",
        "diff",
        "stats",
        "events",
        "draws",
        "catalogues",
        "requests",
        "saved-questions",
    }
)
INTEGRITY = frozenset({"integrity"})
"""Whether the ledger is whole: digests and counts, which tell nothing of the business."""
WHOLE = frozenset({"tables", "what-if"})
"""All rows of everything in one file, and suppositions about everybody: for who sees everything, since
neither is narrowed."""
READS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        R.QUALITY_SUPERVISOR: BUSINESS | WHOLE | INTEGRITY | {"evidence", "materials", "metrics"},
        R.CENTRE_OFFICER: BUSINESS | WHOLE | INTEGRITY | {"evidence", "materials"},
        R.BUREAU_PUBLISHER: BUSINESS | WHOLE | INTEGRITY | {"evidence", "materials"},
        R.ANALYST: BUSINESS | WHOLE | INTEGRITY,
        R.DISTRICT_INSPECTOR: BUSINESS | INTEGRITY | {"evidence", "materials"},
        R.ENTERPRISE_REPORTER: (BUSINESS | INTEGRITY | {"evidence", "materials"})
        - {"draws", "complaints"},
        R.EXPERT: frozenset({"applications", "evidence", "materials"}),
        R.SECURITY_ADMIN: frozenset({"accounts"}),
        R.AUDIT_ADMIN: INTEGRITY | {"metrics", "access-log"},
        R.SYSTEM_ADMIN: INTEGRITY | {"metrics", "system"},
    }
)
"""Role → kinds of records that it reads beside the published ones. Absent: none."""
ADMINISTERS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {R.SECURITY_ADMIN: frozenset({"accounts"})}
)
"""Role → what it changes beside the ledger. Absent: nothing."""
UPLOADERS = frozenset(
    {R.QUALITY_SUPERVISOR, R.CENTRE_OFFICER, R.DISTRICT_INSPECTOR, R.ENTERPRISE_REPORTER}
)
"""Roles that may store evidence: of what they saw, or of what they put right."""
RECORDERS = frozenset(role for roles in MAY.values() for role in roles)
"""Roles that may record something, and so may import."""


def decide(actor: Actor, action: Action, resource: str) -> Grant:
    """Return what `actor` may see of `resource`, or leave to record it.

    `resource` is a kind of record for reading, an event name for recording.

    Raises:
        Problem: 401 for a caller without a token whom one might help, else 403.
    """
    if action is Action.READ and resource in PUBLIC:
        return _published(actor, resource)
    if action is Action.READ and resource in READS.get(actor.role, ()):
        return Grant(rows=_rows(actor), persons=actor.role is not R.ANALYST)
    if action is Action.RECORD and actor.role in MAY.get(resource, ()):
        return Grant(rows=_rows(actor))
    if action is Action.ADMINISTER and resource in ADMINISTERS.get(actor.role, ()):
        return Grant(rows=NOTHING)
    if action is Action.IMPORT and actor.role in RECORDERS:
        return Grant(rows=_rows(actor))
    if action is Action.UPLOAD and actor.role in UPLOADERS:
        return Grant(rows=_rows(actor))
    raise _denied(actor, action, resource)


def _published(actor: Actor, resource: str) -> Grant:
    """Published facts are for everybody; `rows` says whose unpublished ones come with them."""
    reads = READS.get(actor.role, frozenset())
    if resource != "roster" or "enterprises" not in reads:
        return Grant(rows=NOTHING, persons=False, public=True)
    return Grant(rows=_rows(actor), persons=False)


def _rows(actor: Actor) -> Rows:
    match actor.role:
        case R.QUALITY_SUPERVISOR | R.CENTRE_OFFICER | R.BUREAU_PUBLISHER | R.ANALYST:
            return ALL
        case R.DISTRICT_INSPECTOR:
            return Rows(district=actor.organisation)
        case R.ENTERPRISE_REPORTER:
            return Rows(uscc=actor.organisation)
        case R.EXPERT:
            return Rows(expert=actor.account)
        case R.PUBLIC | R.SECURITY_ADMIN | R.AUDIT_ADMIN | R.SYSTEM_ADMIN:
            return NOTHING


_VERBS: Mapping[Action, str] = MappingProxyType(
    {
        Action.READ: "查看",
        Action.RECORD: "办理",
        Action.IMPORT: "导入",
        Action.UPLOAD: "上传",
        Action.ADMINISTER: "管理",
    }
)


def _denied(actor: Actor, action: Action, resource: str) -> Problem:
    if actor == ANYONE:
        return unauthenticated(
            "请先登录，或在 Authorization 中给出令牌", "a bearer token is needed"
        )
    return Problem(
        "forbidden",
        f"您的角色不能{_VERBS[action]}此项内容。",
        f"Your role may not {action.value} this ({resource}).",
        rule="role-not-allowed",
    )


def unauthenticated(zh: str, en: str, rule: str | None = None) -> Problem:
    """Return the problem of a missing or useless token, or of a sign-in that is not complete."""
    headers = {"WWW-Authenticate": 'Bearer realm="dudao"'}
    return Problem("unauthenticated", zh, en, rule=rule, headers=headers)
