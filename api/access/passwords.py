"""Passwords: how they are kept, and which are refused.

Kept as argon2id with the parameters of OWASP (19 MiB, two passes, one lane). Length counts: at
least twelve characters, of which eight must be left when words that everybody tries
(`common_words.txt`, the account's own name), years, and runs of characters are taken out.
Composition counts where the profile `mlps3` asks for it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.terms.decider import Refused

SHORTEST = 12
LONGEST = 256
OWN = 8
"""Characters that must be left when everything that is tried first is taken out."""
WORDS = Path(__file__).parent / "common_words.txt"

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LEET = str.maketrans("013457@$!", "oleastasi")
KINDS = 3
"""Of capitals, small letters, digits and all other characters, as many as a composed password has."""
_RUN = 3
"""Neighbouring characters of this number and more, alike or one after the other, count as one."""


def normal(password: str) -> str:
    """Return the one form of a password that keyboards write in several."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """Return the password as it is kept."""
    return _HASHER.hash(normal(password))


@cache
def decoy() -> str:
    """Return the hash that is verified where there is none, so that the answer takes as long."""
    return _HASHER.hash("nobody's password")


def verify(stored: str | None, password: str) -> bool:
    """Return whether the password is the stored one. Takes equally long without a stored one."""
    try:
        _HASHER.verify(stored or decoy(), normal(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Return whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def common_words() -> tuple[str, ...]:
    """Return the words that everybody tries, the longest first."""
    lines = WORDS.read_text("utf-8").splitlines()
    words = {line.strip().casefold() for line in lines if line.strip() and line[0] != "#"}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def require_good(password: str, account: str, *, composed: bool = False) -> None:
    """Refuse a password that is short, that is guessed first, or (`composed`) of too few kinds.

    Raises:
        Refused: with what to do instead; the password is never repeated.
    """
    text = normal(password)
    if len(text) < SHORTEST:
        raise Refused(
            "password-short",
            f"密码至少 {SHORTEST} 个字符；可用几个互不相关的词连起来",
            f"at least {SHORTEST} characters; several unrelated words will do",
            "password",
        )
    if len(text) > LONGEST:
        raise Refused(
            "password-long",
            f"密码最多 {LONGEST} 个字符",
            f"at most {LONGEST} characters",
            "password",
        )
    if len(what_is_own(text, account)) < OWN:
        raise Refused(
            "password-common",
            "密码过于常见：除去常用词、账户名、年份和连续字符后所剩太少；请换用互不相关的词",
            "too common: without the usual words, the account's name, years and runs of characters "
            "too little is left; use unrelated words",
            "password",
        )
    if composed and kinds_of(text) < KINDS:
        raise Refused(
            "password-plain",
            f"密码须含大写字母、小写字母、数字、其他字符中的至少 {KINDS} 类",
            f"at least {KINDS} of these: capitals, small letters, digits, other characters",
            "password",
        )


def kinds_of(text: str) -> int:
    """Return how many kinds of characters a password has, of four."""
    return len({(c.isupper(), c.islower(), c.isdigit()) for c in text})


def what_is_own(password: str, account: str) -> str:
    """Return what is left when everything that is tried first is taken out."""
    plain = password.casefold()
    named = [part for part in re.split(r"[\W_]+", account.casefold()) if len(part) >= _RUN]
    words = (*named, *common_words())
    candidates = (plain, plain.translate(_LEET))
    return min((_rest(each, words) for each in candidates), key=len)


def _rest(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    text = _YEAR.sub(" ", text)
    return "".join(_without_runs(text)).replace(" ", "")


def _without_runs(text: str) -> Iterable[str]:
    """Yield the characters; of a run (aaaa, 1234, cba) only the first."""
    start = 0
    while start < len(text):
        end = start + 1
        for step in (0, 1, -1):
            reach = start + 1
            while reach < len(text) and ord(text[reach]) - ord(text[reach - 1]) == step:
                reach += 1
            end = max(end, reach)
        yield from text[start : start + 1] if end - start >= _RUN else text[start:end]
        start = end
