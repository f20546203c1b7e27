"""What was signed of the ledger and who cosigned it: the operator's own word is not enough."""

from datetime import UTC, date, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.words.losses import loss
from ledger.log.clock import now
from ledger.log.entry import instant_text
from proof import kept
from proof.closing import closings, end_of
from proof.kept import Beginning, Kept
from proof.notes import BadNote
from proof.policy import BadPolicy, Policy, read_policy, trust

CLOSED_WITHIN = timedelta(hours=25)
"""After the end of the day that was closed last, within which the next one is."""
OVERDUE = timedelta(minutes=15)
"""After which a checkpoint without witnesses, or none at all of new entries, is an alarm."""


class Alarm(NamedTuple):
    """Why the proofs are weaker than they should be."""

    zh: str
    en: str


def witnessed(connection: Connection[Any], head: int) -> dict[str, Any]:
    """Return `{checkpoint, witnesses, alarms, beginnings}`.

    `checkpoint`: `{origin, position, root, signed_at, keys, met}` or null; `met` is null where no
    policy asks for witnesses. `witnesses`: `{name, position, at}`, null where one never spoke.
    `beginnings`: after which restores that lost entries the log got another name.
    """
    latest = kept.latest(connection)
    if latest is None:
        unsigned = [each._asdict() for each in (UNSIGNED, *_unclosed(connection))]
        return {"checkpoint": None, "witnesses": [], "alarms": unsigned, "beginnings": []}
    origin = latest.checkpoint.origin
    text = kept.policy_text(connection)
    alarms: list[Alarm] = []
    witnesses: list[dict[str, Any]] = []
    met: bool | None = None
    if text is None:
        alarms.append(ALONE)
    else:
        met = _met(latest, text, alarms)
        witnesses = _words(connection, origin, text)
    late = now() - latest.kept_at > OVERDUE
    if late and latest.checkpoint.size < head:
        alarms.append(_behind(latest))
    if late and met is False and not alarms:
        alarms.append(UNSEEN)
    alarms += _unclosed(connection)
    checkpoint = {
        "origin": origin,
        "position": latest.checkpoint.size,
        "root": latest.checkpoint.root.hex(),
        "signed_at": instant_text(latest.kept_at),
        "keys": [key.vkey for key in kept.log_keys(connection, origin)],
        "met": met,
    }
    shown = [alarm._asdict() for alarm in alarms]
    return {
        "checkpoint": checkpoint,
        "witnesses": witnesses,
        "alarms": shown,
        "beginnings": [_beginning(each) for each in kept.beginnings(connection)],
    }


def _unclosed(connection: Connection[Any]) -> list[Alarm]:
    """Return the alarm that days are no longer closed; where none ever was, none is missed."""
    known = closings(connection)
    if not known or now() - end_of(known[-1].event.day) < CLOSED_WITHIN:
        return []
    return [_open_since(known[-1].event.day)]


def _open_since(day: date) -> Alarm:
    return Alarm(
        f"日终封账停在 {day}：此后的证据包不能证明没有缺漏。请看服务器是否在运行，日志中有无封账失败",
        f"the last day that was closed is {day}: bundles cannot show that nothing is missing after it. See whether "
        "a server runs, and whether its log tells of a close that failed",
    )


def _beginning(told: Beginning) -> dict[str, Any]:
    zh, en = loss(told)
    return {
        "origin": told.origin,
        "position": told.position,
        "at": instant_text(told.at.astimezone(UTC)),
        "former": told.begun.former,
        "former_position": told.begun.former_position,
        "lost": told.lost,
        "reason": told.begun.reason,
        "statement": {"zh": zh, "en": en},
    }


def _met(latest: Kept, text: str, alarms: list[Alarm]) -> bool:
    try:
        return trust(read_policy(text), latest.note).met
    except (BadNote, BadPolicy):
        alarms.append(FALSE)
        return False


def _words(connection: Connection[Any], origin: str, text: str) -> list[dict[str, Any]]:
    try:
        policy: Policy = read_policy(text)
    except BadPolicy:
        return []
    words = kept.last_words(connection, origin)
    witnesses: list[dict[str, Any]] = []
    for name, party in policy.witnesses.items():
        word = words.get(party.key.vkey)
        witnesses.append(
            {
                "name": name,
                "key": party.key.name,
                "position": word.position if word else None,
                "at": instant_text(word.at.astimezone(UTC)) if word else None,
            }
        )
    return witnesses


UNSIGNED = Alarm(
    "尚未签署任何检查点：没有运行过 dudao signer。此前的记录若被管理员改得前后一致，事后无从发现。",
    "No checkpoint was ever signed: dudao signer has not run. What an administrator rewrites "
    "consistently cannot be found out later.",
)
ALONE = Alarm(
    "检查点没有见证：签名者与账本由同一方掌管，不足以对抗管理员。请由档案馆、区局运行 dudao witness，给签名者策略。",
    "No witness cosigns the checkpoints: signer and ledger are in the same hands. Let an archive or a "
    "district run dudao witness, and give the signer a policy.",
)
UNSEEN = Alarm(
    "最近的检查点十五分钟以来没有足够的见证联署：请检查见证是否在运行、网络是否可达。",
    "Too few witnesses have cosigned the latest checkpoint for fifteen minutes: see whether they run "
    "and can be reached.",
)
FALSE = Alarm(
    "检查点上有不成立的签名，或策略不可用：请保留现场，与见证核对。",
    "A signature on the checkpoint does not hold, or the policy cannot be used: leave everything as it "
    "is and compare with the witnesses.",
)


def _behind(latest: Kept) -> Alarm:
    since = f"{latest.kept_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Alarm(
        f"签名者自 {since} 起没有签署新的检查点：它停了，或拒绝签署。请查看其输出。",
        f"The signer has signed nothing new since {since}: it stopped, or refuses. See what it says.",
    )
