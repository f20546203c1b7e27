"""Drafts and appends for tests, with everything that does not matter filled in."""

from datetime import date

from hypothesis import strategies as st

from ledger.log.entry import Draft
from ledger.log.log import Append

DAY = date(2026, 3, 1)
DIGEST = bytes(range(32))


def draft(
    stream: str = "standing/1",
    *tags: str,
    key: str | None = None,
    payload: bytes = b"{}",
    subject: str | None = None,
    digest: bytes = DIGEST,
) -> Draft:
    """Return a draft."""
    return Draft(
        stream=stream,
        type="standing.scope-changed/1",
        valid_from=DAY,
        subject=subject,
        district=None,
        tags=tags,
        payload=payload,
        idempotency_key=key,
        request_digest=None if key is None else digest,
    )


def single(
    stream: str = "standing/1", *tags: str, known: int = 0, key: str | None = None
) -> Append:
    """Return an append of one entry whose decision rests on the entry's own tags."""
    return Append((draft(stream, *tags, key=key),), frozenset(tags), known)


texts = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), max_codepoint=0x2FFFF),
    min_size=1,
    max_size=12,
).map(lambda text: __import__("unicodedata").normalize("NFC", text))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Any draft that the ledger takes."""
    key = draw(st.none() | texts)
    return Draft(
        stream=draw(st.just("") | texts),
        type=draw(texts),
        valid_from=draw(st.dates()),
        subject=draw(st.none() | texts),
        district=draw(st.none() | texts),
        tags=tuple(draw(st.lists(texts, unique=True, max_size=4))),
        payload=draw(st.binary(max_size=60)),
        idempotency_key=key,
        request_digest=None if key is None else draw(st.binary(min_size=1, max_size=32)),
        backfill=draw(st.booleans()),
    )
