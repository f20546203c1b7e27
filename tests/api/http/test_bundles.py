"""Evidence bundles: whole, verified by two programs that share nothing, and no change passes either."""

import ast
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from api.installation.wiring import Installation
from ledger.log.clock import now
from proof import bundle as bundles
from proof.bundle import BadBundle, check, content_digest, signed_text
from proof.closing import close_day
from proof.notes import Kind, Note, new_key
from proof.policy import read_policy
from proof.signer import Signer, open_signer, sign_now
from tests.api.desk import Desk
from tests.api.lines import CENTRE, SUPERVISOR, line, listed, reporter, session, uscc

pytestmark = pytest.mark.postgres

ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
PROGRAM = Path(__file__).resolve().parents[3] / "docs" / "verify.py"
ORIGIN = "ledger.example/bundles"
Members = dict[str, bytes]


def stranger() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stranger", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STRANGER = stranger()


class Made:
    """A bundle, and the keys that one has from elsewhere."""

    def __init__(self, content: bytes, signer: Signer, code: str) -> None:
        self.content, self.code = content, code
        self.policy = "".join(f"log {key.vkey}\n" for key in signer.public) + "quorum none\n"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.members: Members = {name: archive.read(name) for name in archive.namelist()}
        self.maker = self.members["keys/maker"].decode().strip()
        self.earlier = b""
        """What the map of an earlier day says, where that is asked for."""


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return open_signer(tmp_path_factory.mktemp("signer"), ORIGIN)


@pytest.fixture(scope="module")
def made(desk: Desk, house: Installation, signer: Signer) -> Made:
    code = uscc()
    desk.send(*listed(code, "4"), session(code))
    with house.pool.connection() as connection:
        sign_now(signer, connection, 1_764_000_000)
    answer = desk.http.get(f"/v1/enterprises/{code}/bundle", headers=desk.auth(SUPERVISOR))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert f"dudao-{code}-" in answer.headers["content-disposition"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    return Made(answer.content, signer, code)


def packed(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def ours(content: bytes, policy: str | None, maker: str | None) -> str | None:
    """Return what our own check finds wrong."""
    try:
        check(io.BytesIO(content), None if policy is None else read_policy(policy), maker)
    except BadBundle as error:
        return str(error) or "bad"
    return None


def theirs(content: bytes, policy: str | None, maker: str | None) -> str | None:
    """Return what the stranger's program finds wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            list(STRANGER.check(archive, policy, maker))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return str(error) or "bad"
    return None


BOTH = (ours, theirs)


def test_it_holds_every_entry_its_proofs_and_papers_to_read(made: Made, desk: Desk) -> None:
    history = desk.get(f"/v1/enterprises/{made.code}/history").json()["items"]
    positions = {item["position"] for item in history}
    held = {int(name.split("/")[1]) for name in made.members if name.startswith("entries/")}
    assert positions <= held
    assert made.members["report.pdf"].startswith(b"%PDF-")
    assert "督导台账证据包" in made.members["README.txt"].decode()
    assert made.members["verify.py"] == PROGRAM.read_bytes()


@pytest.mark.parametrize("verifier", BOTH)
def test_it_holds_under_keys_from_elsewhere_and_under_its_own(
    made: Made, verifier: Callable[..., str | None]
) -> None:
    assert verifier(made.content, made.policy, made.maker) is None
    assert verifier(made.content, None, None) is None
    assert verifier(packed(made.members), made.policy, made.maker) is None


@pytest.mark.parametrize("verifier", BOTH)
@pytest.mark.parametrize("keys_from", ["elsewhere", "the bundle"])
def test_no_changed_byte_of_any_member_passes(
    made: Made, verifier: Callable[..., str | None], keys_from: str
) -> None:
    keys = (made.policy, made.maker) if keys_from == "elsewhere" else (None, None)
    for name, content in made.members.items():
        for at in {0, len(content) // 3, len(content) // 2, len(content) - 1}:
            changed = bytearray(content)
            changed[at] ^= 1
            found = verifier(packed({**made.members, name: bytes(changed)}), *keys)
            assert found is not None, (name, at)


@pytest.mark.parametrize("verifier", BOTH)
def test_nothing_can_be_left_out_or_put_in(made: Made, verifier: Callable[..., str | None]) -> None:
    for name in made.members:
        rest = {each: content for each, content in made.members.items() if each != name}
        assert verifier(packed(rest), made.policy, made.maker) is not None, name
    more = {**made.members, "entries/999999": b"x"}
    assert verifier(packed(more), made.policy, made.maker) is not None


def resigned(members: Members, change: Callable[[dict], None], *, as_said: bool = False) -> Members:
    """Change the manifest and sign it with a key of one's own, as whoever makes false bundles does."""
    manifest = json.loads(members["manifest.json"])
    key = new_key(f"{manifest['origin']}/bundle", Kind.ED25519)
    members = {**members, "keys/maker": f"{key.public.vkey}\n".encode()}
    manifest["files"]["keys/maker"] = sha256(members["keys/maker"]).hexdigest()
    change(manifest)
    for name in manifest["files"]:
        if name in members:
            manifest["files"][name] = sha256(members[name]).hexdigest()
    if "content" in manifest and not as_said:
        manifest["content"] = content_digest(manifest["files"])
    content = json.dumps(manifest).encode()
    text = signed_text(manifest["origin"], content, manifest["format"])
    note = Note(text, (key.sign(text, 0),))
    return {**members, "manifest.json": content, "manifest.sig": note.written()}


@pytest.mark.parametrize("verifier", BOTH)
def test_a_forger_with_a_key_of_his_own_changes_no_entry(
    made: Made, verifier: Callable[..., str | None]
) -> None:
    entry = next(name for name in made.members if name.startswith("entries/"))
    forged = {**made.members, entry: made.members[entry].replace(b'"', b"'", 1)}
    assert verifier(packed(resigned(forged, lambda _: None)), None, None) is not None

    def say_more(manifest: dict) -> None:
        manifest["size"] += 1

    assert verifier(packed(resigned(made.members, say_more)), None, None) is not None

    def of_another(manifest: dict) -> None:
        manifest["subject"] = uscc()

    assert verifier(packed(resigned(made.members, of_another)), None, None) is not None
    report = {**made.members, "report.pdf": b"%PDF-forged"}
    forged = packed(resigned(report, lambda _: None))
    assert verifier(forged, made.policy, made.maker) is not None, "the maker's key is known"


@pytest.mark.parametrize("verifier", BOTH)
def test_another_log_or_a_missing_quorum_is_not_believed(
    made: Made, verifier: Callable[..., str | None], tmp_path: Path
) -> None:
    other = open_signer(tmp_path / "other", ORIGIN)
    policy = "".join(f"log {key.vkey}\n" for key in other.public) + "quorum none\n"
    assert verifier(made.content, policy, made.maker) is not None
    key = new_key("w.example/1", Kind.ED25519_COSIGNATURE)
    wanted = made.policy.replace("quorum none", f"witness w {key.public.vkey}\nquorum w")
    assert verifier(made.content, wanted, made.maker) is not None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 100])
def test_what_is_no_bundle_is_said_to_be_none(content: bytes) -> None:
    assert ours(content, None, None) is not None


def test_a_name_that_stands_twice_is_refused(made: Made) -> None:
    file = io.BytesIO(made.content)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("README.txt", b"other")
    for verifier in BOTH:
        assert verifier(file.getvalue(), made.policy, made.maker) is not None


def bare(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a stranger does: no checkout on the path, nothing from the environment."""
    return subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-I", str(folder / "verify.py"), *arguments],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_stranger_verifies_it_without_this_product(made: Made, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes(PROGRAM.read_bytes())
    (tmp_path / "bundle.zip").write_bytes(made.content)
    (tmp_path / "policy").write_text(made.policy)
    done = bare("bundle.zip", "--policy", "policy", "--maker", made.maker, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert made.code in done.stdout
    own = bare("bundle.zip", folder=tmp_path)
    assert "keys came from the bundle itself" in own.stdout
    report = {**made.members, "report.pdf": b"%PDF-other"}
    (tmp_path / "bundle.zip").write_bytes(packed(report))
    bad = bare("bundle.zip", folder=tmp_path)
    assert bad.returncode == 1
    assert "report.pdf: changed" in bad.stderr


def test_the_program_is_short_and_needs_nothing_of_ours() -> None:
    text = PROGRAM.read_text("utf-8")
    assert len(text.splitlines()) < 250
    roots: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add(str(node.module).partition(".")[0])
    assert roots - set(sys.stdlib_module_names) == {"cryptography"}


def test_it_goes_to_those_who_may_see_every_entry(made: Made, desk: Desk) -> None:
    path = f"/v1/enterprises/{made.code}/bundle"
    assert desk.http.get(path).status_code == 401
    assert desk.http.get(path, headers=desk.auth(ANALYST)).status_code == 403
    assert desk.http.get(path, headers=desk.auth(reporter(uscc()))).status_code == 404
    assert desk.http.get(path, headers=desk.auth(CENTRE)).status_code == 200
    nobody = f"/v1/enterprises/{uscc()}/bundle"
    assert desk.http.get(nobody, headers=desk.auth(SUPERVISOR)).status_code == 404


def test_the_same_bundle_twice_is_the_same_bytes(made: Made, desk: Desk) -> None:
    path = f"/v1/enterprises/{made.code}/bundle"
    again = desk.http.get(path, headers=desk.auth(SUPERVISOR)).content
    held = {name: made.members[name] for name in made.members if name != "report.pdf"}
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        for name, content in held.items():
            if not name.startswith("manifest") and name != "README.txt":
                assert archive.read(name) == content, name


def test_a_bundle_names_its_format(made: Made) -> None:
    assert json.loads(made.members["manifest.json"])["format"] == bundles.FORMAT


@pytest.fixture(scope="module")
def closed(made: Made, desk: Desk, house: Installation, signer: Signer) -> Made:
    """A bundle after the day was closed twice: as of today, and once more as of tomorrow."""
    day = now() + timedelta(days=1)
    first = close_day(house.log, day)
    desk.send(*listed(uscc(), "4"))
    second = close_day(house.log, day + timedelta(days=1))
    assert first is not None
    assert second is not None
    with house.pool.connection() as connection:
        sign_now(signer, connection, 1_764_000_100)
    path = f"/v1/enterprises/{made.code}/bundle"
    found = Made(desk.http.get(path, headers=desk.auth(SUPERVISOR)).content, signer, made.code)
    with house.pool.connection() as connection:
        other = house.closings.show(connection, first, made.code)
    found.earlier = json.dumps(other.shown()).encode()
    return found


def manifest_of(made: Made) -> dict:
    return json.loads(made.members["manifest.json"])


def test_up_to_a_closed_day_it_shows_that_nothing_is_missing(closed: Made) -> None:
    found = check(io.BytesIO(closed.content), read_policy(closed.policy), closed.maker)
    assert found.complete is not None
    assert found.complete.entries == len(found.positions)
    assert found.complete.standing == "listed"
    with zipfile.ZipFile(io.BytesIO(closed.content)) as archive:
        said = list(STRANGER.check(archive, closed.policy, closed.maker))
    assert f"these {len(found.positions)} entries were all" in "".join(said)
    assert "无缺漏" in closed.members["README.txt"].decode()


@pytest.mark.parametrize("verifier", BOTH)
def test_an_entry_that_is_left_out_is_missed(
    closed: Made, verifier: Callable[..., str | None]
) -> None:
    """By whoever makes bundles, with the key of their maker: only the closed day tells."""
    for position in manifest_of(closed)["entries"]:
        out = {f"entries/{position}", f"proofs/{position}"}
        rest = {name: content for name, content in closed.members.items() if name not in out}

        def leave_out(manifest: dict, position: int = position) -> None:
            manifest["entries"].remove(position)
            manifest["files"] = {name: "" for name in manifest["files"] if name in rest}  # noqa: B023
            named = {
                line.removeprefix(b"tag evidence:").decode()
                for name, content in rest.items()  # noqa: B023
                for line in content.partition(b"\n\n")[0].split(b"\n")
                if name.startswith("entries/") and line.startswith(b"tag evidence:")
            }
            manifest["evidence_missing"] = sorted(named)

        forged = packed(resigned(rest, leave_out))
        assert "entries about" in (verifier(forged, None, None) or ""), position


@pytest.mark.parametrize("verifier", BOTH)
def test_the_map_of_another_day_is_not_taken(
    closed: Made, verifier: Callable[..., str | None]
) -> None:
    other = {**closed.members, "closing/subject.json": closed.earlier}
    assert "map" in (verifier(packed(resigned(other, lambda _: None)), None, None) or "")


@pytest.mark.parametrize("verifier", BOTH)
def test_a_closed_day_cannot_be_hidden_and_no_other_entry_closes_one(
    closed: Made, verifier: Callable[..., str | None]
) -> None:
    def hide(manifest: dict) -> None:
        manifest["closing"] = 0

    assert verifier(packed(resigned(closed.members, hide)), None, None) is not None
    position = manifest_of(closed)["entries"][0]

    def another(manifest: dict) -> None:
        manifest["closing"] = position

    entry, proof = closed.members[f"entries/{position}"], closed.members[f"proofs/{position}"]
    forged = {**closed.members, "closing/entry": entry, "closing/proof": proof}
    assert "closes no day" in (verifier(packed(resigned(forged, another)), None, None) or "")


def test_that_there_is_nothing_about_an_enterprise_can_be_shown(
    closed: Made, desk: Desk, signer: Signer
) -> None:
    nobody = uscc()
    path = f"/v1/enterprises/{nobody}/bundle"
    answer = desk.http.get(path, headers=desk.auth(SUPERVISOR))
    assert answer.status_code == 200
    made = Made(answer.content, signer, nobody)
    found = check(io.BytesIO(made.content), read_policy(closed.policy), made.maker)
    assert found.positions == []
    assert found.complete is not None
    assert (found.complete.entries, found.complete.standing) == (0, "unlisted")
    assert theirs(made.content, closed.policy, made.maker) is None
    assert "report.pdf" not in made.members

    def of_somebody(manifest: dict) -> None:
        manifest["subject"] = closed.code

    for verifier in BOTH:
        forged = packed(resigned(made.members, of_somebody))
        assert verifier(forged, None, None) is not None
    assert desk.http.get(path, headers=desk.auth(reporter(uscc()))).status_code == 404


def test_its_papers_name_the_digest_of_what_is_proved(closed: Made) -> None:
    found = check(io.BytesIO(closed.content), read_policy(closed.policy), closed.maker)
    assert found.content in closed.members["README.txt"].decode()
    folders = ("entries/", "context/", "evidence/")
    lines = [
        f"{name} {sha256(content).hexdigest()}\n"
        for name, content in sorted(closed.members.items())
        if name.startswith(folders)
    ]
    assert found.content == sha256("".join(lines).encode()).hexdigest()
    # Typst writes the text that stands for the code as hexadecimal UTF-16.
    address = f"/verify?content={found.content}"
    pdf = closed.members["report.pdf"]
    assert address.encode("utf-16-be").hex().upper().encode() in pdf or address.encode() in pdf

    def say_another(manifest: dict) -> None:
        manifest["content"] = "0" * 64

    with pytest.raises(BadBundle, match="not the digest"):
        check(io.BytesIO(packed(resigned(closed.members, say_another, as_said=True))), None, None)


def test_publications_that_list_it_are_in_it(closed: Made) -> None:
    around = [content for name, content in closed.members.items() if name.startswith("context/")]
    assert [b"type roster.roster-published/" in each for each in around] == [True]


@pytest.mark.parametrize("verifier", BOTH)
def test_an_entry_about_somebody_else_is_not_around_it(
    closed: Made, verifier: Callable[..., str | None]
) -> None:
    position = manifest_of(closed)["entries"][0]
    forged = {
        **closed.members,
        f"context/{position}": closed.members[f"entries/{position}"],
        f"context-proofs/{position}": closed.members[f"proofs/{position}"],
    }

    def put_in(manifest: dict) -> None:
        manifest["context"] = sorted([*manifest["context"], position])
        for folder in ("context", "context-proofs"):
            manifest["files"][f"{folder}/{position}"] = ""

    assert verifier(packed(resigned(forged, put_in)), None, None) is not None


def test_who_does_not_see_every_entry_is_shown_no_closed_day(
    closed: Made, desk: Desk, signer: Signer
) -> None:
    path = f"/v1/enterprises/{closed.code}/bundle"
    answer = desk.http.get(path, headers=desk.auth(reporter(closed.code)))
    assert answer.status_code == 200
    own = Made(answer.content, signer, closed.code)
    assert not any(name.startswith("closing/") for name in own.members)
    found = check(io.BytesIO(own.content), read_policy(own.policy), own.maker)
    assert found.complete is None


@pytest.mark.parametrize("verifier", BOTH)
def test_a_bundle_of_the_first_form_still_holds(
    made: Made, verifier: Callable[..., str | None]
) -> None:
    kept = {
        name: content
        for name, content in made.members.items()
        if not name.startswith(("context", "closing", "catalogues"))
    }

    def before(manifest: dict) -> None:
        for name in ("context", "closing", "content"):
            del manifest[name]
        manifest["format"] = bundles.FORMER
        manifest["files"] = {name: "" for name in manifest["files"] if name in kept}

    assert verifier(packed(resigned(kept, before)), None, None) is None


def test_a_visit_to_come_is_not_in_what_its_enterprise_is_given(
    desk: Desk, house: Installation, signer: Signer
) -> None:
    code = uscc()
    inspector = {"account": "sent-1", "name": "甲", "card_no": "R11240001"}
    visit = line(
        "InspectionDispatched",
        "2025-03-01",
        SUPERVISOR,
        inspection_id=f"ins-kept-{code}",
        uscc=code,
        kind="专项督导",
        inspectors=[{**inspector, "recusal_declared": False}],
    )
    *_, sent = desk.send(*listed(code, "4"), visit)
    with house.pool.connection() as connection:
        sign_now(signer, connection, 1_764_000_600)
    path = f"/v1/enterprises/{code}/bundle"
    for reader, given in ((reporter(code), False), (SUPERVISOR, True)):
        answer = desk.http.get(path, headers=desk.auth(reader))
        assert answer.status_code == 200, answer.text
        one = Made(answer.content, signer, code)
        assert (any(f"ins-kept-{code}".encode() in each for each in one.members.values())) is given
        assert any(f"/{sent['position']}" in name for name in one.members) is given
        assert ours(one.content, one.policy, one.maker) is None
