"""Evidence over HTTP: what is taken, under which name, who sees it again, and as what it is served."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx2
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.installation.beside import BESIDE
from api.installation.wiring import Installation
from api.intake import evidence, previews
from api.intake.evidence import LARGEST, PIECE
from proof.verifications import verify_and_keep
from tests.api.desk import Desk
from tests.api.lines import (
    CENTRE,
    SUPERVISOR,
    Json,
    district,
    line,
    registered,
    reporter,
    uscc,
)
from tests.postgres import Server

pytestmark = pytest.mark.postgres

JPEG, PNG, WEBP, HEIC, PDF = (
    "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf",
)  # fmt: skip
STARTS = {
    JPEG: b"\xff\xd8\xff\xe0",
    PNG: b"\x89PNG\r\n\x1a\n",
    WEBP: b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    HEIC: b"\x00\x00\x00\x18ftypheic",
    PDF: b"%PDF-1.7\n",
}
DEVICE_RECORD = (
    b'{"format":"dudao-field-record/1","device_id":"d","sequence":1,"previous":null,"key":"k",'
    b'"account":"a","valid_from":"2026-03-10","data":{}}'
)
INSPECTOR = district("110108")
ELSEWHERE = district("110105")
_serial = count(1)


def photo(media: str = JPEG, size: int = 1000) -> bytes:
    """Content that nobody has sent before."""
    unique = hashlib.sha256(str(next(_serial)).encode()).digest()
    return (STARTS[media] + unique).ljust(size, b"\0")


def name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(
    desk: Desk,
    content: bytes,
    actor: Json | None = INSPECTOR,
    media: str = JPEG,
    sha256: str | None = None,
) -> httpx2.Response:
    headers = {**desk.auth(actor), "Content-Type": media}
    return desk.http.put(
        f"/v1/evidence/{sha256 or name(content)}", content=content, headers=headers
    )


def get(desk: Desk, content: bytes, actor: Json | None, **headers: str) -> httpx2.Response:
    sent = {**desk.auth(actor), **{k.replace("_", "-"): v for k, v in headers.items()}}
    return desk.http.get(f"/v1/evidence/{name(content)}", headers=sent)


def spot_check(code: str, actor: Json, *contents: bytes, where: str = "110108") -> Json:
    return line(
        "SpotCheckRecorded",
        "2026-03-10",
        actor,
        inspection_id=f"ins-{code[-8:]}-{next(_serial)}",
        uscc=code,
        district=where,
        kind="现场督导",
        inspectors=[],
        captured_at="2026-03-10T09:00:00+08:00",
        place={"address": "北京市海淀区"},
        device_id="phone",
        offline=True,
        checklist=[],
        evidence=[
            {"sha256": name(each), "media_type": JPEG, "file_name": "a.jpg"} for each in contents
        ],
        signature_refused=False,
    )


def enterprise(desk: Desk, where: str = "110108") -> str:
    code = uscc(where)
    desk.send(registered(code, where))
    return code


@pytest.mark.parametrize("media", STARTS)
def test_what_is_stored_comes_back_as_it_was(desk: Desk, media: str) -> None:
    content = photo(media)
    answer = put(desk, content, media=media)
    assert answer.status_code == 201
    assert answer.json() == {"sha256": name(content), "media_type": media, "size": len(content)}
    assert answer.headers["location"] == f"/v1/evidence/{name(content)}"
    back = get(desk, content, INSPECTOR)
    assert (back.status_code, back.content) == (200, content)
    assert back.headers["content-type"] == media
    assert back.headers["content-length"] == str(len(content))


def test_sending_it_again_changes_nothing(desk: Desk) -> None:
    content = photo()
    assert [put(desk, content).status_code for _ in range(3)] == [201, 200, 200]
    assert put(desk, content, SUPERVISOR).status_code == 200


def test_of_many_who_send_the_same_at_once_one_stores_it(desk: Desk) -> None:
    content = photo(size=3 * PIECE)
    actors = [{**INSPECTOR, "account": f"at-once-{number}"} for number in range(6)]
    with ThreadPoolExecutor(len(actors)) as pool:
        answers = list(pool.map(lambda actor: put(desk, content, actor).status_code, actors))
    assert sorted(answers) == [200] * 5 + [201]
    for actor in actors:
        assert get(desk, content, actor).content == content


def test_one_account_at_once_stays_within_its_quota(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "DAY_FILES", 2)
    actor = {**INSPECTOR, "account": "hurried"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: put(desk, photo(), actor).status_code, range(6)))
    assert sorted(answers) == [201] * 2 + [429] * 4


def test_large_content_is_kept_whole(desk: Desk) -> None:
    for size in (PIECE - 1, PIECE, PIECE + 1, LARGEST):
        content = photo(size=size)
        assert put(desk, content).status_code == 201
        assert get(desk, content, INSPECTOR).content == content
    assert put(desk, photo(size=LARGEST + 1)).status_code == 413


def test_bytes_go_under_no_name_but_their_own(desk: Desk) -> None:
    one, other = photo(), photo()
    answer = put(desk, one, sha256=name(other))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "sha256"
    assert get(desk, other, INSPECTOR).status_code == 404
    for wrong in (name(one).upper(), name(one)[:-1], name(one) + "0", "x" * 64, "latest"):
        assert put(desk, one, sha256=wrong).status_code == 422
        path = f"/v1/evidence/{wrong}"
        assert desk.get(path, INSPECTOR, accept="*/*").status_code == 404


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"<html><script>alert(1)</script>", "text/html", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml", 415),
        (b"<html><script>alert(1)</script>", JPEG, 422),
        (b"<svg onload='alert(1)'/>", PNG, 422),
        (STARTS[PNG] + b"x", JPEG, 422),
        (STARTS[PDF] + b"x", WEBP, 422),
        (b" " + STARTS[PDF], PDF, 422),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", WEBP, 422),
        (b"\x00\x00\x00\x18ftypmp42", HEIC, 422),
        (b"", JPEG, 422),
        (b"\xff\xd8", JPEG, 422),
        (DEVICE_RECORD, "application/json", 201),
        (b'{"format":"dudao-field-record/1","sequence":1}', "application/json", 422),
        (b'{"format":"other"}', "application/json", 422),
        (b'{"a":1}', "application/json", 422),
        (STARTS[JPEG], "", 415),
        (STARTS[JPEG], "image/*", 415),
        (STARTS[JPEG], "image/jpeg, text/html", 415),
    ],
)  # fmt: skip
def test_only_photos_pdfs_and_records_of_devices_are_taken(
    desk: Desk, content: bytes, media: str, status: int
) -> None:
    assert put(desk, content, media=media).status_code == status


def test_it_is_served_as_nothing_that_runs(desk: Desk) -> None:
    content = STARTS[PDF] + b"<html><script>alert(1)</script>" + photo()
    assert put(desk, content, media=PDF).status_code == 201
    answer = get(desk, content, INSPECTOR)
    assert answer.headers["content-type"] == PDF
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_copy_is_asked_about_before_it_is_used(desk: Desk) -> None:
    content = photo()
    put(desk, content)
    tag = get(desk, content, INSPECTOR).headers["etag"]
    again = get(desk, content, INSPECTOR, If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "private, no-cache"
    assert get(desk, content, ELSEWHERE, If_None_Match=tag).status_code == 404


def test_head_says_whether_it_is_there(desk: Desk) -> None:
    content = photo()
    path, headers = f"/v1/evidence/{name(content)}", desk.auth(INSPECTOR)
    assert desk.http.head(path, headers=headers).status_code == 404
    put(desk, content)
    said = desk.http.head(path, headers=headers)
    assert (said.status_code, said.content) == (200, b"")
    assert said.headers["content-length"] == str(len(content))


ROLES = {
    "centre_officer": (201, 200),
    "quality_supervisor": (201, 200),
    "bureau_publisher": (403, 200),
    "analyst": (403, 403),
    "expert": (403, 404),
    "public": (403, 403),
    "security_admin": (403, 403),
    "audit_admin": (403, 403),
    "system_admin": (403, 403),
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_at_evidence(desk: Desk, role: str) -> None:
    actor = {"account": f"{role}-7", "role": role, "organisation": "centre"}
    sends, sees = ROLES[role]
    assert put(desk, photo(), actor).status_code == sends
    seen = photo()
    put(desk, seen)
    assert get(desk, seen, actor).status_code == sees


def test_who_has_no_token_gets_nothing(desk: Desk) -> None:
    content = photo()
    assert put(desk, content, None).status_code == 401
    put(desk, content)
    assert get(desk, content, None).status_code == 401


def test_a_photo_is_seen_by_district_and_enterprise_of_its_spot_check(desk: Desk) -> None:
    content, code = photo(), enterprise(desk)
    colleague = {**INSPECTOR, "account": "colleague"}
    put(desk, content)
    for actor in (colleague, reporter(code)):
        assert get(desk, content, actor).status_code == 404  # nothing names it yet
    desk.send(spot_check(code, INSPECTOR, content))
    for actor in (colleague, reporter(code), SUPERVISOR, CENTRE):
        assert get(desk, content, actor).content == content
    for actor in (ELSEWHERE, reporter(uscc())):
        assert get(desk, content, actor).status_code == 404


def test_evidence_of_a_rectification_is_seen_by_the_district(desk: Desk) -> None:
    content, code = photo(PDF), enterprise(desk)
    finding = f"fd-{code[-8:]}"
    assert put(desk, content, reporter(code), PDF).status_code == 201
    desk.send(
        line(
            "FindingRaised",
            "2026-03-10",
            SUPERVISOR,
            finding_id=finding,
            uscc=code,
            kind="超范围认定",
            severity="minor",
            rule="S2",
            statement="超出确认等级",
        ),
        line(
            "RectificationOrdered",
            "2026-03-11",
            SUPERVISOR,
            finding_id=finding,
            requirement="整改",
            due_on="2026-04-01",
        ),
    )
    assert get(desk, content, INSPECTOR).status_code == 404
    desk.send(
        line(
            "RectificationReported",
            "2026-03-20",
            reporter(code),
            finding_id=finding,
            statement="已整改",
            evidence=[{"sha256": name(content), "media_type": PDF, "file_name": "a.pdf"}],
        )
    )
    assert get(desk, content, INSPECTOR).content == content
    assert get(desk, content, ELSEWHERE).status_code == 404


def test_knowing_a_digest_and_naming_it_shows_nothing(desk: Desk) -> None:
    content = photo()
    put(desk, content)
    code = enterprise(desk, "110105")
    desk.send(spot_check(code, ELSEWHERE, content, where="110105"))
    for actor in (ELSEWHERE, reporter(code)):
        assert get(desk, content, actor).status_code == 404
    put(desk, content, ELSEWHERE)  # they have it, so it is theirs too
    for actor in (ELSEWHERE, reporter(code)):
        assert get(desk, content, actor).status_code == 200


def test_two_photos_of_one_content_are_one(desk: Desk) -> None:
    content, code = photo(), enterprise(desk)
    put(desk, content)
    desk.send(spot_check(code, INSPECTOR, content, content))
    assert get(desk, content, reporter(code)).status_code == 200


def test_an_account_has_a_quota_for_the_day(
    desk: Desk, house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = {**INSPECTOR, "account": "busy"}
    monkeypatch.setattr(evidence, "DAY_FILES", 2)
    contents = [photo() for _ in range(3)]
    assert [put(desk, each, actor).status_code for each in contents] == [201, 201, 429]
    refused = put(desk, contents[2], actor)
    assert 0 < int(refused.headers["retry-after"]) <= 24 * 3600
    assert refused.json()["type"] == "urn:dudao:problem:quota-exceeded"
    assert put(desk, contents[0], actor).status_code == 200  # what is there costs nothing
    other = {**INSPECTOR, "account": "idle"}
    assert put(desk, contents[2], other).status_code == 201  # others have their own
    monkeypatch.setattr(evidence, "DAY_FILES", 100)
    monkeypatch.setattr(evidence, "DAY_BYTES", 2500)
    assert put(desk, photo(size=600), actor).status_code == 429
    assert put(desk, photo(size=500), actor).status_code == 201


def picture(size: int = 100) -> bytes:
    """A whole JPEG as its segments tell: a frame, a scan, its end."""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x60\x00\x60\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    said = hashlib.sha256(str(next(_serial)).encode()).digest()
    comment = b"\xff\xfe" + (len(said) + 2).to_bytes(2) + said
    start = b"\xff\xd8" + comment + frame + scan
    return start.ljust(size - 2, b"\0") + b"\xff\xd9"


def keep(desk: Desk, content: bytes, octets: bytes, actor: Json = INSPECTOR) -> int:
    path = f"/v1/evidence/{name(content)}/preview"
    return desk.http.put(path, content=octets, headers=desk.auth(actor)).status_code


def preview(desk: Desk, content: bytes, actor: Json, **query: str) -> httpx2.Response:
    path = f"/v1/evidence/{name(content)}/preview"
    return desk.http.get(path, headers=desk.auth(actor), params=query)


def test_a_preview_is_kept_beside_a_photo_for_who_may_see_it_and_the_first_one_stays(
    desk: Desk,
) -> None:
    content, first, second = photo(), picture(), picture(120)
    assert keep(desk, content, first) == 404  # of a photo that is not there
    assert put(desk, content).status_code == 201
    assert preview(desk, content, INSPECTOR).status_code == 404
    assert keep(desk, content, first, ELSEWHERE) == 404  # whoever did not send the photo
    assert keep(desk, content, first) == keep(desk, content, second) == 204
    answer = preview(desk, content, INSPECTOR)
    assert (answer.content, answer.headers["content-type"]) == (first, JPEG)
    assert "sandbox" in answer.headers["content-security-policy"]
    path = f"/v1/evidence/{name(content)}/preview"
    for sent in (answer.headers["etag"], f'"another", W/{answer.headers["etag"]}', "*"):
        tag = {**desk.auth(INSPECTOR), "If-None-Match": sent}
        assert desk.http.get(path, headers=tag).status_code == 304
    assert preview(desk, content, SUPERVISOR).content == first
    assert preview(desk, content, ELSEWHERE).status_code == 404


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xd8\xff",
        photo(),
        photo(PNG),
        picture()[:-2],
        picture()[:2] + picture()[-2:],
        picture(previews.LARGEST + 1),
    ],
    ids=[
        "nothing",
        "its first bytes",
        "no end",
        "another kind",
        "cut off",
        "no frame",
        "too large",
    ],
)
def test_what_no_list_could_show_is_no_preview(desk: Desk, broken: bytes) -> None:
    content, whole = photo(), picture()
    put(desk, content)
    assert keep(desk, content, broken) == 422
    assert keep(desk, content, whole) == 204  # and it stands in nobody's way
    assert preview(desk, content, INSPECTOR).content == whole


def test_a_paper_has_no_preview(desk: Desk) -> None:
    content = photo(PDF)
    assert put(desk, content, media=PDF).status_code == 201
    assert keep(desk, content, picture()) == 422


def test_of_two_who_sent_the_same_photo_each_has_their_own_preview(desk: Desk) -> None:
    code, content, theirs, own = enterprise(desk), photo(), picture(), picture(120)
    for actor, octets in ((ELSEWHERE, theirs), (INSPECTOR, own)):
        put(desk, content, actor)
        assert keep(desk, content, octets, actor) == 204
    check = spot_check(code, INSPECTOR, content)
    desk.send(check)
    assert preview(desk, content, INSPECTOR).content == own
    assert preview(desk, content, SUPERVISOR, account=INSPECTOR["account"]).content == own
    assert preview(desk, content, SUPERVISOR, account="nobody").status_code == 404
    page = desk.http.get(
        f"/inspections/{check['data']['inspection_id']}", headers=desk.auth(SUPERVISOR)
    )
    assert f"/preview?account={INSPECTOR['account']}" in page.text


@pytest.mark.parametrize(
    "table", ["evidence", "evidence_piece", "evidence_upload", "evidence_preview"]
)
@pytest.mark.parametrize(
    "statement", ["UPDATE office.{} SET sha256 = sha256", "DELETE FROM office.{}"]
)
def test_the_application_cannot_change_or_remove_what_is_stored(
    house: Installation, table: str, statement: str
) -> None:
    with house.pool.connection() as connection, pytest.raises(Exception, match="denied") as raised:
        connection.execute(statement.format(table).encode())
    assert type(raised.value).__name__ == "InsufficientPrivilege"


FLIP = "UPDATE office.evidence_piece SET octets = set_byte(octets, 40, 255 - get_byte(octets, 40))"


@pytest.mark.parametrize("size", [1000, PIECE + 500])
def test_bytes_that_somebody_changed_under_a_digest_are_given_to_nobody_and_verification_names_them(
    desk: Desk, house: Installation, server: Server, size: int
) -> None:
    content = photo(size=size)
    assert put(desk, content).status_code == 201
    path = f"/v1/evidence/{name(content)}"
    database = conninfo_to_dict(house.database.addresses.owner)["dbname"]
    values = {"sha256": bytes.fromhex(name(content)), "number": (size - 1) // PIECE}
    statement = f"{FLIP} WHERE sha256 = %(sha256)s AND number = %(number)s".encode()
    with psycopg.connect(
        make_conninfo(server.superuser, dbname=database), autocommit=True
    ) as connection:
        connection.execute("ALTER TABLE office.evidence_piece DISABLE TRIGGER refuse_change")
        connection.execute(statement, values)
        try:
            answer = desk.http.get(path, headers=desk.auth(INSPECTOR))
            assert (answer.status_code, answer.json()["type"]) == (410, "urn:dudao:problem:damaged")
            assert verify_and_keep(house.pool, "somebody", beside=BESIDE).difference is not None
            with house.pool.connection() as own:
                found = evidence.difference(own)
            assert found is not None
            assert found == f"evidence: {name(content)} is not what its digest says"
        finally:
            connection.execute(statement, values)  # the same bit back
            connection.execute(
                "ALTER TABLE office.evidence_piece ENABLE ALWAYS TRIGGER refuse_change"
            )
    assert desk.http.get(path, headers=desk.auth(INSPECTOR)).content == content
    with house.pool.connection() as own:
        assert evidence.difference(own) is None
