"""Every answer that is not the one asked for: application/problem+json (RFC 9457).

One table says which problem has which status and title; one table says which refusal of the
domain is which problem. What the caller sent is never repeated, except inside the sentences
of a refusal, whose text went through the strict parser first.
"""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import orjson

from domain.terms.decider import Refused
from ledger.deciding.outcome import Rejected, refused
from ledger.gate.faults import Invalid

OTHER_RULES = "other-rules"
"""An answer is wanted under rules that are no longer those of today."""
MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A problem type: its status and its title."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "malformed-request": Kind(400, "请求无法读取"),
        "idempotency-key-missing": Kind(400, "缺少 Idempotency-Key"),
        "unauthenticated": Kind(401, "未登录或令牌无效"),
        "forbidden": Kind(403, "无权办理"),
        "sign-in-failed": Kind(403, "未能登录"),
        "not-found": Kind(404, "没有找到"),
        "method-not-allowed": Kind(405, "不支持该方法"),
        "not-acceptable": Kind(406, "不能以所要求的格式回答"),
        "refused": Kind(409, "依规则不予办理"),
        "conflict": Kind(409, "相关记录正在变化"),
        OTHER_RULES: Kind(409, "规则或判定程序已不同"),
        "damaged": Kind(410, "保存的内容已不是原件"),
        "version-conflict": Kind(412, "记录已有变化"),
        "too-large": Kind(413, "内容过大"),
        "unsupported-media-type": Kind(415, "不支持的内容格式"),
        "range-not-satisfiable": Kind(416, "所求范围不在文件之内"),
        "invalid": Kind(422, "内容不符合要求"),
        "idempotency-key-reused": Kind(422, "Idempotency-Key 已用于另一请求"),
        "too-many-attempts": Kind(429, "尝试次数过多"),
        "quota-exceeded": Kind(429, "已达限额"),
        "internal": Kind(500, "系统内部错误"),
        "provider-unavailable": Kind(502, "统一身份认证暂不可用"),
        "not-ready": Kind(503, "系统暂不可用"),
        "projections-behind": Kind(503, "视图尚未更新到最新记录"),
    }
)
"""Problem code → status and title. `type` is `urn:dudao:problem:` and the code."""

_FORBIDDEN = frozenset(
    {
        "own-account",
        "authority-decides",
        "expert-not-assigned",
        "not-yours-to-correct",
        "other-authority",
        "not-own-sheet",
        "organisation-mismatch",
        "other-district",
        "role-not-allowed",
    }
)
_INVALID = frozenset(
    {
        "account-invalid",
        "statement-missing",
        "basis-missing",
        "code-wrong",
        "content-not-held",
        "day-in-the-future",
        "days-reversed",
        "due-before-order",
        "entries-missing",
        "entry-twice",
        "fields-missing",
        "identity-field",
        "invalid-day",
        "invalid-uscc",
        "listed-by-publication",
        "material-missing",
        "methods-empty",
        "negative-number",
        "outcome-missing",
        "own-method-missing",
        "period-empty",
        "period-too-long",
        "password-common",
        "password-differs",
        "password-long",
        "password-plain",
        "password-short",
        "password-unchanged",
        "pool-too-large",
        "points-out-of-range",
        "reason-missing",
        "same-number",
        "sample-too-large",
        "scope-empty",
        "seed-mismatch",
        "unit-is-applicant",
        "until-before-start",
    }
)
"""Refusals that the content alone explains, whatever the ledger holds."""


class Fault(NamedTuple):
    """What is wrong with one field."""

    field: str
    reason: str


class Problem(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """The answer is a problem: `zh` and `en` say what happened and what to do."""

    def __init__(  # noqa: PLR0913 - one argument a member of the answer
        self,
        code: str,
        zh: str,
        en: str,
        *,
        errors: Sequence[Fault] = (),
        rule: str | None = None,
        position: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{zh} / {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.errors = tuple(errors)
        self.rule = rule
        self.position = position
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """Status of the answer."""
        return KINDS[self.code].status

    def body(self, instance: str | None = None) -> bytes:
        """Return the answer's body; `instance` names this one occurrence."""
        kind = KINDS[self.code]
        members: dict[str, object] = {
            "type": f"urn:dudao:problem:{self.code}",
            "title": kind.title,
            "status": kind.status,
            "detail": f"{self.zh} / {self.en}",
            "instance": instance or f"urn:uuid:{uuid.uuid4()}",
        }
        if self.errors:
            members["errors"] = [fault._asdict() for fault in self.errors]
        if self.rule is not None:
            members["rule"] = self.rule
        if self.position is not None:
            members["position"] = self.position
        return orjson.dumps(members)


class Unclear(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A value that cannot be understood; `zh` and `en` say how it should look."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


def invalid(field: str, zh: str, en: str) -> Problem:
    """Return the problem of one field or parameter that cannot be understood."""
    return Problem("invalid", zh, en, errors=(Fault(field, f"{zh} / {en}"),))


def not_found(zh: str, en: str) -> Problem:
    """Return the problem of something that is not there, or not there for this caller."""
    return Problem("not-found", zh, en)


def from_refusal(refusal: Refused) -> Problem:
    """Return the problem that answers a refusal of the domain."""
    return from_rejection(refused(refusal))


def from_rejection(rejected: Rejected) -> Problem:
    """Return the problem that answers a command that was not recorded."""
    own = rejected.code if rejected.code in KINDS else None
    if rejected.code in _FORBIDDEN or rejected.field.startswith("actor"):
        code = "forbidden"
    elif rejected.code in _INVALID or rejected.code.startswith("unknown-"):
        code = "invalid"
    else:
        code = own or "refused"
    errors = [Fault(fault.field, fault.reason) for fault in rejected.errors]
    rule = None if own else rejected.code
    return Problem(
        code, rejected.zh, rejected.en, errors=errors, rule=rule, position=rejected.position
    )


def fault() -> Problem:
    """Return the problem of a fault of the program; the log says which."""
    return Problem(
        "internal",
        "系统内部错误，已记入日志；请附上 instance 中的编号联系系统管理员",
        "an internal error, logged; give the id in instance to the administrator",
    )


MALFORMED_BY = frozenset({"malformed"})


def from_invalid(error: Invalid) -> Problem:
    """Return the problem of input that is no command."""
    errors = [Fault(fault.field, fault.reason) for fault in error.faults]
    code = "malformed-request" if error.code in MALFORMED_BY else "invalid"
    return Problem(code, error.zh[:2000], error.en[:2000], errors=errors)
