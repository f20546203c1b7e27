"""`dudao token`: a proof for programs and trials; and the options that describe who acts."""

import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import Failure
from domain.terms.vocabulary import Role

if TYPE_CHECKING:
    from domain.terms.envelope import Actor

_TTL = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

RoleOption = Annotated[Role, typer.Option(help="角色 / role")]
DistrictOption = Annotated[
    str | None, typer.Option(help="区代码，如 110108 或 BDA / code of the district authority")
]
UsccOption = Annotated[
    str | None, typer.Option(help="统一社会信用代码 / unified social credit code")
]
OrganisationOption = Annotated[
    str | None, typer.Option(help="机构，如专家的单位 / organisation, e.g. an expert's affiliation")
]


def span(text: str) -> timedelta:
    """Return a span like `1d`, `12h`, `30m`."""
    match = _TTL.fullmatch(text)
    if match is None:
        raise Failure("--ttl 应写作 1d、12h 或 30m", "--ttl is written like 1d, 12h, 30m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def actor(
    role: Role,
    account: str | None,
    organisation: str | None,
    district: str | None,
    uscc: str | None,
) -> "Actor":
    """Return who the options describe."""
    from api.access.accounts import organisation_of  # noqa: PLC0415 - start-up time
    from domain.terms.envelope import Actor  # noqa: PLC0415
    from ledger.reference import authorities  # noqa: PLC0415

    seat = organisation_of(role, organisation, district, uscc, frozenset(authorities()))
    return Actor(account=account or f"{role.value}@{seat}", role=role, organisation=seat)


def token(  # noqa: PLR0913 - one argument an option
    *,
    role: RoleOption,
    district: DistrictOption = None,
    uscc: UsccOption = None,
    organisation: OrganisationOption = None,
    account: Annotated[
        str | None, typer.Option(help="账户名；已登记的账户以登记为准 / account name")
    ] = None,
    ttl: Annotated[str, typer.Option(help="有效期，如 1d、12h / time to live")] = "1d",
) -> None:
    """打印访问令牌 / Print a bearer token."""
    from api.access.access_log import command_line  # noqa: PLC0415
    from api.access.token_table import add  # noqa: PLC0415
    from api.access.tokens import LONGEST, issue, load_key, read  # noqa: PLC0415
    from api.installation.opening import connected  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415
    from domain.terms.envelope import Actor  # noqa: PLC0415
    from ledger.log.clock import now  # noqa: PLC0415
    from ledger.server import embedded  # noqa: PLC0415
    from ledger.unready import NoLedger  # noqa: PLC0415

    lasting = span(ttl)
    if lasting > LONGEST:
        raise Failure(f"有效期最长 {LONGEST.days} 天", f"at most {LONGEST.days} days")
    settings = Settings()
    if settings.url is None and not embedded.exists(settings.folder):
        raise NoLedger(str(settings.folder))
    who = actor(role, account, organisation, district, uscc)
    if account is not None:
        _must_agree(who)
    key, at = load_key(settings.folder), now()
    signed = issue(key, who, at, lasting)
    maker = Actor(account="dudao token", role=Role.SYSTEM_ADMIN, organisation="command-line")
    with connected() as connection:
        add(connection, read(key, signed, at), maker, command_line(at))
    sys.stdout.write(signed + "\n")


def _must_agree(who: "Actor") -> None:
    """Refuse a token for a stored account that is disabled or has another role."""
    from api.access.accounts import find  # noqa: PLC0415
    from api.installation.opening import connected  # noqa: PLC0415

    with connected() as connection:
        stored = find(connection, who.account)
    if stored is None:
        return
    if stored.disabled_at is not None:
        raise Failure(f"账户 {who.account} 已停用", f"account {who.account} is disabled")
    if (stored.role, stored.organisation) != (who.role.value, who.organisation):
        raise Failure(
            f"账户 {who.account} 登记为 {stored.role}（{stored.organisation}）",
            f"account {who.account} is stored as {stored.role} of {stored.organisation}",
        )
