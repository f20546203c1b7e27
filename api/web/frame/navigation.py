"""The areas of the workbench, and which of them a reader is shown."""

from collections.abc import Callable
from typing import NamedTuple

from api.questions.policy import READS, RECORDERS
from api.words.language import Words
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role


def _reads(resource: str) -> Callable[[Actor], bool]:
    return lambda actor: resource in READS.get(actor.role, frozenset())


def _is(*roles: Role) -> Callable[[Actor], bool]:
    return lambda actor: actor.role in roles


def _may(*events: str) -> Callable[[Actor], bool]:
    return lambda actor: any(actor.role in MAY[event] for event in events)


def _records(actor: Actor) -> bool:
    return actor.role in RECORDERS


def _anyone(actor: Actor) -> bool:  # noqa: ARG001 - whoever it is
    return True


class Area(NamedTuple):
    """One area: where it begins, what it is called, who is shown it."""

    path: str
    title: Words
    shown_to: Callable[[Actor], bool]


AREAS = (
    Area("/accounts", Words("账户", "Accounts"), _reads("accounts")),
    Area("/access-log", Words("访问记录", "Access log"), _reads("access-log")),
    Area("/system", Words("系统", "System"), _reads("system")),
    Area(
        "/todo",
        Words("待我办理", "To do"),
        _is(
            Role.QUALITY_SUPERVISOR,
            Role.CENTRE_OFFICER,
            Role.BUREAU_PUBLISHER,
            Role.DISTRICT_INSPECTOR,
            Role.ENTERPRISE_REPORTER,
            Role.EXPERT,
            Role.ANALYST,
        ),
    ),
    Area("/overview", Words("总览", "Overview"), _reads("flags")),
    Area("/roster", Words("名单", "Roster"), _anyone),
    Area("/enterprises", Words("本企业", "My enterprise"), _is(Role.ENTERPRISE_REPORTER)),
    Area("/flags", Words("疑点", "Flags"), _reads("flags")),
    Area("/assessments", Words("认定", "Sessions"), _reads("assessments")),
    Area("/applications", Words("申报", "Applications"), _reads("applications")),
    Area("/inspections", Words("督导", "Inspections"), _reads("inspections")),
    Area("/findings", Words("问题", "Findings"), _reads("findings")),
    Area("/complaints", Words("投诉", "Complaints"), _reads("complaints")),
    Area("/registers", Words("考评人员与备案", "Registers"), _reads("registers")),
    Area(
        "/field",
        Words("现场", "On site"),
        _may("SpotCheckRecorded"),
    ),
    Area(
        "/approvals",
        Words("待批准", "Approvals"),
        _may("ActDecided", "CorrectionDecided"),
    ),
    Area("/compare", Words("比较", "Compare"), _reads("diff")),
    Area("/what-if", Words("假如", "What if"), _reads("what-if")),
    Area("/imports", Words("导入", "Import"), _records),
    Area("/catalogues", Words("目录", "Catalogues"), _reads("catalogues")),
    Area("/integrity", Words("核验", "Integrity"), _reads("integrity")),
    Area("/certificates", Words("证书查询", "Certificates"), _anyone),
)


def areas(actor: Actor) -> tuple[Area, ...]:
    """Return the areas that `actor` is shown, in order."""
    return tuple(area for area in AREAS if area.shown_to(actor))


def home(actor: Actor) -> str | None:
    """Return where the work of a signed-in reader begins; None for who has no area of their own."""
    if actor.role is Role.DISTRICT_INSPECTOR:
        return "/field"
    if actor.role is Role.ANALYST:
        # Nothing waits for an analyst but changed answers.
        return "/overview"
    return next((area.path for area in areas(actor) if area.shown_to is not _anyone), None)
