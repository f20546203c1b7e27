"""Each protection taken away, one at a time: the tests that hold it must fail.

./run long mutation          every one, each a step of its own
python -m tests.mutations    prints docs/mutations.md from what the last run found

A protection is a line of the sources. The line is changed in a copy, the tests that are named for it
are run there, and somebody of them has to notice. What nobody notices has survived: then a protection
could be lost in a change and everything would stay green. `tests/test_mutations.py` sees that every line
is still there and that every test named is one.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "mutations"
DOCUMENT = ROOT / "docs" / "mutations.md"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".cache", "__pycache__", ".*_cache", ".dudao")


class Mutation(NamedTuple):
    """A protection, the text that it stands in, what is put there instead, and who must notice."""

    protection: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]


def _of(*files: str) -> tuple[str, ...]:
    return files


ATTACKS = _of("tests/proof/test_attacks.py")
VERIFY = _of("tests/ledger/log/test_verify.py")
GUARD = _of("tests/ledger/log/test_guard.py")
SIGNER = _of("tests/proof/test_signer.py")
WITNESS = _of("tests/proof/test_witness.py")
BUNDLES = _of("tests/api/http/test_bundles.py")
MATRIX = _of("tests/api/questions/test_matrix.py", "tests/api/questions/test_isolation.py")
PAGES = _of("tests/api/questions/test_page_matrix.py")
ORIGIN = _of("tests/api/access/test_origin.py")
TWO = _of("tests/domain/test_two_persons.py")
ACCOUNTS = _of("tests/api/access/test_accounts_page.py")
LOG = _of("tests/ledger/log/test_log.py")
VAULT = _of("tests/ledger/vault/test_vault.py")
TEXT = _of("tests/ledger/gate/test_text.py", "tests/ledger/gate/test_shapes.py")
SIGN_IN = _of("tests/api/access/test_sign_in.py", "tests/api/access/test_attempts.py")

MUTATIONS: Mapping[str, Mutation] = {
    # --- the tree, and who remembers it (reliability: the attack table)
    "leaf": Mutation(
        "an entry is held against its leaf, entry by entry",
        "ledger/log/verify.py",
        "return None if leaf_hash(content) == leaf else",
        "return None if True else",
        VERIFY,
    ),
    "leaf-in-bulk": Mutation(
        "an entry is held against its leaf, page by page",
        "ledger/log/pages.py",
        "_hashes(page) == page.leaves",
        "bool(_hashes(page))",
        VERIFY,
    ),
    "tile-in-bulk": Mutation(
        "a page is held against the tiles of the tree",
        "ledger/log/pages.py",
        "if laid != sorted(each for each in tiles if each.level == 0):",
        "if False:",
        VERIFY,
    ),
    "tile": Mutation(
        "the tiles are held against the entries",
        "ledger/log/verify.py",
        "if not wrong:\n            return None",
        "if True:\n            return None",
        VERIFY,
    ),
    "frontier": Mutation(
        "the tree's edge is held against the entries",
        "ledger/log/verify.py",
        "if checker.tree.frontier().hashes != hashes:",
        "if False:",
        VERIFY,
    ),
    "stated": Mutation(
        "roots that were stated are held against the tree, entry by entry",
        "ledger/log/verify.py",
        "return next((_root_is_not(each) for each in statements if each.root != root), None)",
        "return None",
        (*VERIFY, *ATTACKS),
    ),
    "stated-in-bulk": Mutation(
        "roots that were stated are held against the tree, page by page",
        "ledger/log/verify.py",
        "if any(each.root != root for each in statements):",
        "if False:",
        VERIFY,
    ),
    "cut": Mutation(
        "what was stated beyond the end says that a tail was cut",
        "ledger/log/verify.py",
        "if not beyond:\n        return None",
        "if True:\n        return None",
        ATTACKS,
    ),
    "order-of-time": Mutation(
        "times of entries rise",
        "ledger/log/verify.py",
        "rises = self.recorded_at is None or recorded_at >= self.recorded_at",
        "rises = True",
        VERIFY,
    ),
    "order-of-time-in-bulk": Mutation(
        "times of entries rise within a page",
        "ledger/log/pages.py",
        "all(map(le, page.recorded, page.recorded[1:]))",
        "True",
        VERIFY,
    ),
    "parts": Mutation(
        "parts of a command follow each other",
        "ledger/log/verify.py",
        "if part != 0 and (key, part) != self._command:",
        "if False:",
        VERIFY,
    ),
    "parts-in-bulk": Mutation(
        "parts of a command follow each other within a page",
        "ledger/log/pages.py",
        "part == 0 or (part == before + 1 and key == its_key)",
        "True",
        VERIFY,
    ),
    "salt": Mutation(
        "a salt has sixteen bytes, so that none goes over to it from the payload",
        "ledger/log/verify.py",
        "len(salt) != SALT_BYTES",
        "False",
        VERIFY,
    ),
    "lines-in-bulk": Mutation(
        "no value holds a line break",
        "ledger/log/pages.py",
        'heads.count(b"\\n") != page.lines or ',
        "",
        VERIFY,
    ),
    "tags-twice-in-bulk": Mutation(
        "no tag stands twice in an entry",
        "ledger/log/pages.py",
        "and not (_REPEATABLE.search(page.heads) and _repeat(page.abouts))",
        "",
        VERIFY,
    ),
    "versions": Mutation(
        "versions of a stream follow the order of positions",
        "ledger/log/verify.py",
        'Whole([(VERSIONS, "version: not the next of its stream")], VERSIONS_FIT)',
        'Whole([(VERSIONS, "version: not the next of its stream")], "SELECT true")',
        VERIFY,
    ),
    "tags": Mutation(
        "the index of tags says what the entries say",
        "ledger/log/verify.py",
        "        TAGS_AGREE,\n    ),",
        '        "SELECT true",\n    ),',
        VERIFY,
    ),
    "looks-by-chance": Mutation(
        "pages drawn by chance are put together from the bare columns",
        "ledger/log/verify.py",
        "by_chance = secrets.randbelow(SELDOM) == 0",
        "by_chance = False",
        VERIFY,
    ),
    "evidence": Mutation(
        "evidence is hashed again at each reading",
        "api/intake/evidence.py",
        "if not _is_whole(content or _pieces(house, stored), stored.sha256):",
        "if False:",
        _of("tests/api/intake/test_evidence.py"),
    ),
    "signer-consistent": Mutation(
        "the signer signs nothing that does not continue what it signed",
        "proof/signer.py",
        "if not verify_consistency(last.size, new.size, last.root, new.root, path):",
        "if False:",
        (*SIGNER, *ATTACKS),
    ),
    "signer-shorter": Mutation(
        "the signer signs no shorter tree",
        "proof/signer.py",
        "if last.origin != new.origin or new.size < last.size:",
        "if False:",
        (*SIGNER, *ATTACKS),
    ),
    "signer-old-folder": Mutation(
        "a signer brought back from an old copy signs nothing against what it signed since",
        "proof/signer.py",
        "        _continues_what_is_kept(signer, last, checkpoint, connection)\n",
        "",
        SIGNER,
    ),
    "signer-first": Mutation(
        "nobody else signs under a log's name",
        "proof/signer.py",
        "            _is_first(signer, connection)\n",
        "            pass\n",
        SIGNER,
    ),
    "witness-signed": Mutation(
        "a witness cosigns nothing that the log did not sign",
        "proof/witness.py",
        "if not signed:",
        "if False:",
        WITNESS,
    ),
    "witness-consistent": Mutation(
        "a witness cosigns nothing that does not continue what it cosigned",
        "proof/witness.py",
        "if not holds:",
        "if False:",
        (*WITNESS, *ATTACKS),
    ),
    "witness-second-tree": Mutation(
        "a witness cosigns one tree of a size",
        "proof/witness.py",
        "elif last.size == checkpoint.size and last.root != checkpoint.root:",
        "elif False:",
        WITNESS,
    ),
    "witness-old": Mutation(
        "a witness goes on from what it knows",
        "proof/witness.py",
        "if request.old_size != (last.size if last else 0):",
        "if False:",
        WITNESS,
    ),
    "receipt": Mutation(
        "a receipt leads to the root that was signed",
        "proof/receipts.py",
        "if not verify_inclusion(",
        "if False and not verify_inclusion(",
        _of("tests/api/http/test_transparency.py", "tests/proof"),
    ),
    "bundle-included": Mutation(
        "an entry of a bundle is in the tree that was signed",
        "proof/bundle.py",
        "if at != position - 1 or not included:",
        "if False:",
        BUNDLES,
    ),
    "bundle-quorum": Mutation(
        "a bundle is believed where those of the policy have signed",
        "proof/bundle.py",
        " or not trusted.met:",
        ":",
        BUNDLES,
    ),
    "bundle-maker": Mutation(
        "a bundle is signed by its maker",
        "proof/bundle.py",
        "if not verified(note, [self._maker]):",
        "if False:",
        BUNDLES,
    ),
    "bundle-files": Mutation(
        "every member of a bundle is what its manifest says",
        "proof/bundle.py",
        "if digest.hexdigest() != stated:",
        "if False:",
        BUNDLES,
    ),
    "bundle-subject": Mutation(
        "an entry of a bundle is about its subject",
        "proof/bundle.py",
        'if f"subject {subject}" not in lines:',
        "if False:",
        BUNDLES,
    ),
    # --- what the database refuses by itself
    "append-only": Mutation(
        "entries are not changed, not even by their owner",
        "ledger/sql/0005_guard.sql",
        "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry\n",
        "CREATE TRIGGER refuse_change BEFORE TRUNCATE ON ledger.entry\n",
        GUARD,
    ),
    "always": Mutation(
        "and no setting of a session switches that off",
        "ledger/sql/0005_guard.sql",
        "ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER refuse_change;\n",
        "",
        GUARD,
    ),
    "append-leaf": Mutation(
        "the database takes no leaf that is not the hash of its entry",
        "ledger/sql/0062_set_clock.sql",
        "IF leaves IS DISTINCT FROM p_leaves THEN",
        "IF false THEN",
        GUARD,
    ),
    "append-frontier": Mutation(
        "the database takes no edge that is not that of the entries",
        "ledger/sql/0062_set_clock.sql",
        "IF frontier_after(p_first - 1, hashes, leaves) IS DISTINCT FROM p_frontier THEN",
        "IF false THEN",
        GUARD,
    ),
    "append-clock": Mutation(
        "the database takes no time ahead of its clock",
        "ledger/sql/0062_set_clock.sql",
        "IF p_recorded_at > ledger.clock() THEN",
        "IF false THEN",
        GUARD,
    ),
    "guards": Mutation(
        "a guard that was changed is named",
        "ledger/guards.py",
        'lines += [f"- {line}" for line in sorted(wanted - there)]',
        "lines += []",
        _of("tests/ledger/test_guards.py"),
    ),
    # --- who sees and records what
    "policy": Mutation(
        "what is not granted is denied",
        "api/questions/policy.py",
        "    raise _denied(actor, action, resource)\n",
        "    return Grant(rows=_rows(actor))\n",
        (*MATRIX, "tests/api/questions/test_policy.py"),
    ),
    "district": Mutation(
        "an inspector sees the own district",
        "api/questions/policy.py",
        "return Rows(district=actor.organisation)",
        "return ALL",
        MATRIX,
    ),
    "enterprise": Mutation(
        "a reporter sees the own enterprise",
        "api/questions/policy.py",
        "return Rows(uscc=actor.organisation)",
        "return ALL",
        MATRIX,
    ),
    "expert": Mutation(
        "an expert sees what is assigned to them",
        "api/questions/policy.py",
        "return Rows(expert=actor.account)",
        "return ALL",
        MATRIX,
    ),
    "persons": Mutation(
        "an analyst sees no person",
        "api/questions/policy.py",
        "persons=actor.role is not R.ANALYST",
        "persons=True",
        (*MATRIX, "tests/api/questions/test_canaries.py"),
    ),
    "before-the-content": Mutation(
        "the right is judged before what is asked",
        "api/http/rights.py",
        "        decide(actor, *row)\n",
        "        pass\n",
        MATRIX,
    ),
    "before-the-page": Mutation(
        "the right is judged before what is asked of a page, or sent to it",
        "api/web/page_rights.py",
        "        raise refused\n",
        "        pass\n",
        PAGES,
    ),
    "withheld": Mutation(
        "an enterprise sees no visit to come",
        "api/questions/withheld.py",
        "    if rows.uscc is None:\n",
        "    if True:\n",
        _of("tests/api/questions/test_withheld.py"),
    ),
    # --- who a request is from
    "origin": Mutation(
        "no other site makes a browser send a change",
        "api/http/arrival.py",
        "    if not own:\n",
        "    if False:\n",
        ORIGIN,
    ),
    "private": Mutation(
        "no password is taken over plain http from elsewhere",
        "api/http/arrival.py",
        "    if not (arrived.secure or arrived.local):\n",
        "    if False:\n",
        SIGN_IN,
    ),
    "lock-out": Mutation(
        "the sixth wrong password is not looked at",
        "api/access/attempts.py",
        "    if account > bounds.account:\n",
        "    if False:\n",
        SIGN_IN,
    ),
    "code-once": Mutation(
        "a code of the second factor is good once",
        "api/access/factor.py",
        "if agrees and (last is None or step > last):",
        "if agrees:",
        _of("tests/api/access/test_factor.py"),
    ),
    "token": Mutation(
        "a changed token is nobody",
        "api/access/tokens.py",
        "hmac.compare_digest(given, _mac(each, signed))",
        "True",
        _of("tests/api/access/test_tokens.py"),
    ),
    # --- two persons
    "two-persons": Mutation(
        "two accounts of one person are one person",
        "domain/two_persons.py",
        "if facts.person(first) == facts.person(second):",
        "if first == second:",
        TWO,
    ),
    "needs-two": Mutation(
        "a dismissal of a severe breach takes two",
        "domain/two_persons.py",
        "return review.decision is ReviewDecision.DISMISSED and _is_severe(review)",
        "return False",
        TWO,
    ),
    "second-reporter": Mutation(
        "no reporter approves",
        "domain/two_persons.py",
        "        _require_authority(second)\n",
        "",
        (*TWO, "tests/examples/test_own_token.py"),
    ),
    "account-acts": Mutation(
        "account acts are decided by somebody else than who asked",
        "api/access/account_requests.py",
        "if own == person_of(connection, request.asked_by):",
        "if False:",
        ACCOUNTS,
    ),
    "own-account": Mutation(
        "nobody decides about the own account",
        "api/access/account_requests.py",
        "    if own in about:\n",
        "    if False:\n",
        ACCOUNTS,
    ),
    "look-alikes": Mutation(
        "letters that look alike make no other person",
        "api/access/persons.py",
        "return skeleton(staff_number(person) or person)",
        "return staff_number(person) or person",
        _of("tests/api/access/test_exclusions.py"),
    ),
    # --- once
    "key-reused": Mutation(
        "a key with another body is refused",
        "ledger/log/judge.py",
        "if use.request_digest != item.drafts[0].request_digest:",
        "if False:",
        (*LOG, "tests/ledger/log/test_judge.py"),
    ),
    "key-known": Mutation(
        "a key that is known records nothing again",
        "ledger/log/judge.py",
        "if key is not None and (use := uses.get(key)) is not None:",
        "if False and (use := uses.get(key)) is not None:",
        (*LOG, "tests/ledger/log/test_judge.py"),
    ),
    "stale": Mutation(
        "a decision on facts that have changed is a conflict",
        "ledger/log/judge.py",
        "        if changed:\n",
        "        if False:\n",
        (*LOG, "tests/ledger/log/test_judge.py"),
    ),
    # --- people
    "vault-bound": Mutation(
        "a box opens in its own row alone",
        "ledger/vault/vault.py",
        'return b"dudao/person/v1\\0" + subject_id.encode() + identity + sha256(key).digest()',
        'return b"dudao/person/v1"',
        VAULT,
    ),
    "identity-number": Mutation(
        "an identity number stands nowhere but as the holder's own",
        "ledger/gate/text.py",
        "if path[-2:] != CLEAR_NUMBER and holds_identity_number(text):",
        "if False:",
        (*TEXT, "tests/api/questions/test_canaries.py"),
    ),
    "unseen": Mutation(
        "what cannot be seen does not come in",
        "ledger/gate/text.py",
        "if character in _UNSEEN or unicodedata.category(character) in _REFUSED:",
        "if False:",
        TEXT,
    ),
}


# --- running them


class NotThere(LookupError):  # noqa: N818 - reads as what it says
    """The text of a protection does not stand exactly once in its file."""


def changed(mutation: Mutation, root: Path = ROOT) -> str:
    """Return the file as it would be without the protection.

    Raises:
        NotThere: the line is not there, or more than once.
    """
    text = (root / mutation.file).read_text("utf-8")
    if text.count(mutation.text) != 1:
        raise NotThere(
            f"{mutation.file}: {mutation.text!r} stands {text.count(mutation.text)} times"
        )
    return text.replace(mutation.text, mutation.instead)


@contextmanager
def copied(mutation: Mutation) -> Iterator[Path]:
    """Yield a copy of the sources without the protection."""
    with tempfile.TemporaryDirectory(prefix="dudao-mutation-") as folder:
        copy = Path(folder, "sources")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
        (copy / mutation.file).write_text(changed(mutation), "utf-8")
        if mutation.file.endswith(
            ".sql"
        ):  # or the list of guards would notice, and nothing else be tried
            _run(copy, "docs.generate_guards")
        yield copy


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def _run(folder: Path, module: str) -> None:
    subprocess.run(  # noqa: S603 - our own script
        (sys.executable, "-m", module), cwd=folder, env=_environment(folder), check=True
    )


def pytest_in(folder: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run tests of a copy until one fails."""
    command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header")
    return subprocess.run(  # noqa: S603 - our own tests
        (*command, *tests),
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


TESTS_FAILED = 1
"""How pytest ends where a test failed; anything else but 0 says that it could not be run."""


def carry_out(name: str, kept: Path = KEPT) -> int:
    """Take one protection away and have its tests run; return 0 where they noticed."""
    mutation = MUTATIONS[name]
    with copied(mutation) as folder:
        done = pytest_in(folder, mutation.tests)
    noticed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    sys.stdout.write(done.stdout[-4000:])
    outcome = {0: "survived", TESTS_FAILED: "noticed"}.get(done.returncode, "not run")
    kept.mkdir(parents=True, exist_ok=True)
    found = {"outcome": outcome, "by": noticed[:1]}
    (kept / f"{name}.json").write_text(json.dumps(found), "utf-8")
    sys.stdout.write(f"{name}: {mutation.protection}: {outcome}\n")
    return 0 if outcome == "noticed" else 1


HEAD = """# What is protected, and who notices when it is not

`./run long mutation` takes one protection away at a time, in a copy of the sources, and runs the tests that are
named for it in `tests/mutations.py` (decision 0248). Written by `python -m tests.mutations` from its last run.
"noticed by" is the first test that failed.

"""


def table(kept: Path = KEPT) -> str:
    """Return the document of what the runs found."""
    lines = ["| protection | where | noticed by |", "|---|---|---|"]
    for name, mutation in MUTATIONS.items():
        path = kept / f"{name}.json"
        found = json.loads(path.read_text("utf-8")) if path.exists() else None
        by = "**not run**" if found is None else f"**{found['outcome']}**"
        if found is not None and found["outcome"] == "noticed":
            by = f"`{found['by'][0].partition('[')[0]}`" if found["by"] else "noticed"
        lines.append(f"| {mutation.protection} | `{mutation.file}` | {by} |")
    return HEAD + "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the ones named; without a name print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *MUTATIONS])
    given = parser.parse_args(arguments)
    if not given.names:
        sys.stdout.write(table())
        return 0
    return max([carry_out(name) for name in given.names])


if __name__ == "__main__":
    sys.exit(main())
