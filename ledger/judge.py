"""Which items of a batch still hold, given what the ledger says under the append lock. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.entry import Draft, Malformed, check
from ledger.log import Abandoned, Append, Appended, Conflict, KeyReused, Replayed, Result, Use


class Questions(NamedTuple):
    """What must be known about the ledger to judge a batch."""

    streams: list[str]
    keys: list[str]
    tags: list[str]
    known: int


class Facts(NamedTuple):
    """The answers. `newest`: last position of each asked tag that is above `Questions.known`."""

    head: int
    versions: Mapping[str, int]
    uses: Mapping[str, Use]
    newest: Mapping[str, int]


class Numbered(NamedTuple):
    """A draft with its place in its stream and in its command."""

    draft: Draft
    version: int
    part: int


class Judgement(NamedTuple):
    """One result for each item, and what is to be written."""

    results: list[Result]
    accepted: list[Numbered]


def validate(item: Append) -> None:
    """Raise `Malformed` unless every draft can become an entry of one command."""
    for draft in item.drafts:
        check(draft)
    if len({(draft.idempotency_key, draft.request_digest) for draft in item.drafts}) > 1:
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


def judge(
    batch: Sequence[Append], facts: Facts, recorded_at: datetime, *, chained: bool
) -> Judgement:
    """Judge the items in order; those that hold count for the ones after them."""
    head, versions, uses = facts.head, dict(facts.versions), dict(facts.uses)
    newest = dict(facts.newest)
    results: list[Result] = []
    accepted: list[Numbered] = []
    for item in batch:
        refusal = _refusal(item, versions, uses, newest)
        if refusal is not None:
            results.append(refusal)
            continue
        for part, draft in enumerate(item.drafts):
            version = versions[draft.stream] + 1 if draft.stream else 0
            versions[draft.stream] = version
            accepted.append(Numbered(draft, version, part))
            if not chained:
                newest.update(dict.fromkeys(draft.tags, head + part + 1))
        count = len(item.drafts)
        if count and (key := item.drafts[0].idempotency_key) is not None:
            uses[key] = Use(head + 1, count, item.drafts[0].request_digest or b"")
        results.append(Appended(head + 1, count, recorded_at))
        head += count
    if chained and any(not isinstance(result, Appended) for result in results):
        results = [Abandoned() if isinstance(each, Appended) else each for each in results]
        return Judgement(results, [])
    return Judgement(results, accepted)


def _refusal(
    item: Append, versions: Mapping[str, int], uses: Mapping[str, Use], newest: Mapping[str, int]
) -> Result | None:
    # The key first: a repeated request must get its first answer, whatever has changed since.
    first = item.drafts[0] if item.drafts else None
    if first is not None and first.idempotency_key in uses:
        use = uses[first.idempotency_key]
        if use.request_digest != first.request_digest:
            return KeyReused(first.idempotency_key)
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
