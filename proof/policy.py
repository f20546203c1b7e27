"""Whom one believes: the keys of logs and witnesses, and how many of these have to agree (tlog-policy).

A verifier gets it from elsewhere, never from what it verifies.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from proof.notes import BadKey, Kind, Note, PublicKey, Signed, read_vkey, verified

NONE = "none"
LOG_KINDS = frozenset({Kind.ED25519, Kind.MLDSA44_COSIGNATURE})
WITNESS_KINDS = frozenset({Kind.ED25519_COSIGNATURE, Kind.MLDSA44_COSIGNATURE})


class BadPolicy(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A file that is no policy; the message names the line."""


class Party(NamedTuple):
    """A log or a witness: its key, and where it is asked."""

    key: PublicKey
    url: str | None


class Group(NamedTuple):
    """At least `needed` of the members."""

    needed: int
    members: tuple[str, ...]


class Policy(NamedTuple):
    """See tlog-policy. `quorum` is the name of a witness or a group, or `none`."""

    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str

    def met(self, cosigned: frozenset[str]) -> bool:
        """Tell whether these witnesses are enough."""
        return self.quorum == NONE or self._agrees(self.quorum, cosigned)

    def _agrees(self, name: str, cosigned: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._agrees(member, cosigned) for member in group.members) >= group.needed


class Trusted(NamedTuple):
    """What a policy says of a note."""

    logs: tuple[Signed, ...]
    cosigned: Mapping[str, int]
    """Name of a witness → when it cosigned, in seconds since 1970."""
    met: bool
    """Whether a known log has signed, and enough witnesses have cosigned."""


def trust(policy: Policy, note: Note) -> Trusted:
    """Return who signed whom the policy knows.

    Raises:
        BadNote: a signature by one of them does not hold.
    """
    logs = tuple(verified(note, [log.key for log in policy.logs]))
    names = {party.key: name for name, party in policy.witnesses.items()}
    cosigned: dict[str, int] = {}
    for signed in verified(note, names):
        cosigned[names[signed.key]] = max(signed.at or 0, cosigned.get(names[signed.key], 0))
    return Trusted(logs, cosigned, bool(logs) and policy.met(frozenset(cosigned)))


def read_policy(text: str) -> Policy:
    """Return the policy that a file holds.

    Raises:
        BadPolicy: it holds none.
    """
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            continue
        try:
            reader.take(*words)
        except (BadPolicy, BadKey) as error:
            raise BadPolicy(f"{number}: {error}") from error
        except (TypeError, ValueError) as error:
            raise BadPolicy(f"{number}: not a line of a policy") from error
    if reader.quorum is None:
        raise BadPolicy("no quorum line")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _Reader:
    """Takes the lines one by one: a name is known from its line on, and belongs to one group at most."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, kind: str, *words: str) -> None:
        match kind:
            case "log":
                self._log(*words)
            case "witness":
                self._witness(*words)
            case "group":
                self._group(*words)
            case "quorum":
                self._quorum(*words)
            case _:
                raise BadPolicy(f"{kind}: no such line")

    def _log(self, vkey: str, url: str | None = None) -> None:
        party = _party(vkey, url, LOG_KINDS)
        if party.key.material in {log.key.material for log in self.logs}:
            raise BadPolicy("the same log twice")
        self.logs.append(party)

    def _witness(self, name: str, vkey: str, url: str | None = None) -> None:
        self._new(name)
        party = _party(vkey, url, WITNESS_KINDS)
        if party.key.material in {each.key.material for each in self.witnesses.values()}:
            raise BadPolicy("the same witness twice")
        self.witnesses[name] = party

    def _group(self, name: str, needed: str, *members: str) -> None:
        self._new(name)
        number = {"any": 1, "all": len(members)}.get(needed)
        number = int(needed) if number is None else number
        if not 1 <= number <= len(members):
            raise BadPolicy(f"{name}: {needed} of {len(members)} members")
        for member in members:
            if not self._knows(member) or member in self._members:
                raise BadPolicy(f"{member}: not defined above, or in a group already")
            self._members.add(member)
        self.groups[name] = Group(number, members)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise BadPolicy("a second quorum")
        if name != NONE and not self._knows(name):
            raise BadPolicy(f"{name}: not defined above")
        self.quorum = name

    def _new(self, name: str) -> None:
        if name == NONE or self._knows(name):
            raise BadPolicy(f"{name}: the name is taken")

    def _knows(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups


def _party(vkey: str, url: str | None, kinds: frozenset[Kind]) -> Party:
    key = read_vkey(vkey)
    if key.kind not in kinds:
        raise BadPolicy(f"{key.name}: a key of the wrong kind")
    return Party(key, url)
