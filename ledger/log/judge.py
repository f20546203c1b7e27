"""Whether a batch still holds, given what the ledger says under the append lock. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.log.entry import Draft, Malformed, check
from ledger.log.log import Abandoned, Append, Appended, Conflict, KeyReused, Replayed, Result, Use


class Questions(NamedTuple):
    """What must be known about the ledger to judge a batch."""

    streams: list[str]
    keys: list[str]
    tags: list[str]
    known: int


class KnownFacts(NamedTuple):
    """The answers. `newest`: last position of each asked tag that is above `Questions.known`."""

    head: int
    versions: Mapping[str, int]
    uses: Mapping[str, Use]
    newest: Mapping[str, int]


class Judgement(NamedTuple):
    """One result for each item, and what is to be written: `versions` and `parts` go with `drafts`.

    Three lists, not one of triples: a batch holds thousands.
    """

    results: list[Result]
    drafts: list[Draft]
    versions: list[int]
    parts: list[int]


def validate(item: Append) -> None:
    """Raise `Malformed` unless every draft can become an entry of one command."""
    for draft in item.drafts:
        check(draft)
    for draft in item.drafts[1:]:
        if draft[7:9] != item.drafts[0][7:9]:
            raise Malformed("idempotency_key: one command has one key and one digest")


def questions(batch: Sequence[Append]) -> Questions:
    """Return what to ask the ledger."""
    streams = {draft.stream: None for item in batch for draft in item.drafts if draft.stream}
    keys: dict[str, None] = {}
    tags: set[str] = set()
    for item in batch:
        if item.expected_version is not None:
            streams[item.expected_version[0]] = None
        if item.drafts and item.drafts[0].idempotency_key is not None:
            keys[item.drafts[0].idempotency_key] = None
        tags |= item.boundary
    known = min((item.known for item in batch if item.boundary), default=0)
    return Questions(list(streams), list(keys), list(tags), known)


def judge(batch: Sequence[Append], facts: KnownFacts, recorded_at: datetime) -> Judgement:
    """Judge the items in order, decided on top of each other: they stand or fall together."""
    head, versions, uses = facts.head, dict(facts.versions), dict(facts.uses)
    judgement = Judgement([], [], [], [])
    for item in batch:
        refusal = _refusal(item, versions, uses, facts.newest)
        if refusal is not None:
            judgement.results.append(refusal)
            continue
        for draft in item.drafts:
            version = versions[draft.stream] + 1 if draft.stream else 0
            versions[draft.stream] = version
            judgement.versions.append(version)
        count = len(item.drafts)
        judgement.drafts.extend(item.drafts)
        judgement.parts.extend(range(count))
        judgement.results.append(Appended(head + 1, count, recorded_at))
        if count and (key := item.drafts[0].idempotency_key) is not None:
            uses[key] = Use(head + 1, count, item.drafts[0].request_digest or b"")
        head += count
    return _all_or_nothing(judgement)


def _all_or_nothing(judgement: Judgement) -> Judgement:
    results = judgement.results
    if all(isinstance(result, Appended) for result in results):
        return judgement
    withheld: list[Result] = [
        Abandoned() if isinstance(each, Appended) else each for each in results
    ]
    return Judgement(withheld, [], [], [])


def _refusal(
    item: Append, versions: Mapping[str, int], uses: Mapping[str, Use], newest: Mapping[str, int]
) -> Result | None:
    # The key first: a repeated request must get its first answer, whatever has changed since.
    key = item.drafts[0].idempotency_key if item.drafts else None
    if key is not None and (use := uses.get(key)) is not None:
        if use.request_digest != item.drafts[0].request_digest:
            return KeyReused(key)
        return Replayed(use.first, use.count)
    if item.expected_version is not None:
        stream, version = item.expected_version
        if versions[stream] != version:
            return Conflict(stream)
    if newest:
        changed = [tag for tag in item.boundary if newest.get(tag, 0) > item.known]
        if changed:
            return Conflict(min(changed))
    return None
