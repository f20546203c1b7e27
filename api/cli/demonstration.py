"""`dudao demo`: the sample year goes in through the same import as any file, and what was flagged is shown.

Week by week, by the clock of the demonstration: each line is recorded when it was learnt, some of them
long after what they tell, so that ages, lateness and what was known then are there to be seen (0269).
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from shutil import rmtree
from typing import Any

import orjson

from api.access import demo_accounts
from api.cli.failures import Failure, tell
from api.cli.imports import bar
from api.cli.language import chosen
from api.cli.output import table
from api.installation.founding import adopt
from api.installation.wiring import Installation
from api.intake.commands import Conditions, perform
from api.intake.imports.files import Rejects
from api.questions.lists import VIEWS
from api.questions.queries import ask
from api.questions.questions import RosterQuestion
from api.questions.reading import Behind
from api.questions.visits import visits
from domain.checks import CHECKS
from domain.terms.envelope import Stamps
from domain.terms.vocabulary import Verdict
from ledger.deciding.demonstration import Hand, set_by_hand
from ledger.deciding.requests import derived_key
from ledger.gate.shapes import from_line
from ledger.log.clock import SHANGHAI, now, today
from projections.items.shape import plain
from projections.views import flags
from projections.views.basis import Basis

_PACKED = Path(__file__).resolve().with_name("sample_year")
"""Where the package has it (pyproject.toml); a checkout has it among the examples."""
SAMPLE = _PACKED if _PACKED.is_dir() else _PACKED.parents[2] / "examples" / "sample_year"
SUFFIXES = frozenset({".ndjson", ".xlsx", ".csv"})
"""Of the files of the sample; others stand beside them."""
CALENDAR = "CALENDAR.json"
"""Beside the files: from which line on the ledger learns of them on which day."""
BEGINS = datetime(2023, 9, 1, 9, tzinfo=SHANGHAI)
"""What the clock of the demonstration reads at first: what was settled before is there when it begins."""
EVENING = time(17, 30, tzinfo=SHANGHAI)
"""When what was learnt in a week is entered, on the last day of it that brought something."""
PART = "sample-year.part"
"""Folder of the week that is being entered."""
PAGE = 1000
MOST_WAITS = 12
"""How often the views are waited for before the demonstration gives up."""


def prepare(house: Installation) -> None:
    """Load the sample year unless it is there already, and show what was flagged.

    Raises:
        Failure: there is no sample year here, or the ledger holds something else.
    """
    load(house, SAMPLE)
    _show(house)


def load(house: Installation, folder: Path) -> None:
    """Enter the files of `folder` by the clock of the demonstration; a load that was broken off goes on.

    The ledger says how far it is, and no file beside it: whatever lies in the folder, a ledger of
    somebody else's is none of a demonstration.

    Raises:
        Failure: there are no files, the ledger holds something else, or other entries came between.
    """
    named = folder / CALENDAR
    if not named.is_file():
        raise Failure(
            f"没有样例年度（{folder}）：安装不完整。请重新安装，或用 dudao import 导入自己的文件",
            f"there is no sample year in {folder}: something of this installation is missing. "
            "Install it again, or import files of your own with dudao import",
        )
    if house.log.head().position and not house.demonstration:
        raise Failure(
            f"{house.settings.folder} 中的账本已有其他记录；请用 DUDAO_DATA 另选数据目录，或 dudao serve",
            f"the ledger in {house.settings.folder} holds other records; choose another folder "
            "with DUDAO_DATA, or run dudao serve",
        )
    if house.log.head().position and not _begun(house):
        tell(
            "这是早先版本的演示台账，样例全部在载入之日入账；另选数据目录可载入按当年得知之时入账的样例",
            "a demonstration of an earlier release: all of its sample was learnt on the day of loading; "
            "another folder shows it as it was learnt over the years",
        )
        return
    calendar: dict[str, list[tuple[int, str]]] = orjson.loads(named.read_bytes())
    last = folder / max(calendar)
    if _is_entered(house, last):
        return
    with set_by_hand(house.database.addresses.owner, house.log) as hand:
        # Another process that was started at the same time may have loaded it meanwhile.
        if _is_entered(house, last):
            return
        _require_undisturbed(house, calendar)
        _sweep(house)
        hand.begin(BEGINS)
        for name in sorted(calendar):
            _enter(house, hand, folder / name, calendar[name])
        hand.let_go()
        # Behind the files: what they say of positions is counted from an empty ledger.
        adopt(house.bench)


def _begun(house: Installation) -> bool:
    """Return whether the ledger says itself that it is a demonstration."""
    return house.log.at([1])[0].type.startswith("demonstration.")


KNOWN = "SELECT EXISTS (SELECT FROM ledger.entry WHERE idempotency_key = %(key)s)"


def _is_entered(house: Installation, path: Path) -> bool:
    """Return whether the last line of a file was entered: it has a key of its content."""
    line = path.read_bytes().splitlines(keepends=True)[-1]
    key = derived_key(from_line(_one_further(line)).content)
    with house.reading() as connection:
        row: Any = connection.execute(KNOWN, {"key": key}).fetchone()
    return bool(row[0])


def _require_undisturbed(
    house: Installation, calendar: Mapping[str, Sequence[tuple[int, str]]]
) -> None:
    """Refuse to go on behind entries of other days: what is left would be learnt too late for good."""
    last = max(date.fromisoformat(days[-1][1]) for days in calendar.values())
    at = house.log.head().recorded_at
    if at is not None and at > datetime.combine(last, EVENING):
        raise Failure(
            f"{house.settings.folder} 中的样例只载入了一部分，其后又有其他记录；请用 DUDAO_DATA 另选数据目录",
            f"the sample in {house.settings.folder} was loaded in part, and other entries came behind "
            "it; choose another folder with DUDAO_DATA",
        )


def _enter(house: Installation, hand: Hand, path: Path, learnt: Sequence[tuple[int, str]]) -> None:
    """Import a file week by week, each at the time at which it was learnt."""
    taken = refused = 0
    reject = Rejects(house.settings.folder / f"{path.name}.reject.ndjson")
    weeks = list(_weeks(path, learnt))
    folder = house.settings.folder / PART
    folder.mkdir(mode=0o700, exist_ok=True)
    with bar(path.name) as advance:
        for done, (last, lines) in enumerate(weeks):
            advance(done, len(weeks))
            part = path
            if lines is not None:
                part = folder / path.name
                part.write_bytes(b"".join(map(_one_further, lines)))
            hand.move(max(BEGINS, datetime.combine(last, EVENING)))
            importer = house.bench.importer(
                None, _unshown, brought=Stamps(entered_by="demonstration")
            )
            report = importer.take(part, reject)
            taken, refused = taken + report.taken, refused + report.refused
        advance(len(weeks), len(weeks))
    _sweep(house)
    tell(
        f"{path.name}：入账 {taken}，被拒 {refused}",
        f"{path.name}: {taken} taken, {refused} refused",
    )


def _unshown(_done: int, _all: int) -> None:
    """Show nothing: a week is a step of the file's own bar."""


def _weeks(
    path: Path, learnt: Sequence[tuple[int, str]]
) -> Iterator[tuple[date, Sequence[bytes] | None]]:
    """Yield the last day of each week, and the lines that were learnt in it; None: a whole sheet."""
    if path.suffix != ".ndjson":
        yield date.fromisoformat(learnt[-1][1]), None
        return
    lines = path.read_bytes().splitlines(keepends=True)
    days = [(number, date.fromisoformat(day)) for number, day in learnt]
    for _, week in groupby(enumerate(days), lambda each: each[1][1].isocalendar()[:2]):
        stretch = list(week)
        behind = stretch[-1][0] + 1
        end = days[behind][0] - 1 if behind < len(days) else len(lines)
        yield stretch[-1][1][1], lines[stretch[0][1][0] - 1 : end]


_FLAG = re.compile(r"([A-Z]+[0-9]*)-([0-9]+)((?:-[0-9]{4})?)")


def _one_further(line: bytes) -> bytes:
    """Return a line with the positions that it names counted from behind the first entry.

    The files count from an empty ledger; that of a demonstration says first that it is one.
    """
    given = orjson.loads(line)
    data = given["data"]
    if "position" in data:
        data["position"] += 1
    if "flag" in data:
        data["flag"] = _key_further(data["flag"])
    if "flags" in data:
        data["flags"] = [_key_further(each) for each in data["flags"]]
    return orjson.dumps(given, option=orjson.OPT_APPEND_NEWLINE)


def _key_further(key: str) -> str:
    return _FLAG.sub(lambda match: f"{match[1]}-{int(match[2]) + 1}{match[3]}", key)


def _sweep(house: Installation) -> None:
    """Remove what a load that was killed has left behind."""
    rmtree(house.settings.folder / PART, ignore_errors=True)


def open_doors(house: Installation) -> None:
    """Make one account a role, unless there are accounts, and say how to get in."""
    password = demo_accounts.prepare(house.gate, now())
    if password is None:
        return
    sys.stderr.write(
        "演示账户：登录页上点选角色即可进入；也可用账户名和密码登录 / demonstration accounts: choose a "
        f"role on the sign-in page, or use\n  {' '.join(demo_accounts.NAMES)}\n"
        f"  密码 / password: {password}\n"
    )
    send_inspectors(house)


TEAM = (
    ("inspector-110108-1", "示例督导23", "R11230023"),
    ("inspector-110108-2", "示例督导24", "R11230024"),
)
"""Inspectors of 海淀 as the sample year names them; the first has an account of the demonstration."""
VISITS = 2


def send_inspectors(house: Installation) -> None:
    """Dispatch the demonstration's inspector to enterprises today, unless there is something to visit.

    By the command that the inspectors' own form sends, so that the files of the sample year say
    the same for ever, and whoever tries the page of the day finds something to do.
    """
    account, *_ = TEAM[0]
    actor = next(each for each in demo_accounts.SAMPLE if each.account == account)
    if visits(house, actor):
        return
    day = today().isoformat()
    asked = {"district": actor.organisation, "standing": "listed", "limit": VISITS}
    roster = ask(house, actor, VIEWS["roster"], RosterQuestion.model_validate(asked))
    for number, firm in enumerate(roster.page.items, 1):
        body = {
            "inspection_id": f"demo-{day}-{number}",
            "kind": "日常监督检查",
            "district": actor.organisation,
            "uscc": firm["uscc"],
            "inspectors": [
                {"account": one, "name": name, "card_no": card, "recusal_declared": False}
                for one, name, card in TEAM
            ],
            "valid_from": day,
        }
        # Processes that start at once, and starts on one day, send the same and record it once.
        key = Conditions(f"demonstration/{day}/{number}", None)
        perform(house, actor, ("InspectionDispatched",), orjson.dumps(body), key)


SUMMARY = (
    plain("code", "检查", "check"),
    plain("name", "名称", "name"),
    plain("breach", "违规", "breaches", "integer"),
    plain("undecided", "无法判定", "undecided", "integer"),
    plain("clause", "条款", "clause"),
    plain("example", "示例", "example"),
)


def _show(house: Installation) -> None:
    """Print how often each check found something, with one example of why."""
    head = house.log.head().position
    _follow(house, head)
    flags = _all_flags(house, Basis(today(), head))
    counts = Counter((flag["code"], flag["verdict"]) for flag in flags)
    first: dict[str, str] = {}
    for flag in sorted(flags, key=lambda flag: flag["verdict"] != Verdict.BREACH):
        first.setdefault(flag["code"], flag["message"][chosen("zh", "en")])
    rows = [
        {
            "code": code,
            "name": chosen(check.zh, check.en),
            "breach": counts[code, Verdict.BREACH.value],
            "undecided": counts[code, Verdict.UNDECIDED.value],
            "clause": check.clause.number,
            "example": first.get(code, ""),
        }
        for code, check in CHECKS.items()
    ]
    said = chosen(
        f"样例年度：{head} 条记录，{len(flags)} 处疑点",
        f"sample year: {head} entries, {len(flags)} flags",
    )
    sys.stdout.write(f"{said}\n")
    table(rows, SUMMARY)
    sys.stdout.flush()


def _follow(house: Installation, head: int) -> None:
    """Wait for the views: adopted catalogues have every enterprise judged again."""
    for _ in range(MOST_WAITS):
        with suppress(Behind):
            house.wait_for(head)
            return
    house.wait_for(head)


def _all_flags(house: Installation, basis: Basis) -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = []
    cursor: str | None = None
    with house.reading() as connection:
        while True:
            page = flags.page(connection, basis, flags.Filters(), cursor, PAGE)
            every += page.items
            if page.next is None:
                return every
            cursor = page.next
