"""Certificates as they were issued: further events of stream `assessment/{id}` (七(二)).

A holder stands in an event as a random subject id and a masked name. What the reporter
sends (name and document number) goes to the vault before the decision; see domain.md §9.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, TypeVar, get_args

from domain.assessment import ASSESSMENT
from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.guards import existing, must_be_uscc, must_say_why, not_before, not_in_the_future
from domain.terms.reference import Occupation, Reference
from domain.terms.vocabulary import CandidateCategory, ContentPart, GroundKind, Level, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The holder without personal data: random subject id, masked name, kind of document.

    `category` None: not reported, as in an upload, whose sheet has no such column.
    """

    subject_id: str
    masked_name: str
    id_type: str
    category: CandidateCategory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a direct certification rests on, with its paper (二(三)4)."""

    kind: GroundKind
    text: str | None = None
    document_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Points per part, and the parts that 二(二)2 adds; `content` None: not reported."""

    theory: Decimal | None = None
    practice: Decimal | None = None
    review: Decimal | None = None
    performance: Decimal | None = None
    """工作业绩 (二(二))."""
    ethics: Decimal | None = None
    """职业道德 (二(二))."""
    content: tuple[ContentPart, ...] | None = None
    ground: Ground | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued:
    """A certificate was issued to a candidate of a session."""

    certificate_no: str
    assessment_id: str
    issuer_uscc: str
    occupation: Occupation
    level: Level
    holder: Holder
    results: Results
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReissued:
    """A certificate was replaced by one with a new number."""

    certificate_no: str
    new_certificate_no: str
    reason: str
    position: int | None = None
    """The entry of the certificate that is meant, where several bear the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked:
    """A certificate was revoked."""

    certificate_no: str
    reason: str
    position: int | None = None
    """The entry of the certificate that is meant, where several bear the number."""


Event: TypeAlias = CertificateIssued | CertificateReissued | CertificateRevoked
_OWN = frozenset(get_args(Event))


@dataclass(frozen=True, slots=True)
class End:
    """How a certificate ended under its number; as long as there is none, it holds."""

    day: date
    position: int
    """The entry that ended it."""
    by_enterprise: bool
    """Whether its enterprise ended it: that frees it from nothing that was found about it (§1)."""
    replaced_by: str | None
    """The number that it got instead; None: it was revoked."""

    @property
    def by_authority(self) -> bool:
        """Whether an authority ended it: that frees it of what was found about it."""
        return not self.by_enterprise

    @property
    def state(self) -> str:
        """`reissued` or `revoked`."""
        return "revoked" if self.replaced_by is None else "reissued"

    @property
    def revokes_by_authority(self) -> bool:
        """Whether an authority ended it and put nothing in its place."""
        return self.by_authority and self.replaced_by is None


def end_by(entry: Recorded[Any]) -> End:
    """Return the end that a reissue or a revocation makes."""
    event: CertificateReissued | CertificateRevoked = entry.event
    return End(
        day=entry.valid_from,
        position=entry.position,
        by_enterprise=entry.actor.role is Role.ENTERPRISE_REPORTER,
        replaced_by=event.new_certificate_no if isinstance(event, CertificateReissued) else None,
    )


def may_end(end: End | None, role: Role, day: date) -> bool:
    """Return whether a certificate can be ended on `day` by somebody in a role.

    Once, and by an authority before a later day that its enterprise named for its own end of it.
    """
    if end is None:
        return True
    return end.by_enterprise and role is not Role.ENTERPRISE_REPORTER and day < end.day


class Endable(Protocol):
    """What tells whether a reissue or a revocation ends a certificate."""

    @property
    def position(self) -> int:
        """The entry that made it."""
        ...

    @property
    def number(self) -> str:
        """The number it stands under."""
        ...

    @property
    def uscc(self) -> str | None:
        """The enterprise that assessed."""
        ...

    @property
    def holder(self) -> str:
        """Pseudonym of its holder."""
        ...

    @property
    def given_on(self) -> date:
        """The day on which it was given its number."""
        ...

    @property
    def end(self) -> End | None:
        """How it ended."""
        ...

    @property
    def overtaken(self) -> tuple[End, ...]:
        """Later ends that its enterprise named, before which an authority ended it."""
        ...


C = TypeVar("C", bound=Endable)


def those_ended(certificates: Iterable[C], entry: Recorded[Any]) -> list[C]:
    """Return what a reissue or a revocation ends of certificates, in order of entry.

    It is what the holder of the one that the entry names was given under the number by its day (what
    is recorded behind the entry: `end_before`). An entry of before certificates were named takes the
    number away from all holders whom one enterprise gave it, and a reissue gives the one recorded last
    a number of their own. What the enterprise means to end later, an authority ends before.
    """
    event: CertificateReissued | CertificateRevoked = entry.event
    holding = [
        certificate
        for certificate in certificates
        if folded(certificate.number) == folded(event.certificate_no)
        and certificate.uscc == entry.subject
        and certificate.position < entry.position
        and may_end(certificate.end, entry.actor.role, entry.valid_from)
    ]
    if event.position is not None:
        meant = {each.holder for each in holding if each.position == event.position}
    elif isinstance(event, CertificateRevoked):
        meant = {each.holder for each in holding}
    else:
        meant = {each.holder for each in holding[-1:]}
    theirs = [certificate for certificate in holding if certificate.holder in meant]
    by_then = {each.holder for each in theirs if each.given_on <= entry.valid_from}
    return [
        certificate
        for certificate in theirs
        # A correction may put an end before the day of all that it could end.
        if certificate.given_on <= entry.valid_from or certificate.holder not in by_then
    ]


def end_before(certificates: Iterable[Endable], late: Endable) -> End | None:
    """Return the end with which a certificate ended that is recorded only behind that end.

    What one holder has under one number in one enterprise is one paper: reported again for a day up
    to its end, it ended with it, whichever entry came first. Else whose certificate was revoked
    would report it once more, and it would hold again (§1).
    """
    number = folded(late.number)
    ends = [
        end
        for certificate in certificates
        if certificate.end is not None
        and certificate.position < late.position
        and certificate.holder == late.holder
        and certificate.uscc == late.uscc
        and folded(certificate.number) == number
        for end in (certificate.end, *certificate.overtaken)
        if late.given_on <= end.day
    ]
    return min(ends, key=lambda end: (end.day, end.position), default=None)


@dataclass(frozen=True, slots=True)
class Issue:
    """One certificate recorded under a number, and whether it still holds under it.

    `event` None: it was made by a reissue, of the certificate under the number `replaces`.
    """

    position: int
    uscc: str
    number: str
    holder: str
    day: date
    event: CertificateIssued | None
    replaces: str = ""
    end: End | None = None
    overtaken: tuple[End, ...] = ()

    @property
    def given_on(self) -> date:
        """The day on which it was given its number."""
        return self.day

    @property
    def replaced_by(self) -> str | None:
        """The number that it got instead, where it was replaced."""
        return self.end.replaced_by if self.end is not None else None


State: TypeAlias = tuple[Issue, ...]
"""All certificates recorded under one number (more than one is C2, not a refusal), and what
replaced them."""
initial: State = ()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse an issuer that cannot be, an end without a reason, a replacement by itself."""
    match event:
        case CertificateIssued():
            must_be_uscc(event.issuer_uscc, "issuer_uscc")
        case CertificateReissued():
            must_say_why(event.reason)
            if folded(event.new_certificate_no) == folded(event.certificate_no):
                raise Refused(
                    "same-number",
                    "新旧证书编号相同",
                    "old and new number are the same",
                    "new_certificate_no",
                )
        case CertificateRevoked():
            must_say_why(event.reason)


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the certificates under one number after `entry`."""
    if type(entry.event) not in _OWN:
        return state  # an old review of C2 carries the number's tag and ends nothing
    event: Event = entry.event
    uscc = entry.subject or ""
    match event:
        case CertificateIssued():
            number, holder = event.certificate_no, event.holder.subject_id
            issue = Issue(entry.position, uscc, number, holder, entry.valid_from, event)
            return (*state, replace(issue, end=end_before(state, issue)))
        case CertificateRevoked():
            return _with_ends(state, entry)
        case CertificateReissued():
            number, holder = event.new_certificate_no, _holder_in(entry.tags)
            day, replaced = entry.valid_from, event.certificate_no
            issue = Issue(entry.position, uscc, number, holder, day, None, replaced)
            return (*_with_ends(state, entry), issue)


def _with_ends(state: State, entry: Recorded[Any]) -> State:
    ended, end = those_ended(state, entry), end_by(entry)
    return tuple(_ended(issue, end) if issue in ended else issue for issue in state)


def _ended(issue: Issue, end: End) -> Issue:
    overtaken = issue.overtaken if issue.end is None else (*issue.overtaken, issue.end)
    return replace(issue, end=end, overtaken=overtaken)


def _holder_in(tags: Iterable[str]) -> str:
    """Return whose certificate it is: the number that is replaced may not be among these facts."""
    return next((tag.removeprefix(_HOLDER) for tag in tags if tag.startswith(_HOLDER)), "")


_HOLDER = "holder:"


CERTIFICATE: FactKind[State] = FactKind("certificate", initial, evolve)
FACTS = MappingProxyType({"certificate": CERTIFICATE})


def spellings(number: str) -> Iterable[str]:
    """Return a number as it is compared, and as it was given where that is another text.

    Entries carry the tags of both. Those of earlier releases carry the given one alone, so both
    are looked under.
    """
    plain = folded(number)
    return (plain,) if plain == number else (plain, number)


def number_keys(number: str) -> Iterable[FactKey[State]]:
    """Return the facts to read for what is recorded under a number, however it is written."""
    return map(CERTIFICATE.key, spellings(number))


def recorded_under(facts: Facts, number: str) -> State:
    """Return all certificates recorded under a number, however it is written, in order of entry."""
    plain, *given = (facts[key] for key in number_keys(number))
    if not given:
        return plain
    by_position = {issue.position: issue for issues in (plain, *given) for issue in issues}
    return tuple(by_position[position] for position in sorted(by_position))


def _number_tags(numbers: Iterable[str]) -> tuple[str, ...]:
    tags = (f"certificate:{text}" for number in numbers for text in spellings(number))
    return tuple(dict.fromkeys(tags))


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """What is recorded under the number, and the session of a new certificate."""
    body = command.body
    if isinstance(body, CertificateIssued):
        return *number_keys(body.certificate_no), ASSESSMENT.key(body.assessment_id)
    return number_keys(body.certificate_no)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the certificate's fact; refuse malformed, duplicate, future or unfounded ones."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    if isinstance(body, CertificateIssued):
        return _issue(facts, command, body)
    not_in_the_future(command)
    number = folded(body.certificate_no)
    known = recorded_under(facts, body.certificate_no)
    issues = [issue for issue in known if folded(issue.number) == number]
    own = [issue for issue in issues if issue.uscc == command.actor.organisation] or issues
    meant = _meant(facts, command, body, own)
    if not _holds(meant, command):
        _require_endable(meant, body)
    _require_issued(facts, meant, command.valid_from)
    numbers = [body.certificate_no]
    if isinstance(body, CertificateReissued):
        numbers.append(body.new_certificate_no)
    if len({issue.holder for issue in issues if issue.uscc == meant.uscc}) > 1:
        # Which one was meant is said for ever, also where it was the only one left.
        command = replace(command, body=replace(body, position=meant.position))
    tags = (*_number_tags(numbers), f"{_HOLDER}{meant.holder}")
    return [_new(facts, command, _original(facts, meant), meant.uscc, *tags)]


def _meant(
    facts: Facts,
    command: Command[Event],
    body: CertificateReissued | CertificateRevoked,
    issues: Sequence[Issue],
) -> Issue:
    """Return the certificate that is meant; refuse to choose among those of several that hold.

    What one holder has twice under one number, in one enterprise, is one paper reported twice.
    """
    if body.position is not None:
        named = (issue for issue in issues if issue.position == body.position)
        return existing(
            next(named, None),
            "unknown-certificate",
            f"位置 {body.position} 的记录不是编号 {body.certificate_no} 的证书",
            f"the entry at position {body.position} is no certificate {body.certificate_no}",
            "position",
        )
    replaced = _replaced_so(issues, body)
    holding = [issue for issue in issues if _holds(issue, command)]
    if replaced is None and len({(issue.uscc, issue.holder) for issue in holding}) > 1:
        raise _ambiguous(facts, body.certificate_no, holding)
    return existing(
        replaced or _last(holding or issues),
        "unknown-certificate",
        f"证书 {body.certificate_no} 未登记",
        f"certificate {body.certificate_no} is not recorded",
        "certificate_no",
    )


_MOST_NAMED = 20


def _ambiguous(facts: Facts, number: str, holding: Sequence[Issue]) -> Refused:
    """Return the refusal that names the certificates of which one must be chosen."""
    choices = [
        (issue.position, issue.uscc, _original(facts, issue).assessment_id)
        for issue in holding[:_MOST_NAMED]
    ]
    zh = "、".join(f"位置 {at}（企业 {uscc}，认定活动 {session}）" for at, uscc, session in choices)
    en = ", ".join(
        f"position {at} (enterprise {uscc}, session {session})" for at, uscc, session in choices
    )
    return Refused(
        "ambiguous-certificate",
        f"编号 {number} 用于 {len(holding)} 本证书，请写明所指一本的入账位置：{zh}",
        f"{len(holding)} certificates bear the number {number}; say by position which one is meant: {en}",
        "position",
    )


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction after which a certificate ends before it was issued."""
    event: Event = right.event
    if not isinstance(event, CertificateIssued):
        known = recorded_under(facts, event.certificate_no)
        ended = [issue for issue in known if issue.uscc == right.subject]
        if event.position not in {None, *(issue.position for issue in ended)}:
            raise Refused(
                "unknown-certificate",
                f"位置 {event.position} 的记录不是编号 {event.certificate_no} 的证书",
                f"the entry at position {event.position} is no certificate {event.certificate_no}",
                "position",
            )
        issue = next((i for i in ended if _is_end_of(right.position, i)), None)
        if issue is not None:
            _require_issued(facts, issue, right.valid_from)


def _require_issued(facts: Facts, issue: Issue, day: date) -> None:
    """Refuse to end a certificate before it was issued or, where a reissue made it, before that."""
    not_before(day, _original(facts, issue).issued_on, "早于发证之日", "before it was issued")
    not_before(day, issue.day, "早于换发之日", "before it was reissued")


def _holds(issue: Issue, command: Command[Event]) -> bool:
    """Whether the command may end it.

    Another number for what was to get one later would leave two: that is set right by a correction.
    """
    replaced_twice = issue.replaced_by is not None and isinstance(command.body, CertificateReissued)
    return may_end(issue.end, command.actor.role, command.valid_from) and not replaced_twice


def _last(issues: Sequence[Issue]) -> Issue | None:
    return issues[-1] if issues else None


def _replaced_so(
    issues: Sequence[Issue], body: CertificateReissued | CertificateRevoked
) -> Issue | None:
    """Return the issue that was replaced by the very number: of several, the next is not meant."""
    if not isinstance(body, CertificateReissued):
        return None
    new = folded(body.new_certificate_no)
    return next((i for i in issues if i.replaced_by and folded(i.replaced_by) == new), None)


def _require_endable(issue: Issue, body: CertificateReissued | CertificateRevoked) -> None:
    """Refuse to end what has ended."""
    end = issue.end
    if end is None:
        return
    if end.replaced_by is not None:
        raise Refused(
            "certificate-ended",
            f"证书 {body.certificate_no} 已于 {end.day} 换发为 {end.replaced_by}",
            f"certificate {body.certificate_no} was replaced by {end.replaced_by} on {end.day}",
            "certificate_no",
        )
    raise Refused(
        "certificate-ended",
        f"证书 {body.certificate_no} 已于 {end.day} 撤销",
        f"certificate {body.certificate_no} was revoked on {end.day}",
        "certificate_no",
    )


def _original(facts: Facts, issue: Issue) -> CertificateIssued:
    """Return what was issued first, through every number that replaced it."""
    while issue.event is None:
        before = recorded_under(facts, issue.replaces)
        replaced = [b for b in before if _is_end_of(issue.position, b)]
        # An authority may have ended it before the day of the reissue: then it is known by its holder.
        same = [b for b in before if b.position < issue.position and b.holder == issue.holder]
        issue = (replaced or same)[-1]
    return issue.event


def _is_end_of(position: int, issue: Issue) -> bool:
    return issue.end is not None and issue.end.position == position


def _new(
    facts: Facts, command: Command[Event], issued: CertificateIssued, uscc: str, *tags: str
) -> New:
    event = command.body
    day = event.issued_on if isinstance(event, CertificateIssued) else command.valid_from
    enterprise = facts[ENTERPRISE.key(uscc)]
    return New(
        f"assessment/{issued.assessment_id}",
        event,
        uscc,
        enterprise.district_on(day) if enterprise else None,
        tags,
        day,
    )


def _issue(facts: Facts, command: Command[Event], body: CertificateIssued) -> Sequence[New]:
    not_in_the_future(command, body.issued_on, "issued_on")
    known = facts[ASSESSMENT.key(body.assessment_id)]
    session = existing(
        known,
        "unknown-assessment",
        f"认定活动 {body.assessment_id} 未登记",
        f"session {body.assessment_id} is not recorded",
        "assessment_id",
    )
    if any(issue.event == body for issue in recorded_under(facts, body.certificate_no)):
        raise Refused(
            "duplicate",
            f"证书 {body.certificate_no} 已有完全相同的记录",
            f"certificate {body.certificate_no} is recorded already, exactly so",
            "certificate_no",
        )
    tags = (*_number_tags((body.certificate_no,)), f"{_HOLDER}{body.holder.subject_id}")
    return [_new(facts, command, body, session.uscc, *tags)]
