"""What the fold of an enterprise does with an entry: one record for each kind of stream.

Total: whatever was recorded changes the file or not.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from domain.certificate.certificate import CertificateIssued
from domain.supervision import corrected_file as corrected
from domain.supervision import rejudging, touches
from domain.supervision import subject_file as taken
from domain.supervision.corrected_file import Take
from domain.supervision.subject_file import SubjectFile, add_nothing
from domain.supervision.touches import Touch
from domain.terms.envelope import Recorded

if TYPE_CHECKING:
    from domain.supervision.supervision import Supervision

Judge: TypeAlias = Callable[["Supervision", Recorded[Any], int], Iterable[Touch]]
Show: TypeAlias = Callable[[Recorded[Any]], Iterable[Touch]]


class StreamKind(NamedTuple):
    """What becomes of the entries of one kind of stream."""

    takes: Take
    """How the file follows a new one."""
    rereads: Take
    """How it follows one that was corrected: only what follows from entries of its kind is read again.

    Corrections come by the thousand (a column of an upload was wrong), so none of them may cost as
    much as the whole history of an enterprise.
    """
    bears_on: Judge
    """Which judgements a new one may change."""
    corrected: Judge
    """Which one that was corrected may: a change of its day reaches to both of its days."""
    shows: Show
    """Where it shows, flags aside."""


_NONE = StreamKind(add_nothing, add_nothing, rejudging.nothing, rejudging.nothing, touches.nowhere)

# fmt: off
STREAMS: Mapping[str, StreamKind] = MappingProxyType(
    {
        "enterprise": StreamKind(
            taken.add_enterprise, corrected.reread_enterprise,
            rejudging.whole, rejudging.whole, touches.enterprise,
        ),
        "application": StreamKind(
            taken.add_application, corrected.reread_standing,
            rejudging.application, rejudging.application, touches.application,
        ),
        "standing": StreamKind(
            taken.add_standing, corrected.reread_standing,
            rejudging.from_its_day, rejudging.whole, touches.standing,
        ),
        "plan": StreamKind(
            taken.add_plan, corrected.reread_plans,
            rejudging.plan, rejudging.plan, touches.plan,
        ),
        "assessment": StreamKind(
            taken.add_assessment, corrected.reread_session,
            rejudging.session_reported, rejudging.corrected_session, touches.session,
        ),
        "certificate": StreamKind(
            taken.add_certificate, corrected.reread_ends,
            rejudging.ended_certificate, rejudging.corrected_certificate, touches.certificate,
        ),
        "inspection": StreamKind(
            taken.add_inspection, corrected.reread_inspection,
            rejudging.inspection, rejudging.inspection, touches.inspection,
        ),
        "finding": StreamKind(
            taken.add_finding, corrected.reread_finding,
            rejudging.finding, rejudging.finding, touches.finding,
        ),
        "flag": StreamKind(
            taken.add_flag, corrected.reread_review,
            rejudging.review, rejudging.review, touches.review,
        ),
        "staff": StreamKind(
            taken.add_staff, corrected.reread_staff,
            rejudging.sessions_from_its_day, rejudging.sessions, touches.register,
        ),
        "partnership": StreamKind(
            taken.add_partnership, corrected.reread_partnerships,
            rejudging.sessions_from_its_day, rejudging.sessions, touches.register,
        ),
        "specification": StreamKind(
            taken.add_specification, corrected.reread_specifications,
            rejudging.specification, rejudging.whole, touches.register,
        ),
        "record": _NONE._replace(
            takes=taken.add_request, bears_on=rejudging.request, corrected=rejudging.request,
        ),
        "complaint": _NONE._replace(shows=touches.complaint),
        "catalogue": _NONE,
        "person": _NONE,
        "request": _NONE,
        "roster": _NONE,
    }
)
# fmt: on
"""Kind of stream → what becomes of its entries."""


def kind_of(entry: Recorded[Any]) -> str:
    """Return the kind of stream that an entry is of, the first part of its type: `standing`."""
    return entry.type.partition(".")[0]


def add(file: SubjectFile, entry: Recorded[Any]) -> StreamKind:
    """Add what `entry` says; return what else becomes of it."""
    kind = kind_of(entry)
    file.entries[kind][entry.position] = entry
    stream = STREAMS[kind]
    stream.takes(file, entry)
    return stream


def reread(file: SubjectFile, right: Recorded[Any]) -> StreamKind:
    """Let an entry that was added before stand as it was corrected; return what else becomes of it."""
    kind = kind_of(right)
    stream = STREAMS[kind]
    if type(right.event) is CertificateIssued:
        corrected.reread_certificate(file, right)
    else:
        file.entries[kind][right.position] = right
        stream.rereads(file, right)
    return stream
