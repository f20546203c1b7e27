"""What a short stretch of the ledger changes: read in order, the files of its subjects from memory."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from psycopg import Connection

from domain.catalogue import CatalogueAdopted
from domain.supervision.supervision import Supervision
from domain.terms.envelope import Recorded
from ledger.codec import Illegible, of_another_office
from projections.follow import duplicate_verdicts, histories
from projections.follow.fold import Rules, SetApart, follow, read
from projections.follow.memory import Memory
from projections.follow.pieces import pieces
from projections.follow.set_apart import Apart, of_entry
from projections.follow.store import Batch


def by_position(  # noqa: PLR0913, PLR0917 - where to read, what is known, which stretch
    reader: Connection[Any],
    rules: Rules,
    memory: Memory,
    after: int,
    upto: int,
    settled: Callable[[], None],
    apart: Collection[str],
) -> Batch | None:
    """Return what follows from the entries in `(after, upto]`, with `rules` as known at `after`.

    Subjects set apart are passed over, and those noted in the batch that become so.

    None where a catalogue was adopted among them: then every subject is concerned, also those
    without an entry of their own. `settled` is called before the tables are looked at.
    """
    tagged = histories.entries(reader, after, upto)
    if any(isinstance(entry.event, CatalogueAdopted) for entry, _ in tagged):
        return None
    batch = Batch(after)
    new = _by_subject(tagged, apart)
    batch.apart += [
        of_entry(SetApart(entry, entry.event.reason))
        for entry, _ in tagged
        if entry.subject is None
        and type(entry.event) is Illegible
        and not of_another_office(entry.event.stored)
    ]
    legible = [(entry, tags) for entry, tags in tagged if type(entry.event) is not Illegible]
    certificates = duplicate_verdicts.concerned(reader, legible, upto)
    verdicts = duplicate_verdicts.of_certificates(reader, rules.apply, after, upto, certificates)
    # An entry about one enterprise may change what C2 says of another one's certificate.
    for subject in verdicts.keys() - set(apart):
        new.setdefault(subject, [])
    for supervision in _files(reader, rules, memory, list(new), after, settled, batch.apart):
        uscc = supervision.file.uscc
        try:
            batch.add(
                follow(supervision, rules.among(new[uscc], after, upto, verdicts.get(uscc, ())))
            )
        except SetApart as error:
            batch.apart.append(of_entry(error))
    memory.trim()
    return batch


def _by_subject(
    tagged: Iterable[tuple[Recorded[Any], Sequence[str]]], apart: Collection[str]
) -> dict[str, list[Recorded[Any]]]:
    new: dict[str, list[Recorded[Any]]] = defaultdict(list)
    for entry, _ in tagged:
        if entry.subject is not None and entry.subject not in apart:
            new[entry.subject].append(entry)
    return new


def _files(  # noqa: PLR0913, PLR0917 - as above
    reader: Connection[Any],
    rules: Rules,
    memory: Memory,
    subjects: list[str],
    after: int,
    settled: Callable[[], None],
    apart: list[Apart],
) -> Iterator[Supervision]:
    """Yield the file of each subject as known after `after`; what memory lost is folded again.

    Which certificates of it were ever flagged by C2 stands in the tables: what is said of them is
    read of the ledger.
    A subject that cannot be folded again is added to `apart`: a later release followed it so far.
    """
    missing: list[str] = []
    for uscc in subjects:
        supervision = memory.get(uscc)
        if supervision is None:
            missing.append(uscc)
        else:
            yield supervision
    for piece in pieces(missing, histories.SUBJECTS_AT_ONCE):
        new = set(piece)
        verdicts: duplicate_verdicts.Verdicts = {}
        if after:
            settled()
            flagged = duplicate_verdicts.flagged(reader, piece)
            verdicts = duplicate_verdicts.of_certificates(reader, rules.apply, 0, after, flagged)
        for uscc, history in histories.of_subjects(reader, piece, after) if after else ():
            supervision = rules.new_file(uscc)
            new.discard(uscc)
            try:
                read(supervision, rules.among(history, 0, after, verdicts.get(uscc, ())))
            except SetApart as error:
                apart.append(of_entry(error))
                continue
            memory.put(supervision)
            yield supervision
        for uscc in sorted(new):
            supervision = rules.new_file(uscc)
            read(supervision, rules.catalogue)
            memory.put(supervision)
            yield supervision
        memory.trim()
