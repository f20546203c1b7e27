"""The tag of an answer (`ETag`), and what a command says with it (`If-Match`, RFC 9110 §13.1.1).

A tag names the bytes, the address and the position that was read at: so a command can be held against
what was recorded since about the thing of that address, and not against every entry of the ledger.
"""

import hashlib
import re

from api.questions.problems import Problem, invalid
from ledger.deciding.expected import Expected, Read, digest

_VERSION = re.compile(r'"([0-9]{1,10})"')
_READ = re.compile(r'"[0-9a-f]{32}\.([0-9a-f]{12})\.([0-9]{1,15})"')
_TAG = re.compile(r'(?:W/)?"[!#-~]*"')


def tag_of(body: bytes, media: str, address: str, position: int, rules: str | None) -> str:
    """Return the strong tag of an answer, made under `rules`: of some forms the bytes do not name them."""
    content = hashlib.sha256(f"{media}\n{rules or ''}\n".encode() + body).hexdigest()[:32]
    return f'"{content}.{digest(address)}.{position}"'


def if_match(sent: str) -> Expected:
    """Return what the header says: `*`, versions of the stream, tags of answers, in any number.

    A tag of something else, and a weak one, is taken and matches nothing.

    Raises:
        Problem: 422, it is none of these; 412, none of them can match anything.
    """
    if sent.strip() == "*":
        return Expected(there=True)
    versions: list[int] = []
    read: list[Read] = []
    for part in (each.strip() for each in sent.split(",")):
        if match := _VERSION.fullmatch(part):
            versions.append(int(match[1]))
        elif match := _READ.fullmatch(part):
            read.append(Read(int(match[2]), match[1]))
        elif not _TAG.fullmatch(part):
            raise invalid(
                "If-Match",
                '应为读取时得到的 ETag、流的版本（如 "3"）或 *',
                'the ETag of what was read is expected, the version of the stream, like "3", or *',
            )
    if not versions and not read:
        raise Problem(
            "version-conflict",
            "If-Match 不是所要更改的事物的标记；请重新读取，使用其答复中的 ETag",
            "If-Match is no tag of what would be changed; read it, and send the ETag of the answer",
        )
    return Expected(tuple(versions), tuple(read))
