"""Names of files in answers (RFC 6266, RFC 8187)."""

import re
from urllib.parse import quote

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 120


def disposition(name: str, *, shown: bool = False) -> str:
    """Return `Content-Disposition` for a file called `name`; `shown`: in the browser, not saved.

    Both forms are given: plain ASCII for old programs, UTF-8 for all others. What is not a letter,
    digit, dot, dash or underscore leaves the first and is encoded in the second, so no name ends
    the header or leads into a folder.
    """
    short = name.replace("/", "_").replace("\\", "_")[-LONGEST:]
    plain = _UNSAFE.sub("_", short).strip("._-") or "file"
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(short, safe='')}"
