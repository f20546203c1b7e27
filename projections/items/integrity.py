"""Items of 核验: where the ledger ends, what its verifications said, who signed and cosigned it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from projections.items.entries import RECORDED_AT
from projections.items.parts import POSITION, Sentence
from projections.items.shape import READ, Head, Shown

ROOT = Head("根哈希", "root")
ORIGIN = Head("日志名称", "origin of the log")
LAST = Head("末位置", "last position")
ROOT_SHOWN = Shown("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """台账末端 / where the ledger ends."""

    position: Annotated[int, POSITION, READ]
    root: Annotated[str, ROOT, READ, ROOT_SHOWN]
    recorded_at: Annotated[datetime | None, RECORDED_AT, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationUnderWay:
    """进行中的核验 / how far a verification has come; none are told of another process."""

    position: Annotated[int | None, POSITION, READ]
    last: Annotated[int | None, LAST, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMade:
    """一次全面核验 / a full verification that came to its end; a difference at 0 is one of the state."""

    began_at: Annotated[datetime, Head("开始时间", "began at"), READ]
    ended_at: Annotated[datetime, Head("结束时间", "ended at"), READ]
    asked_by: Annotated[str, Head("发起账户", "asked for by"), READ]
    position: Annotated[int, POSITION, READ]
    root: Annotated[str, ROOT, READ, ROOT_SHOWN]
    differs_at: Annotated[int | None, Head("不一致的位置", "differs at"), READ]
    difference: Annotated[str | None, Head("不一致之处", "what differs"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSigned:
    """最近签署的检查点 / the checkpoint that was signed last."""

    origin: Annotated[str, ORIGIN, READ]
    position: Annotated[int, POSITION, READ]
    root: Annotated[str, ROOT, READ, ROOT_SHOWN]
    signed_at: Annotated[datetime, Head("签署时间", "signed at"), READ]
    keys: Annotated[tuple[str, ...], Head("验证公钥", "verifier keys"), READ]
    met: Annotated[
        bool | None, Head("见证已达策略要求", "as many witnesses as the policy asks for"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessWord:
    """见证 / up to where a witness follows the log, and when it last said so."""

    name: Annotated[str, Head("见证名称", "witness"), READ]
    key: Annotated[str, Head("见证密钥名", "name of its key"), READ]
    position: Annotated[int | None, POSITION, READ]
    at: Annotated[datetime | None, Head("联署时间", "cosigned at"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBeginning:
    """日志换名 / a restore that lost entries, after which the log got another name."""

    origin: Annotated[str, ORIGIN, READ]
    position: Annotated[int, POSITION, READ]
    at: Annotated[datetime, Head("换名时间", "begun at"), READ]
    former: Annotated[str, Head("原日志名称", "former origin"), READ]
    former_position: Annotated[int, Head("原末位置", "former last position"), READ]
    lost: Annotated[int, Head("丢失记录数", "entries lost"), READ]
    reason: Annotated[str, Head("理由", "reason"), READ]
    statement: Annotated[Sentence, Head("说明", "what it says"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityItem:
    """核验情况 / whether the ledger is whole, and why anyone should believe it."""

    head: Annotated[LedgerHead, Head("台账末端", "end of the ledger"), READ]
    running: Annotated[VerificationUnderWay | None, Head("进行中", "under way"), READ]
    verifications: Annotated[
        tuple[VerificationMade, ...], Head("全面核验", "full verifications"), READ
    ]
    checkpoint: Annotated[CheckpointSigned | None, Head("检查点", "checkpoint"), READ]
    witnesses: Annotated[tuple[WitnessWord, ...], Head("见证", "witnesses"), READ]
    alarms: Annotated[tuple[Sentence, ...], Head("告警", "alarms"), READ]
    beginnings: Annotated[tuple[LogBeginning, ...], Head("换名记录", "beginnings"), READ]
