"""(h) `replay --check` on a random ledger: what the views show is what the entries say, row by row.

Not the regular ledger of the other figures: every kind of entry in any order, late facts,
corrections of corrections, withdrawn records, shared numbers, reviews, moves, adoptions. The views
come to it far behind and in order, in stretches of uneven length; held against the fold of the
entries at the end and at positions in between. One row that differs is a failure.
"""

import random
import time
from collections.abc import Iterator

from api.installation.wiring import folding
from benchmarks import ledgers
from benchmarks.figures import Row, Setting
from benchmarks.sessions import uscc
from ledger.connect import Database
from ledger.log.postgres_log import PostgresLog
from projections.follow.executor import Processes, processes
from projections.follow.runner import Runner, Sizes
from replay.audit import Difference, check
from tests.ledger_story import LedgerStory
from tests.projections.chronicle import KINDS, Step, Told, told
from tests.projections.chronicle_events import day_of

AT_ONCE = 4_000
"""Entries in one append."""
ENTRIES_PER_FIRM = 200
ADOPTIONS = 8
PER_EPISODE = 35
"""Entries of an episode, about."""
WHOLE = (
    "EnterpriseProfileChanged",
    "UnitCovered",
    "UnitReleased",
    "ScopeChanged",
    "ListingSuspended",
    "ListingReinstated",
    "ListingRemoved",
    "ListingRenewed",
    "AnnualPlanFiled",
    "AnnualPlanRevised",
)
"""What bears on everything that an enterprise ever did: rarer than the rest, as in life."""
SELDOM = 0.3
"""Share of episodes with one of them."""
REMEMBERED = 40
"""Latest entries of an enterprise that reviews and corrections choose from."""
NEAR = 20_000
"""Entries that the views follow in order, at most; a catalogue in them judges everybody again."""
SHOWN = 20
"""Differences that are printed."""
SEED = 2_020


def run(setting: Setting) -> list[Row]:
    """Make the ledger, let the views follow, and count the rows in which they differ from a replay."""
    count = setting.sizes.small
    folder = setting.work / f"random-{count}"
    ledgers.drop(folder)
    ledgers.need_space(setting.work, 2 * count)
    with ledgers.opened(folder) as database:
        made = _made(database, count)
        with processes(folding()) as executor:
            differences, seconds = _followed(database, made, executor)
    if differences:
        shown = "\n".join(map(str, differences[:SHOWN]))
        raise RuntimeError(f"{len(differences)} rows differ from a replay:\n{shown}")
    ledgers.drop(folder)
    return [
        Row(what="no row differs from a replay, at four positions", value=made, unit="entries"),
        Row(what="duration of catching up and checking", value=seconds, unit="s"),
    ]


def _followed(database: Database, made: int, executor: Processes) -> tuple[list[Difference], float]:
    """Bring the views to a third from nothing, on in order, and to the end; check at every stop."""
    conninfo, rules = database.addresses.app, folding()
    started = time.perf_counter()
    third = made // 3
    stops = (
        (third, Sizes(long=0)),
        (third + min(NEAR, third), Sizes(batch=997, long=2**62)),
        (made, None),
    )
    found: list[Difference] = []
    for stop, sizes in stops:
        Runner(conninfo, rules, sizes, executors=processes).catch_up(stop)
        found += check(conninfo, rules, executor, stop)
    # What was known in the middle is still known when the end has been reached.
    found += check(conninfo, rules, executor, made // 2)
    return found, time.perf_counter() - started


def _made(database: Database, count: int) -> int:
    """Append about `count` random entries; return how many there are."""
    with database.pool(2) as pool:
        story = LedgerStory(PostgresLog(pool))
        known: set[str] = set()
        before: dict[str, list[Told]] = {}
        for run_of in _episodes(count):
            own = before.setdefault(run_of[0].uscc, [])
            for step, entry in told(run_of, story.position, known, own):
                story.tell(entry.event, day_of(step), uscc=entry.uscc)
            del own[:-REMEMBERED]
            if story.waiting >= AT_ONCE:
                story.write()
            if story.position >= count:
                break
        return story.write()


def _episodes(count: int) -> Iterator[list[Step]]:
    """Yield runs of steps of one enterprise each, without end; one in six shares its episode."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    firms = [uscc(number) for number in range(max(3, count // ENTRIES_PER_FIRM))]
    kinds = [kind for kind in KINDS if kind not in {*WHOLE, "CatalogueAdopted"}]
    kinds += ("CertificateIssued",) * len(kinds)
    every = max(1, count // PER_EPISODE // ADOPTIONS)
    number = 0
    while True:
        number += 1
        firm = firms[int(len(firms) * chance.random() ** 1.3)]
        shared = chance.random() < 1 / 6
        episode = chance.randint(max(1, number - 200), number) if shared else number
        beginning = ("EnterpriseRegistered", "ApplicationSubmitted", "EnterpriseListed")
        chosen = [*beginning, "AssessmentHeld", *chance.choices(kinds, k=chance.randint(15, 60))]
        if chance.random() < SELDOM:
            chosen.insert(chance.randrange(4, len(chosen)), chance.choice(WHOLE))
        if number % every == 0:
            chosen.append("CatalogueAdopted")
        yield [
            Step(
                firm, kind, chance.randrange(700), chance.randrange(6), chance.randrange(6), episode
            )
            for kind in chosen
        ]
